// `vedette http|dns|tls|tcp`: one check without a file. The flags become the same YAML that a file would hold, so that
// both go through one reader with one set of messages.

#include <fmt/format.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>

#include "base/ascii.hpp"
#include "config/masked.hpp"
#include "probe/cli/cli.hpp"
#include "probe/cli/cli_output.hpp"
#include "probe/config/check_decoder.hpp"
#include "probe/config/config_loader.hpp"
#include "probe/config/kinds.hpp"

namespace vedette::cli {

namespace {

/// What every one of them collects.
struct Single {
  const Kind* kind = nullptr;
  std::string target;
  YAML::Node settings{YAML::NodeType::Map};
  std::string timeout = "10s";
  std::vector<std::string> assignments;
  std::vector<std::string> lines;  ///< of expectation
  bool ipv4 = false;
  bool ipv6 = false;
  OutputOptions output;
  /// Puts the flags that need thought into the settings; runs after parsing.
  std::function<void(Single&)> complete = [](Single&) {};
};

/// `a.b=yaml`: sets settings[a][b].
bool assign(YAML::Node settings, const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  YAML::Node value;
  try {
    value = YAML::Load(assignment.substr(equals + 1));
  } catch (const YAML::Exception&) {
    return false;
  }
  std::string key = assignment.substr(0, equals);
  YAML::Node at = settings;
  for (auto dot = key.find('.'); dot != std::string::npos; dot = key.find('.')) {
    at.reset(at[key.substr(0, dot)]);
    key.erase(0, dot + 1);
  }
  at[key] = value;
  return true;
}

/// The directory of DNS servers that the system uses; the first is what `vedette dns NAME` asks.
std::string system_dns_server() {
  std::ifstream file("/etc/resolv.conf");
  for (std::string word; file >> word;) {
    if (word == "nameserver" && file >> word) return word;
    std::string rest;
    std::getline(file, rest);
  }
  return "127.0.0.1";
}

/// Stands for the number of the run, from 0, in targets and settings.
constexpr std::string_view kRunNumber = "{run}";

std::string with_run_number(std::string text, std::size_t run) {
  const auto number = fmt::format("{}", run);
  for (auto at = text.find(kRunNumber); at != std::string::npos; at = text.find(kRunNumber, at)) {
    text.replace(at, kRunNumber.size(), number);
  }
  return text;
}

/// The line of a setting that is wrong, as it was put together from the flags.
std::string line_of(const config::Place& place) {
  const auto shown = config::shown_line(place);
  auto line = trim(shown);
  if (line.starts_with("- ")) line.remove_prefix(2);
  return std::string(line);
}

/// The one check in `text`; prints what is wrong with it otherwise.
CheckPtr decode(std::string text) {
  const auto source = std::make_shared<config::Source>(config::Source{"command line", std::move(text)});
  config::Diagnostics diagnostics;
  config::Context context{diagnostics, {}};
  const auto parsed = config::parse_yaml(source, diagnostics);
  CheckDecoder decoder(context);
  if (parsed) decoder.read_check(config::Value(parsed->node()["checks"][0], source));
  if (!diagnostics.has_errors() && !decoder.checks().empty()) return decoder.checks().front();
  for (const auto& diagnostic : diagnostics.sorted()) {
    fmt::print(stderr, "vedette: {}\n", diagnostic.message);
    if (const auto line = line_of(diagnostic.place); !line.empty()) fmt::print(stderr, "  in: {}\n", line);
    if (!diagnostic.hint.empty()) fmt::print(stderr, "  hint: {}\n", diagnostic.hint);
  }
  return nullptr;
}

int run_single(Single& single) {
  single.complete(single);
  if (single.ipv4 || single.ipv6) {
    single.settings["preferred_ip_protocol"] = single.ipv4 ? "ip4" : "ip6";
    single.settings["ip_protocol_fallback"] = "false";
  }
  for (const auto& assignment : single.assignments) {
    if (!assign(single.settings, assignment)) {
      fmt::print(stderr, "vedette: --set takes KEY=VALUE with a value in YAML, not '{}'\n", assignment);
      return kUsage;
    }
  }
  for (const auto& line : single.lines) {
    YAML::Node quoted(line);
    quoted.SetTag("!");
    single.settings["expect"].push_back(quoted);
  }
  YAML::Node check;
  check["name"] = config::mask_userinfo(single.target);
  check["kind"] = std::string(single.kind->name);
  check["target"] = single.target;
  check["interval"] = "1h";
  check["timeout"] = single.timeout;
  if (single.settings.size() > 0) check[std::string(single.kind->name)] = single.settings;
  YAML::Node document;
  document["checks"].push_back(check);
  const auto text = YAML::Dump(document);
  const bool numbered = text.find(kRunNumber) != std::string::npos;
  std::vector<CheckPtr> checks;
  for (std::size_t run = 0; run < (numbered ? std::max<std::size_t>(1, single.output.repeat) : 1); ++run) {
    auto one = decode(with_run_number(text, run));
    if (!one) return kUsage;
    checks.push_back(std::move(one));
  }
  return run_and_print(checks, single.output, numbered);
}

std::shared_ptr<Single> add_command(CLI::App& app, int& exit_code, const std::string& name, const std::string& help) {
  auto single = std::make_shared<Single>();
  single->kind = find_kind(name);
  auto* command = app.add_subcommand(name, help);
  command->add_option("--timeout", single->timeout, "The deadline of the run, such as 500ms or 5s")
      ->capture_default_str();
  auto* four = command->add_flag("-4", single->ipv4, "IPv4 only");
  command->add_flag("-6", single->ipv6, "IPv6 only")->excludes(four);
  command
      ->add_option("--set", single->assignments,
                   "Any other setting of the kind, KEY=VALUE with a value in YAML; docs/configuration.md has them all")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--assert", single->lines,
          "A line of expectation that must hold, such as 'status == 200'; docs/expectations.md has the language")
      ->allow_extra_args(false);
  add_output_options(*command, single->output);
  command->callback([single, &exit_code] { exit_code = run_single(*single); });
  return single;
}

/// An option that sets one key, given as `tls_config.server_name`, to its text.
void add_text(CLI::App* command, const std::shared_ptr<Single>& single, const std::string& flag, const std::string& key,
              const std::string& help) {
  command->add_option_function<std::string>(
      flag,
      [single, key](const std::string& value) {
        YAML::Node quoted(value);
        quoted.SetTag("!");
        YAML::Node at = single->settings;
        const auto dot = key.find('.');
        if (dot != std::string::npos) at.reset(at[key.substr(0, dot)]);
        at[key.substr(dot == std::string::npos ? 0 : dot + 1)] = quoted;
      },
      help);
}

void add_switch(CLI::App* command, const std::shared_ptr<Single>& single, const std::string& flag,
                const std::string& key, const std::string& value, const std::string& help) {
  command->add_flag_callback(flag, [single, key, value] { assign(single->settings, key + "=" + value); }, help);
}

void add_network_options(CLI::App* command, const std::shared_ptr<Single>& single) {
  add_text(command, single, "--source", "source_ip_address", "Send from this address");
  add_text(command, single, "--resolver", "resolver", "Resolve names with this DNS server");
}

void add_tls_options(CLI::App* command, const std::shared_ptr<Single>& single) {
  add_switch(command, single, "-k,--insecure", "tls_config.insecure_skip_verify", "true", "Accept any certificate");
  add_text(command, single, "--ca-file", "tls_config.ca_file", "Trust these authorities (PEM) instead of the system's");
  add_text(command, single, "--cert-file", "tls_config.cert_file", "Client certificate (PEM)");
  add_text(command, single, "--key-file", "tls_config.key_file", "Key of the client certificate (PEM)");
  add_text(command, single, "--server-name", "tls_config.server_name", "The name for SNI and verification");
  add_switch(command, single, "--allow-legacy-renegotiation", "tls_config.allow_legacy_renegotiation", "true",
             "Accept a server that does not know secure renegotiation");
}

void add_days_left(CLI::App* command, const std::shared_ptr<Single>& single) {
  command->add_option_function<double>(
      "--warn-days", [single](double days) { single->settings["certificate_days_left"]["warn"] = days; },
      "Warn when a certificate has no more days left than this");
  command->add_option_function<double>(
      "--fail-days", [single](double days) { single->settings["certificate_days_left"]["fail"] = days; },
      "Fail when a certificate has no more days left than this");
}

/// Adds one of `all` headers to a check's settings. A name that stands several times is sent several times.
void add_header(const std::vector<std::string>& all, const std::string& header, YAML::Node& settings) {
  const auto name_of = [](const std::string& text) { return text.substr(0, text.find(':')); };
  const auto name = name_of(header);
  YAML::Node value{std::string(trim(std::string_view(header).substr(name.size() + 1)))};
  value.SetTag("!");
  const auto times = std::count_if(all.begin(), all.end(),
                                   [&](const auto& other) { return same_ignoring_case(name_of(other), name); });
  if (times == 1) {
    settings["headers"][name] = value;
  } else {
    settings["http_headers"][lower_case(name)]["values"].push_back(value);
  }
}

void add_http(CLI::App& app, int& exit_code) {
  const auto single = add_command(app, exit_code, "http", "Run one HTTP check");
  auto* command = app.get_subcommand("http");
  command->add_option("URL", single->target, "http:// or https://; without a scheme, http://")->required();
  add_text(command, single, "-X,--method", "method", "The request's method");
  command
      ->add_option_function<std::vector<std::string>>(
          "-H,--header",
          [single](const std::vector<std::string>& headers) {
            for (const auto& header : headers) add_header(headers, header, single->settings);
          },
          "A header, 'Name: value'; may be repeated")
      ->check([](const std::string& header) {
        const auto colon = header.find(':');
        return colon == std::string::npos || colon == 0 ? fmt::format("takes 'Name: value', not '{}'", header) : "";
      })
      ->allow_extra_args(false);
  add_text(command, single, "-d,--body", "body", "The request's body");
  command
      ->add_option_function<std::vector<int>>(
          "--status",
          [single](const std::vector<int>& codes) {
            for (const int code : codes) single->settings["valid_status_codes"].push_back(code);
          },
          "Status codes to accept instead of 200 to 299")
      ->delimiter(',');
  command->add_option_function<std::string>(
      "--match",
      [single](const std::string& text) { single->settings["fail_if_body_not_matches_regexp"].push_back(text); },
      "Fail unless the body matches this regular expression");
  command->add_option_function<std::string>(
      "--no-match",
      [single](const std::string& text) { single->settings["fail_if_body_matches_regexp"].push_back(text); },
      "Fail when the body matches this regular expression");
  add_switch(command, single, "--no-follow", "follow_redirects", "false", "Do not follow redirects");
  add_switch(command, single, "--http1", "enable_http2", "false", "HTTP/1.1 only");
  add_text(command, single, "--proxy", "proxy_url", "Go through this proxy");
  add_tls_options(command, single);
  add_days_left(command, single);
  add_network_options(command, single);
}

void add_dns(CLI::App& app, int& exit_code) {
  const auto single = add_command(app, exit_code, "dns", "Run one DNS check: NAME [TYPE] [@server]");
  auto* command = app.get_subcommand("dns");
  const auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("NAME", *words, "The name to ask for, then a type (default A) and @server[:port], in any order")
      ->required()
      ->expected(1, 3);
  add_switch(command, single, "--tcp", "transport_protocol", "tcp", "Ask over TCP");
  add_switch(command, single, "--tls", "dns_over_tls", "true", "Ask over TLS");
  add_switch(command, single, "--no-recurse", "recursion_desired", "false", "Do not ask for recursion");
  add_switch(command, single, "--dnssec", "dnssec_ok", "true", "Set the DO bit");
  add_text(command, single, "--class", "query_class", "The class, such as CH");
  command
      ->add_option_function<std::vector<std::string>>(
          "--rcode",
          [single](const std::vector<std::string>& codes) {
            for (const auto& code : codes) single->settings["valid_rcodes"].push_back(code);
          },
          "Return codes to accept instead of NOERROR")
      ->delimiter(',');
  command->add_option_function<std::string>(
      "--match",
      [single](const std::string& text) {
        single->settings["validate_answer_rrs"]["fail_if_none_matches_regexp"].push_back(text);
      },
      "Fail unless a record of the answer matches this regular expression");
  add_tls_options(command, single);
  add_network_options(command, single);
  single->complete = [words](Single& s) {
    std::string name;
    std::string type = "A";
    for (const auto& word : *words) {
      if (word.starts_with('@')) {
        s.target = word.substr(1);
      } else if (name.empty()) {
        name = word;
      } else {
        type = word;
      }
    }
    if (s.target.empty()) s.target = system_dns_server();
    s.settings["query_name"] = name;
    s.settings["query_type"] = type;
  };
}

void add_tls(CLI::App& app, int& exit_code) {
  const auto single = add_command(app, exit_code, "tls", "Run one TLS check: shows versions and certificates");
  auto* command = app.get_subcommand("tls");
  command->add_option("HOST:PORT", single->target, "Without a port: 443, or the port of --starttls")->required();
  add_text(command, single, "--starttls", "starttls", "smtp, imap, pop3, ftp, postgres, mysql, ldap or xmpp");
  command
      ->add_option_function<std::vector<std::string>>(
          "--alpn",
          [single](const std::vector<std::string>& names) {
            for (const auto& name : names) single->settings["alpn"].push_back(name);
          },
          "Application protocols to offer")
      ->delimiter(',');
  command
      ->add_option_function<std::vector<std::string>>(
          "--pin",
          [single](const std::vector<std::string>& pins) {
            for (const auto& pin : pins) single->settings["pinned_keys"].push_back(pin);
          },
          "Fail unless a certificate has one of these keys (SHA-256)")
      ->delimiter(',');
  add_text(command, single, "--min-version", "tls_config.min_version", "TLS10, TLS11, TLS12 or TLS13");
  add_text(command, single, "--max-version", "tls_config.max_version", "TLS10, TLS11, TLS12 or TLS13");
  add_tls_options(command, single);
  add_days_left(command, single);
  add_network_options(command, single);
  single->output.verbose = true;
}

void add_tcp(CLI::App& app, int& exit_code) {
  const auto single = add_command(app, exit_code, "tcp", "Run one TCP check");
  auto* command = app.get_subcommand("tcp");
  command->add_option("HOST:PORT", single->target, "Where to connect")->required();
  add_switch(command, single, "--tls", "tls", "true", "TLS from the first byte");
  const auto send = std::make_shared<std::string>();
  const auto expect = std::make_shared<std::string>();
  command->add_option("--send", *send, "Send this line first");
  command->add_option("--expect", *expect, "Then wait for a line that matches this regular expression");
  add_tls_options(command, single);
  add_network_options(command, single);
  single->complete = [send, expect](Single& s) {
    for (const auto& [key, text] : {std::pair("send", *send), std::pair("expect", *expect)}) {
      if (text.empty()) continue;
      YAML::Node step;
      step[key] = text;
      s.settings["query_response"].push_back(step);
    }
  };
}

}  // namespace

void add_single(CLI::App& app, int& exit_code) {
  add_http(app, exit_code);
  add_dns(app, exit_code);
  add_tls(app, exit_code);
  add_tcp(app, exit_code);
}

}  // namespace vedette::cli
