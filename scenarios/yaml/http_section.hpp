#pragma once

// The section `http:` of a step, and of `defaults:`.

#include "config/mapping.hpp"
#include "scenarios/model/scenario.hpp"

namespace vedette::scenarios::yaml {

/// What `defaults: {http: …}` gives to every request that does not say otherwise.
struct HttpDefaults {
  std::vector<OptionSetting> options;
  std::vector<Field> headers;
  config::Duration timeout{};
};

HttpDefaults read_http_defaults(config::Mapping& section);

/// `timeout` of the section becomes that of an attempt.
HttpAction read_http(config::Mapping& section, const HttpDefaults& defaults, config::Duration& timeout);

}  // namespace vedette::scenarios::yaml
