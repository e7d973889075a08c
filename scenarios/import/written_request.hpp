#pragma once

// A request as an importer found it, and the scenario that is written of several.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vedette::scenarios {

struct WrittenPart {
  std::string name;
  std::string value;
  std::string file;  ///< instead of the value
  std::string content_type;
};

/// A key below `http`. A dot in `key` stands between a mapping and its key; a key that comes several times has a list.
struct WrittenSetting {
  std::string key;
  std::string value;
  std::string secret;  ///< its name, when the value has to become one
  std::string before;  ///< what stands before the secret
};

struct WrittenRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool base64 = false;  ///< that is how the body is written
  std::optional<std::string> body_file;
  std::vector<std::pair<std::string, std::string>> form;
  std::vector<WrittenPart> parts;
  std::vector<WrittenSetting> settings;
  std::vector<WrittenSetting> retry;  ///< of the step
  int status = 0;                     ///< that is expected; zero: below 400
};

/// The scenario called `name`. Passwords, tokens and the like become secrets: in headers, URLs, forms, JSON, and parts
/// of multipart bodies.
std::string write_scenario(const std::string& name, const std::vector<WrittenRequest>& requests);

/// `text` as a form, if it is one and is written again as it was.
std::vector<std::pair<std::string, std::string>> as_form(std::string_view text);

/// Moves `user:password@` of the URL to the settings, where `auth` is basic or digest, unless there are credentials.
void take_userinfo(WrittenRequest& request, const std::string& auth);

/// Sets the header unless there is one of that name.
void set_default_header(WrittenRequest& request, const std::string& name, const std::string& value);

}  // namespace vedette::scenarios
