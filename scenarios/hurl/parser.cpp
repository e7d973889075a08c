#include "scenarios/hurl/parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "config/nearest.hpp"
#include "language/lines/line_parser.hpp"
#include "scenarios/hurl/body_parser.hpp"
#include "scenarios/model/given_variables.hpp"
#include "scenarios/model/options.hpp"

namespace vedette::scenarios::hurl {

namespace {

using language::LiteralParser;
using language::Reader;
using language::Span;
using language::SyntaxError;
using language::Template;

constexpr language::Dialect kHurl{
    .vocabulary = language::kHttpVocabulary, .placeholders = language::Placeholders::kBraces, .strict_hurl = true};

std::string name_hint(std::string_view name, const std::vector<std::string_view>& known) {
  const auto close = config::nearest(name, known);
  return close ? fmt::format("did you mean {}?", *close) : fmt::format("valid values are {}", fmt::join(known, ", "));
}

class FileParser {
 public:
  explicit FileParser(const std::shared_ptr<const config::Source>& source)
      : reader_(source->text), literals_(reader_, kHurl), origin_(Origin::whole(source)) {}

  tl::expected<Steps, SyntaxError> whole() {
    Steps out;
    while (!literals_.failed()) {
      const auto before = reader_.at();
      comments_.clear();
      skip_lines();
      reader_.skip_blanks();
      if (reader_.at_end()) break;
      Step step = entry(before);
      if (step.id.empty()) step.id = fmt::format("e{}", out.size() + 1);
      out.push_back(std::move(step));
    }
    if (literals_.failed()) return tl::make_unexpected(literals_.error());
    return out;
  }

 private:
  /// Blank lines and comments.
  void skip_lines() {
    while (!reader_.at_end()) {
      const auto before = reader_.at();
      reader_.skip_blanks();
      if (reader_.peek() == '#') comments_.emplace_back(take_comment());
      if (reader_.at_end()) return;
      if (reader_.take("\n") || reader_.take("\r\n")) continue;
      reader_.back_to(before);
      return;
    }
  }

  std::string_view take_comment() {
    reader_.skip(1);
    const auto begin = reader_.at();
    reader_.skip(std::min(reader_.rest().find('\n'), reader_.rest().size()));
    auto text = reader_.since(begin);
    if (text.ends_with('\r')) {
      reader_.back_to(reader_.at() - 1);
      text.remove_suffix(1);
    }
    return text;
  }

  void line_end() {
    if (literals_.failed()) return;
    reader_.skip_blanks();
    if (reader_.peek() == '#') take_comment();
    if (reader_.at_end() || reader_.take("\n") || reader_.take("\r\n")) return;
    literals_.fail(reader_.at(), "expecting 'line_terminator'");
  }

  /// Reads items until one fails without having begun.
  template <typename Item>
  void items(Item item) {
    while (!literals_.failed() && !reader_.at_end()) {
      const auto before = reader_.at();
      skip_lines();
      reader_.skip_blanks();
      if (reader_.at_end()) literals_.fail_softly(reader_.at(), "the end");
      if (!literals_.failed()) item();
      if (!literals_.failed()) continue;
      if (literals_.forgive()) reader_.back_to(before);
      return;
    }
  }

  Step entry(std::size_t before) {
    Step out;
    out.kind = "http";
    out.stops = true;
    HttpAction action;
    action.hurl = true;
    read_comments(out, action);
    const auto begin = reader_.at();
    out.origin = Origin::at(origin_.place(begin));
    method(before, action);
    action.url = {literals_.unquoted(), origin_};
    line_end();
    items([&] { header(action.headers); });
    sections_.clear();
    request_sections(action);
    body(action.body);
    refuse_repeated();
    sections_.clear();
    if (!literals_.failed()) response(out);
    refuse_repeated();
    out.action = std::move(action);
    return out;
  }

  void read_comments(Step& out, HttpAction& action) {
    for (const auto comment : comments_) {
      constexpr std::string_view kSet = "@cookie_storage_set:";
      constexpr std::string_view kId = "@id ";
      if (const auto at = comment.find(kSet); at != std::string_view::npos) {
        action.cookie_storage_set = trim(comment.substr(at + kSet.size()));
      }
      action.cookie_storage_clear =
          action.cookie_storage_clear || comment.find("@cookie_storage_clear") != std::string_view::npos;
      const auto text = trim(comment);
      if (text.starts_with(kId)) out.id = trim(text.substr(kId.size()));
    }
  }

  void method(std::size_t before, HttpAction& action) {
    const auto begin = reader_.at();
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    while (is_letter(reader_.peek())) reader_.skip(1);
    const auto name = reader_.since(begin);
    const bool upper = std::all_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (name.empty() || !upper) {
      const std::vector<std::string_view> known{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                "CONNECT", "OPTIONS", "TRACE", "PATCH"};
      reader_.back_to(begin);
      const auto word = reader_.rest().substr(0, std::min(reader_.rest().find_first_of(" \t\r\n"), std::size_t{20}));
      literals_.fail(begin, fmt::format("the HTTP method <{}> is not valid", word), name_hint(name, known),
                     "Parsing method");
      return;
    }
    action.method = name;
    action.method_span = {begin, reader_.at()};
    if (reader_.peek() != ' ' && reader_.peek() != '\t') {
      // Nothing was begun, so that the file should end there.
      reader_.back_to(before);
      skip_lines();
      literals_.fail(reader_.at(), "expecting 'eof'", "a request is a method and a URL");
      return;
    }
    reader_.skip_blanks();
  }

  /// Letters of any script, digits and _ - . [ ] @ $, with escapes and placeholders.
  Template key() {
    Template out;
    std::string plain;
    const auto begin = reader_.at();
    const auto flush = [&] {
      if (!plain.empty()) out.parts.push_back({std::move(plain)});
      plain.clear();
    };
    const bool bracket = reader_.peek() == '[';
    while (!literals_.failed() && !reader_.at_end()) {
      if (literals_.at_placeholder()) {
        flush();
        if (auto expression = literals_.placeholder()) out.parts.push_back({{}, std::move(expression)});
        continue;
      }
      const char c = reader_.peek();
      if (c == '\\') {
        reader_.skip(1);
        if (reader_.peek() == ':') {
          plain += ':';
          reader_.skip(1);
        } else {
          literals_.escape(plain);
        }
        continue;
      }
      constexpr std::string_view kMarks = "_-.[]@$";
      const auto letter = reader_.letter();
      const bool ascii = letter.size() == 1;
      const bool allowed = !ascii || Reader::is_word(c) || kMarks.find(c) != std::string_view::npos;
      if (!allowed) break;
      plain += letter;
      reader_.skip(letter.size());
    }
    flush();
    out.span = {begin, reader_.at()};
    if (out.empty() || bracket) literals_.fail(begin, "expecting 'key-string'");
    return out;
  }

  /// `key:`, or nothing that has begun.
  Text name() {
    Text out{key(), origin_};
    reader_.skip_blanks();
    if (!literals_.failed() && !reader_.take(":")) literals_.fail(reader_.at(), "expecting ':'");
    literals_.soften();
    if (!literals_.failed()) reader_.skip_blanks();
    return out;
  }

  void field(std::vector<Field>& out) {
    Field read;
    read.name = name();
    if (literals_.failed()) return;
    read.value = {literals_.unquoted(), origin_};
    line_end();
    out.push_back(std::move(read));
  }

  /// `Name: value`, or `Name;` for one that is sent empty, as curl writes it.
  void header(std::vector<Field>& out) {
    const auto before = reader_.at();
    Field alone;
    alone.name = {key(), origin_};
    if (!literals_.failed() && reader_.take(";")) {
      alone.value.origin = origin_;
      line_end();
      out.push_back(std::move(alone));
      return;
    }
    literals_.soften();
    if (literals_.failed()) return;
    reader_.back_to(before);
    field(out);
  }

  void fields(std::vector<Field>& out) {
    items([&] { field(out); });
  }

  /// `[Name]`, alone on its line.
  std::string section_name(std::size_t& at) {
    at = reader_.at();
    if (!reader_.take("[")) {
      literals_.fail_softly(at, "expecting '['");
      return {};
    }
    const auto begin = reader_.at();
    while (Reader::is_word(reader_.peek()) && reader_.peek() != '-' && reader_.peek() != '_') reader_.skip(1);
    std::string out(reader_.since(begin));
    if (out.empty() || !reader_.take("]")) {
      literals_.fail_softly(at, "expecting a valid section name");
      return {};
    }
    sections_.emplace_back(out, at);
    line_end();
    return out;
  }

  void refuse_repeated() {
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (sections_[k].first == sections_[i].first) {
          literals_.fail(sections_[i].second, "the section is already defined", {}, "Parsing section");
        }
      }
    }
  }

  void request_sections(HttpAction& action) {
    items([&] {
      std::size_t at = 0;
      const auto name = section_name(at);
      if (literals_.failed()) return;
      if (name == "Query" || name == "QueryStringParams") return fields(action.query);
      if (name == "Form" || name == "FormParams") {
        action.body.origin = origin_;
        fields(action.body.form);
        // A section without lines asks for nothing.
        const bool form = !action.body.form.empty() && action.body.shape != Body::Shape::kMultipart;
        if (form) action.body.shape = Body::Shape::kForm;
        return;
      }
      if (name == "Multipart" || name == "MultipartFormData") {
        items([&] { part(action.body.parts); });
        if (!action.body.parts.empty()) action.body.shape = Body::Shape::kMultipart;
        return;
      }
      if (name == "Cookies") return fields(action.cookies);
      if (name == "BasicAuth") return basic_auth(action);
      if (name == "Options") return items([&] { option(action.options); });
      const std::vector<std::string_view> known{"Query",      "QueryStringParams", "Form",
                                                "FormParams", "Multipart",         "MultipartFormData",
                                                "Cookies",    "BasicAuth",         "Options"};
      literals_.fail(at + 1, "the section is not valid", name_hint(name, known), "Parsing request section name");
    });
  }

  void basic_auth(HttpAction& action) {
    std::vector<Field> one;
    const auto before = reader_.at();
    skip_lines();
    reader_.skip_blanks();
    if (reader_.at_end()) return;
    field(one);
    if (literals_.forgive()) reader_.back_to(before);
    if (!one.empty()) action.basic_auth = std::move(one.front());
  }

  void part(std::vector<Part>& out) {
    Part read;
    read.name = name();
    if (literals_.failed()) return;
    if (!reader_.take("file,")) {
      read.value = {literals_.unquoted(), origin_};
      line_end();
      out.push_back(std::move(read));
      return;
    }
    reader_.skip_blanks();
    read.file = Text{literals_.filename(), origin_};
    reader_.skip_blanks();
    if (!literals_.expect(";")) return;
    reader_.skip_blanks();
    const auto at = reader_.at();
    if (reader_.rest().starts_with("{{")) {
      return literals_.fail(at, "expecting a content type", "it has no placeholders", "Parsing file content type");
    }
    Text type{literals_.unquoted(), origin_};
    if (!type.empty()) {
      // A media type: name/name, and parameters.
      const auto text = type.text.is_constant() ? type.text.text() : std::string();
      const auto slash = text.find('/');
      const bool valid = slash != std::string::npos && slash > 0 &&
                         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(slash),
                                     [](char c) { return Reader::is_word(c) || c == '.' || c == '+'; });
      if (!valid) literals_.fail(at, "expecting a content type", {}, "Parsing file content type");
      read.content_type = std::move(type);
    }
    line_end();
    out.push_back(std::move(read));
  }

  void option(std::vector<OptionSetting>& out) {
    const auto at = reader_.at();
    while (Reader::is_word(reader_.peek()) || reader_.peek() == '.') reader_.skip(1);
    const std::string name(reader_.since(at));
    reader_.skip_blanks();
    if (!reader_.take(":")) return literals_.fail_softly(reader_.at(), "expecting ':'");
    reader_.skip_blanks();
    const auto* info = find_hurl_option(name);
    if (info == nullptr || !info->in_files) {
      std::vector<std::string_view> known;
      for (const auto& entry : hurl_options()) {
        if (entry.in_files) known.push_back(entry.name);
      }
      return literals_.fail(at, "the option name is not valid", name_hint(name, known), "Parsing option");
    }
    OptionSetting setting{.option = info->option, .origin = origin_};
    const auto begin = reader_.at();
    option_value(info->type, setting);
    setting.span = {begin, reader_.at()};
    line_end();
    out.push_back(std::move(setting));
  }

  void option_value(OptionType type, OptionSetting& out) {
    switch (type) {
      case OptionType::kText:
        out.value = Text{literals_.unquoted(), origin_};
        return;
      case OptionType::kFile:
      case OptionType::kCertificate:
        out.value = Text{literals_.filename(), origin_};
        return;
      case OptionType::kVariable:
        return variable(out);
      case OptionType::kVerbosity:
        for (const std::string_view word : {"brief", "verbose", "debug"}) {
          if (!reader_.take(word)) continue;
          out.value = language::Value(std::string(word));
          return;
        }
        return literals_.fail(reader_.at(), "expecting 'brief, verbose or debug'");
      default:
        break;
    }
    if (literals_.at_placeholder()) {
      if (auto expression = literals_.placeholder()) out.value = std::move(*expression);
      return;
    }
    if (type == OptionType::kBoolean) {
      const bool yes = reader_.take("true");
      if (!yes && !reader_.take("false")) return literals_.fail(reader_.at(), "expecting 'true|false'");
      out.value = language::Value(yes);
      return;
    }
    number(type, out);
  }

  void number(OptionType type, OptionSetting& out) {
    const auto at = reader_.at();
    const bool endless =
        type == OptionType::kCount && reader_.rest().starts_with("-1") && !Reader::is_digit(reader_.peek(2));
    if (endless) {
      reader_.skip(2);
      out.value = language::Value(std::int64_t{-1});
      return;
    }
    if (!Reader::is_digit(reader_.peek())) {
      return literals_.fail(at, type == OptionType::kCount ? "expecting 'integer >= -1'" : "expecting 'integer'");
    }
    auto value = literals_.integer();
    if (type == OptionType::kDuration) {
      const auto unit_at = reader_.at();
      while ((reader_.peek() >= 'a' && reader_.peek() <= 'z') || (reader_.peek() >= 'A' && reader_.peek() <= 'Z'))
        reader_.skip(1);
      const auto milliseconds = milliseconds_of(reader_.since(at));
      if (!milliseconds) {
        return literals_.fail(unit_at, "the duration unit is not valid", "valid values are ms, s, m, h",
                              "Parsing duration");
      }
      value = *milliseconds;
    }
    out.value = language::Value(value);
  }

  void variable(OptionSetting& out) {
    const auto at = reader_.at();
    while (!reader_.at_end() && (reader_.letter().size() > 1 || Reader::is_word(reader_.peek()))) {
      reader_.skip(reader_.letter().size());
    }
    out.name = reader_.since(at);
    if (out.name.empty()) return literals_.fail(at, "expecting 'variable name'");
    if (is_reserved(out.name)) {
      return literals_.fail(at, fmt::format("conflicts with the {} function, use a different name", out.name), {},
                            "Parsing variable");
    }
    reader_.skip_blanks();
    if (!literals_.expect("=")) return;
    reader_.skip_blanks();
    if (reader_.peek() == '"') {
      out.value = Text{literals_.quoted(), origin_};
      return;
    }
    // What begins like null, a truth or a number is one, as in Hurl: a text that does stands in quotes.
    if (auto plain = literals_.plain_value()) {
      out.value = std::move(*plain);
      return;
    }
    out.value = Text{literals_.unquoted(), origin_};
  }

  void body(Body& out) {
    if (literals_.failed() || reader_.at_end()) return;
    const auto before = reader_.at();
    skip_lines();
    reader_.skip_blanks();
    if (reader_.at_end()) {
      reader_.back_to(before);
      return;
    }
    auto read = read_body(literals_, origin_);
    if (literals_.forgive()) {
      reader_.back_to(before);
      return;
    }
    line_end();
    if (!literals_.failed()) out = std::move(read);
  }

  void response(Step& out) {
    if (reader_.at_end()) return;
    const auto before = reader_.at();
    skip_lines();
    reader_.skip_blanks();
    const auto begin = reader_.at();
    if (!reader_.take("HTTP")) {
      reader_.back_to(before);
      return;
    }
    ImplicitAsserts implicit;
    if (reader_.peek() == '/') {
      for (const std::string_view version : {"/1.0", "/1.1", "/2", "/3"}) {
        if (implicit.version.empty() && reader_.take(version)) implicit.version = version.substr(1);
      }
      if (implicit.version.empty() || Reader::is_digit(reader_.peek())) return bad_version(begin);
    } else if (reader_.peek() != ' ' && reader_.peek() != '\t') {
      return bad_version(begin);
    }
    implicit.version_span = {begin, reader_.at()};
    if (reader_.peek() != ' ' && reader_.peek() != '\t') {
      return literals_.fail(reader_.at(), "expecting a space", {}, "Parsing space");
    }
    reader_.skip_blanks();
    status(implicit);
    line_end();
    fields(implicit.headers);
    response_sections(out);
    body(implicit.body);
    out.implicit = std::move(implicit);
  }

  void bad_version(std::size_t at) {
    literals_.fail(at, "HTTP version must be HTTP, HTTP/1.0, HTTP/1.1 or HTTP/2", {}, "Parsing version");
  }

  void status(ImplicitAsserts& out) {
    const auto at = reader_.at();
    if (!reader_.take("*")) {
      if (!Reader::is_digit(reader_.peek())) {
        return literals_.fail(at, "HTTP status code is not valid", "a number, or * for any", "Parsing status code");
      }
      out.status = literals_.integer();
    }
    out.status_span = {at, reader_.at()};
  }

  void response_sections(Step& out) {
    items([&] {
      std::size_t at = 0;
      const auto name = section_name(at);
      if (literals_.failed()) return;
      if (name == "Captures") return items([&] { capture(out.captures); });
      if (name == "Asserts") return items([&] { assertion(out.expect); });
      literals_.fail(at + 1, "the section is not valid", name_hint(name, {"Captures", "Asserts"}),
                     "Parsing response section name");
    });
  }

  void capture(std::vector<NamedCapture>& out) {
    NamedCapture read;
    read.origin = origin_;
    read.name = name();
    if (literals_.failed()) return;
    read.capture = language::read_capture(literals_);
    line_end();
    if (!literals_.failed()) out.push_back(std::move(read));
  }

  void assertion(std::vector<Line>& out) {
    Line read;
    read.origin = origin_;
    read.assert = language::read_assert(literals_);
    line_end();
    if (!literals_.failed()) out.push_back(std::move(read));
  }

  Reader reader_;
  LiteralParser literals_;
  Origin origin_;
  std::vector<std::string_view> comments_;
  std::vector<std::pair<std::string, std::size_t>> sections_;  ///< of the request or response that is being read
};

}  // namespace

tl::expected<Steps, SyntaxError> parse(const std::shared_ptr<const config::Source>& source) {
  if (!is_utf8(source->text)) {
    return tl::make_unexpected(SyntaxError{0, "the file is not UTF-8", {}, "Parsing encoding"});
  }
  return FileParser(source).whole();
}

}  // namespace vedette::scenarios::hurl
