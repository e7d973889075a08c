#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "scenarios/import/curl_options.hpp"
#include "scenarios/import/curl_url.hpp"
#include "scenarios/import/import.hpp"
#include "scenarios/import/shell_words.hpp"
#include "scenarios/import/written_request.hpp"

namespace vedette::scenarios {

namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";
/// What curl's option without a number means, as far as a scenario goes.
constexpr int kMaxRedirects = 20;

class Command {
 public:
  tl::expected<std::string, std::string> read(const std::vector<std::string>& words) {
    const auto name = words.empty() ? std::string() : words.front().substr(words.front().rfind('/') + 1);
    if (name != "curl" && name != "curl.exe") {
      return tl::make_unexpected(fmt::format("this is no command of curl: it begins with '{}'", name));
    }
    words_.assign(words.begin() + 1, words.end());
    bool only_urls = false;
    while (!words_.empty() && problem_.empty()) {
      auto word = take();
      if (only_urls || !word.starts_with('-') || word == "-") {
        urls_.push_back(std::move(word));
      } else if (word == "--") {
        only_urls = true;
      } else if (word == "--next" || word == "-:") {
        finish();
      } else if (word.starts_with("--")) {
        read_long(word.substr(2));
      } else {
        read_letters(word.substr(1));
      }
    }
    if (problem_.empty()) finish();
    if (!problem_.empty()) return tl::make_unexpected(problem_);
    return write_scenario("from-curl", requests_);
  }

 private:
  /// What one URL or several have in common, until --next.
  struct Common {
    WrittenRequest request;
    std::string data;
    bool has_data = false;
    bool json = false;
    bool upload = false;
    bool get = false;
    bool head = false;
    bool method_given = false;
    bool glob = true;
    bool location = false;
    int redirects = kMaxRedirects;
    std::string query;
    std::string cookies;
    std::string agent;
    std::string referer;
    std::string range;
    std::string token;
    std::string proxy;
    int retries = 0;
    std::string retry_delay;
    bool retries_refused = false;
    bool retries_all = false;
    std::string user;
    bool has_user = false;
    std::string auth = "basic";
    std::string provider;
    std::string certificate;
    std::string certificate_password;
  };

  std::string take() {
    auto out = std::move(words_.front());
    words_.pop_front();
    return out;
  }

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  void set(std::string key, std::string value) {
    // Of what comes several times curl takes the last.
    std::erase_if(now_.request.settings, [&](const auto& known) { return known.key == key; });
    now_.request.settings.push_back({std::move(key), std::move(value), {}, {}});
  }

  void read_letters(std::string letters) {
    while (!letters.empty() && problem_.empty()) {
      const char letter = letters[0];
      const std::string name(curl_option_of(letter));
      if (name.empty()) return fail(fmt::format("-{} has no counterpart in a scenario", letter));
      letters.erase(0, 1);
      if (!takes_value(name)) {
        apply(name, {});
        continue;
      }
      if (letters.empty()) return read_value(name, "-" + std::string(1, letter));
      return apply(name, std::exchange(letters, {}));
    }
  }

  void read_long(const std::string& name) {
    if (takes_value(name)) return read_value(name, "--" + name);
    // As several tools write it, though curl does not.
    const auto equals = name.find('=');
    if (equals != std::string::npos && takes_value(name.substr(0, equals))) {
      return apply(name.substr(0, equals), name.substr(equals + 1));
    }
    apply(name, {});
  }

  void read_value(const std::string& name, const std::string& shown) {
    if (words_.empty()) return fail(fmt::format("{} has no value", shown));
    apply(name, take());
  }

  using Handler = std::function<void(Command&, const std::string&)>;

  static bool takes_value(const std::string& name) {
    return is_ignored_with_value(name) || with_value().contains(name);
  }

  void apply(const std::string& name, const std::string& value) {
    if (is_ignored(name) || is_ignored_with_value(name)) return;
    if (name.starts_with("no-") && is_ignored(name.substr(3))) return;
    if (const auto known = with_value().find(name); known != with_value().end()) return known->second(*this, value);
    if (const auto known = without_value().find(name); known != without_value().end())
      return known->second(*this, value);
    fail(fmt::format("--{} has no counterpart in a scenario", name));
  }

  static const std::map<std::string, Handler, std::less<>>& without_value() {
    static const std::map<std::string, Handler, std::less<>> table{
        {"location", [](Command& c, const std::string&) { c.now_.location = true; }},
        {"insecure", [](Command& c, const std::string&) { c.set("tls.insecure", "true"); }},
        {"compressed", [](Command& c, const std::string&) { c.set("compressed", "true"); }},
        {"head", [](Command& c, const std::string&) { c.now_.head = true; }},
        {"get", [](Command& c, const std::string&) { c.now_.get = true; }},
        {"globoff", [](Command& c, const std::string&) { c.now_.glob = false; }},
        {"digest", [](Command& c, const std::string&) { c.now_.auth = "digest"; }},
        {"path-as-is", [](Command& c, const std::string&) { c.set("path_as_is", "true"); }},
        {"ipv4", [](Command& c, const std::string&) { c.set("ip_version", "4"); }},
        {"ipv6", [](Command& c, const std::string&) { c.set("ip_version", "6"); }},
        {"http1.0", [](Command& c, const std::string&) { c.set("http_version", "1.0"); }},
        {"http1.1", [](Command& c, const std::string&) { c.set("http_version", "1.1"); }},
        {"http2-prior-knowledge", [](Command& c, const std::string&) { c.set("http_version", "2"); }},
        {"tlsv1", [](Command& c, const std::string&) { c.set("tls.min", "1.0"); }},
        {"tlsv1.0", [](Command& c, const std::string&) { c.set("tls.min", "1.0"); }},
        {"tlsv1.1", [](Command& c, const std::string&) { c.set("tls.min", "1.1"); }},
        {"tlsv1.2", [](Command& c, const std::string&) { c.set("tls.min", "1.2"); }},
        {"tlsv1.3", [](Command& c, const std::string&) { c.set("tls.min", "1.3"); }},
        {"retry-connrefused", [](Command& c, const std::string&) { c.now_.retries_refused = true; }},
        {"retry-all-errors", [](Command& c, const std::string&) { c.now_.retries_all = true; }},
    };
    return table;
  }

  static const std::map<std::string, Handler, std::less<>>& with_value() {
    static const std::map<std::string, Handler, std::less<>> table{
        {"url", [](Command& c, const std::string& v) { c.urls_.push_back(v); }},
        {"request",
         [](Command& c, const std::string& v) {
           c.now_.request.method = v;
           c.now_.method_given = true;
         }},
        {"header", &Command::header},
        {"data", [](Command& c, const std::string& v) { c.data("--data", v, true); }},
        {"data-ascii", [](Command& c, const std::string& v) { c.data("--data-ascii", v, true); }},
        {"data-binary", [](Command& c, const std::string& v) { c.data("--data-binary", v, false); }},
        {"data-raw", [](Command& c, const std::string& v) { c.add_data(v); }},
        {"data-urlencode", [](Command& c, const std::string& v) { c.add_data(c.url_encoded("--data-urlencode", v)); }},
        {"url-query", [](Command& c, const std::string& v) { c.add_query(v); }},
        {"json", &Command::json},
        {"form", &Command::form},
        {"form-string", [](Command& c, const std::string& v) { c.add_part(v, false); }},
        {"upload-file", &Command::upload},
        {"user",
         [](Command& c, const std::string& v) {
           c.now_.user = v;
           c.now_.has_user = true;
         }},
        {"oauth2-bearer", [](Command& c, const std::string& v) { c.now_.token = v; }},
        {"aws-sigv4", [](Command& c, const std::string& v) { c.now_.provider = v; }},
        {"cookie", &Command::cookie},
        {"user-agent", [](Command& c, const std::string& v) { c.now_.agent = v; }},
        {"referer", [](Command& c, const std::string& v) { c.now_.referer = v.substr(0, v.find(";auto")); }},
        {"range", [](Command& c, const std::string& v) { c.now_.range = v; }},
        {"max-time", [](Command& c, const std::string& v) { c.set("timeout", c.seconds("--max-time", v)); }},
        {"connect-timeout",
         [](Command& c, const std::string& v) { c.set("connect_timeout", c.seconds("--connect-timeout", v)); }},
        {"max-redirs", [](Command& c, const std::string& v) { c.redirects(v); }},
        {"retry", &Command::retry},
        {"retry-delay", [](Command& c, const std::string& v) { c.now_.retry_delay = c.seconds("--retry-delay", v); }},
        {"cacert", [](Command& c, const std::string& v) { c.set("tls.ca", v); }},
        {"cert", [](Command& c, const std::string& v) { c.now_.certificate = v; }},
        {"key", [](Command& c, const std::string& v) { c.set("tls.key", v); }},
        {"pass", [](Command& c, const std::string& v) { c.now_.certificate_password = v; }},
        {"pinnedpubkey", [](Command& c, const std::string& v) { c.set("tls.pin", v); }},
        {"proxy", &Command::proxy},
        {"socks5", [](Command& c, const std::string& v) { c.proxy("socks5://" + v); }},
        {"socks5-hostname", [](Command& c, const std::string& v) { c.proxy("socks5h://" + v); }},
        {"noproxy", [](Command& c, const std::string& v) { c.set("no_proxy", v); }},
        {"resolve",
         [](Command& c, const std::string& v) { c.now_.request.settings.push_back({"resolve", v, {}, {}}); }},
        {"connect-to",
         [](Command& c, const std::string& v) { c.now_.request.settings.push_back({"connect_to", v, {}, {}}); }},
        {"unix-socket", [](Command& c, const std::string& v) { c.set("unix_socket", v); }},
    };
    return table;
  }

  std::string seconds(const std::string& option, const std::string& value) {
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    constexpr double kMax = 1e6;
    if (error != std::errc() || end != value.data() + value.size() || !(number >= 0 && number <= kMax)) {
      fail(fmt::format("{}: '{}' is no number of seconds", option, value));
      return {};
    }
    const auto milliseconds = std::llround(number * 1000);
    return milliseconds % 1000 == 0 ? fmt::format("{}s", milliseconds / 1000) : fmt::format("{}ms", milliseconds);
  }

  std::optional<int> whole(const std::string& option, const std::string& value) {
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc() && end == value.data() + value.size()) return number;
    fail(fmt::format("{}: '{}' is no number", option, value));
    return std::nullopt;
  }

  void redirects(const std::string& value) {
    const auto number = whole("--max-redirs", value);
    if (number) now_.redirects = *number < 0 ? kMaxRedirects : std::min(*number, kMaxRedirects);
  }

  void header(const std::string& text) {
    if (text.starts_with('@')) return fail("-H @FILE: write the headers of the file into the command");
    const auto colon = text.find(':');
    const auto semicolon = text.find(';');
    if (colon == std::string::npos && semicolon != std::string::npos && semicolon + 1 == text.size()) {
      now_.request.headers.emplace_back(text.substr(0, semicolon), "");
      return;
    }
    if (colon == std::string::npos) return fail(fmt::format("-H '{}' is no header: it has no colon", text));
    auto name = text.substr(0, colon);
    if (same_ignoring_case(name, "Transfer-Encoding") || same_ignoring_case(name, "Content-Length")) {
      return fail(fmt::format("-H '{}': how long a body is, a scenario says by itself", text));
    }
    const auto value = trim(std::string_view(text).substr(colon + 1));
    if (!value.empty()) {
      now_.request.headers.emplace_back(std::move(name), std::string(value));
    } else if (!same_ignoring_case(name, "Expect")) {
      // `Expect:` keeps curl from waiting for `100 Continue`, which a scenario never does.
      fail(fmt::format("-H '{}' takes a header away, which has no counterpart in a scenario", text));
    }
  }

  void cookie(const std::string& value) {
    if (value.find('=') == std::string::npos) return fail("-b FILE: write the cookies of the file into the command");
    now_.cookies += (now_.cookies.empty() ? "" : ";") + value;
  }

  void data(const std::string& option, const std::string& value, bool strips) {
    if (!value.starts_with('@')) return add_data(value);
    if (strips) {
      return fail(
          fmt::format("{} @FILE takes the line breaks out of the file, which has no counterpart in a scenario; "
                      "--data-binary @FILE sends the file as it is",
                      option));
    }
    body_of_file(option, value.substr(1));
  }

  void body_of_file(const std::string& option, const std::string& file) {
    if (file == "-") return fail(fmt::format("{}: there is no standard input in a scenario", option));
    if (now_.has_data || now_.request.body_file) return fail(fmt::format("{} @FILE must be the only data", option));
    now_.request.body_file = file;
  }

  void add_data(const std::string& text) {
    if (now_.request.body_file) return fail("@FILE must be the only data");
    if (now_.has_data && !now_.json) now_.data += '&';
    now_.data += text;
    now_.has_data = true;
  }

  /// `content`, `=content`, `name=content`: the content is encoded, the name is not.
  std::string url_encoded(const std::string& option, const std::string& value) {
    const auto mark = value.find_first_of("=@");
    if (mark != std::string::npos && value[mark] == '@') {
      fail(fmt::format("{} with a file: write its content into the command", option));
      return {};
    }
    const auto content = mark == std::string::npos ? 0 : mark + 1;
    auto encoded = percent_encoded(value.substr(content), " ");
    std::replace(encoded.begin(), encoded.end(), ' ', '+');
    return (mark == 0 ? "" : value.substr(0, content)) + encoded;
  }

  void add_query(const std::string& value) {
    const auto text = value.starts_with('+') ? value.substr(1) : url_encoded("--url-query", value);
    now_.query += (now_.query.empty() ? "" : "&") + text;
  }

  void json(const std::string& value) {
    now_.json = true;
    if (value.starts_with('@')) {
      body_of_file("--json", value.substr(1));
    } else {
      add_data(value);
    }
  }

  void form(const std::string& value) { add_part(value, true); }

  /// Between the quotes a backslash stands before a quote and before itself.
  static std::string unquoted(const std::string& text) {
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      if (text[i] == '\\' && i + 2 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
      out += text[i];
    }
    return out;
  }

  void add_part(const std::string& text, bool reads_files) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return fail(fmt::format("-F '{}' is no part of a form: it has no =", text));
    WrittenPart part;
    part.name = text.substr(0, equals);
    auto value = text.substr(equals + 1);
    if (!reads_files) {
      part.value = std::move(value);
      now_.request.parts.push_back(std::move(part));
      return;
    }
    if (value.starts_with('<')) return fail("-F 'name=<FILE': write the content of the file into the command");
    const bool file = value.starts_with('@');
    if (file) value.erase(0, 1);
    const auto pieces = split(value, ';');
    std::string content(pieces.front());
    if (content.size() > 1 && content.front() == '"' && content.back() == '"') content = unquoted(content);
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      const auto piece = trim(pieces[i]);
      if (!piece.starts_with("type=")) {
        return fail(fmt::format("-F '{}': {} has no counterpart in a scenario", text, piece));
      }
      part.content_type = piece.substr(5);
    }
    (file ? part.file : part.value) = std::move(content);
    if (file && part.file == "-") return fail("-F: there is no standard input in a scenario");
    now_.request.parts.push_back(std::move(part));
  }

  void upload(const std::string& file) {
    body_of_file("-T", file == "." ? "-" : file);
    now_.upload = true;
    if (!now_.method_given) now_.request.method = "PUT";
    now_.method_given = true;
  }

  void proxy(const std::string& value) { now_.proxy = value; }

  void retry(const std::string& value) {
    const auto number = whole("--retry", value);
    constexpr int kMax = 10;
    if (!number) return;
    if (*number < 0 || *number > kMax)
      return fail(fmt::format("--retry: a scenario repeats a step up to {} times", kMax));
    now_.retries = *number;
  }

  void finish_credentials() {
    auto& settings = now_.request.settings;
    const auto& headers = now_.request.headers;
    const bool written = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
      return same_ignoring_case(header.first, "Authorization");
    });
    // One that is written out counts for more.
    if (written) now_.has_user = false;
    if (!now_.token.empty() && !written) settings.push_back({"auth.bearer", now_.token, "token", {}});
    // What is in it may be a password: the whole URL becomes a secret.
    const bool secret = now_.proxy.find('@') != std::string::npos;
    if (!now_.proxy.empty()) settings.push_back({"proxy", now_.proxy, secret ? "proxy_url" : "", {}});
    const auto colon = std::min(now_.user.find(':'), now_.user.size());
    const auto user = now_.user.substr(0, colon);
    const auto password = now_.user.substr(std::min(colon + 1, now_.user.size()));
    if (!now_.provider.empty()) {
      settings.push_back({"auth.sigv4.provider", now_.provider, {}, {}});
      settings.push_back({"auth.sigv4.access_key", user, "access_key", {}});
      settings.push_back({"auth.sigv4.secret_key", password, "secret_key", {}});
    } else if (now_.has_user) {
      // An API's key is often a user without a password.
      settings.push_back({"auth." + now_.auth + ".user", user, password.empty() ? "user" : "", {}});
      settings.push_back({"auth." + now_.auth + ".password", password, "password", {}});
    }
  }

  void finish_tls() {
    auto& settings = now_.request.settings;
    auto file = now_.certificate;
    auto password = now_.certificate_password;
    // `FILE:PASSWORD`; a colon of the file's name has a backslash before it.
    for (auto at = file.find(':'); at != std::string::npos && at > 0; at = file.find(':', at + 1)) {
      if (file[at - 1] == '\\') continue;
      password = file.substr(at + 1);
      file.resize(at);
      break;
    }
    if (file.empty()) {
      if (!password.empty()) fail("--pass without --cert");
    } else if (password.empty()) {
      settings.push_back({"tls.cert", file, {}, {}});
    } else {
      settings.push_back({"tls.cert", password, "key_password", file + ":"});
    }
  }

  /// Headers that options stand for; one that is written out counts for more.
  void finish_headers() {
    auto& request = now_.request;
    if (!now_.agent.empty()) set_default_header(request, "User-Agent", now_.agent);
    if (!now_.referer.empty()) set_default_header(request, "Referer", now_.referer);
    if (!now_.cookies.empty()) set_default_header(request, "Cookie", now_.cookies);
    if (!now_.range.empty()) set_default_header(request, "Range", "bytes=" + now_.range);
    if (now_.json) {
      set_default_header(request, "Content-Type", "application/json");
      set_default_header(request, "Accept", "application/json");
    } else if (now_.has_data || (request.body_file && !now_.upload)) {
      set_default_header(request, "Content-Type", std::string(kForm));
    }
  }

  void finish_retry() {
    if (now_.retries == 0) return;
    auto& retry = now_.request.retry;
    retry.push_back({"max", std::to_string(now_.retries), {}, {}});
    if (!now_.retry_delay.empty()) retry.push_back({"interval", now_.retry_delay, {}, {}});
    const std::vector<std::string> usual{"timeout", "5xx", "429"};
    for (const auto& on : now_.retries_all ? std::vector<std::string>{"any"} : usual)
      retry.push_back({"on", on, {}, {}});
    if (now_.retries_refused && !now_.retries_all) retry.push_back({"on", "connect", {}, {}});
  }

  void finish() {
    if (urls_.empty()) return fail("the command has no URL");
    auto& request = now_.request;
    finish_credentials();
    finish_tls();
    finish_retry();
    if (now_.location && now_.redirects > 0) set("follow", std::to_string(now_.redirects));
    if (now_.get || now_.head) {
      if (now_.has_data && now_.get) now_.query += (now_.query.empty() ? "" : "&") + now_.data;
      if (now_.has_data && !now_.get) return fail("-I and -d exclude each other");
      now_.has_data = false;
    }
    if (now_.head && !now_.method_given) request.method = "HEAD";
    const bool sends = now_.has_data || request.body_file || !request.parts.empty();
    if (sends && !now_.method_given && !now_.head) request.method = "POST";
    if (!request.parts.empty() && (now_.has_data || request.body_file)) return fail("-d and -F exclude each other");
    if (now_.has_data) request.body = now_.data;
    finish_headers();
    // The boundary of the parts stands in it: whoever writes it by hand has none.
    if (!request.parts.empty()) {
      std::erase_if(request.headers, [](const auto& header) {
        return same_ignoring_case(header.first, "Content-Type") &&
               lower_case(header.second).starts_with("multipart/form-data");
      });
    }
    for (const auto& [name, value] : request.headers) {
      if (!is_utf8(name) || !is_utf8(value)) return fail(fmt::format("-H '{}: …' is not UTF-8", printable(name, 60)));
      if (name == "<<") return fail("a scenario cannot have a header called <<");
    }
    if (request.method != upper_case(request.method)) {
      return fail(fmt::format("-X {}: a scenario has methods in capitals only", request.method));
    }
    for (const auto& given : urls_) {
      auto url = curl_url(given, now_.glob, now_.query);
      if (!url) return fail(url.error());
      auto one = request;
      one.url = now_.upload ? upload_url(std::move(*url), *request.body_file) : std::move(*url);
      take_userinfo(one, now_.auth);
      requests_.push_back(std::move(one));
    }
    urls_.clear();
    now_ = {};
  }

  std::deque<std::string> words_;
  std::vector<std::string> urls_;
  Common now_;
  std::vector<WrittenRequest> requests_;
  std::string problem_;
};

}  // namespace

tl::expected<std::string, std::string> from_curl(const std::string& command) {
  if (command.find("^\"") != std::string::npos || command.find("^\n") != std::string::npos ||
      command.find("^\r\n") != std::string::npos) {
    return tl::make_unexpected(std::string("this is quoted for cmd of Windows: copy it as cURL (bash)"));
  }
  return shell_words(command).and_then([](const auto& words) { return from_curl(words); });
}

tl::expected<std::string, std::string> from_curl(const std::vector<std::string>& words) {
  return Command().read(words);
}

}  // namespace vedette::scenarios
