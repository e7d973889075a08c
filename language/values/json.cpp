#include "language/values/json.hpp"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cmath>
#include <unordered_map>

namespace vedette::language {

namespace {

namespace json = boost::json;

/// Puts values together as the parser meets them.
class Handler {
 public:
  // NOLINTBEGIN(readability-identifier-naming): Boost.JSON asks for these names.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  using Error = json::error_code;
  using Text = json::string_view;

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return open(); }
  bool on_object_end(std::size_t, Error&) { return close(Value::object(std::move(stack_.back().members))); }
  bool on_array_begin(Error&) { return open(); }
  bool on_array_end(std::size_t, Error&) { return close(Value::list(std::move(stack_.back().items))); }
  bool on_key_part(Text part, std::size_t, Error&) { return append(part); }
  bool on_key(Text part, std::size_t, Error&) {
    append(part);
    stack_.back().key = std::exchange(text_, {});
    stack_.back().keyed = true;
    return true;
  }
  bool on_string_part(Text part, std::size_t, Error&) { return append(part); }
  bool on_string(Text part, std::size_t, Error&) {
    append(part);
    return add(Value(std::exchange(text_, {})));
  }
  bool on_number_part(Text part, Error&) { return append(part); }
  bool on_int64(std::int64_t number, Text, Error&) {
    // -0 is whole, and so is everything without a point and an exponent.
    text_.clear();
    return add(Value(number));
  }
  bool on_uint64(std::uint64_t, Text part, Error&) {
    append(part);
    return add(Value(BigInteger{std::exchange(text_, {})}));
  }
  bool on_double(double number, Text part, Error&) {
    append(part);
    const auto written = std::exchange(text_, {});
    const bool whole = written.find_first_of(".eE") == std::string::npos;
    return add(whole ? Value(BigInteger{written}) : Value(number));
  }
  bool on_bool(bool flag, Error&) { return add(Value(flag)); }
  bool on_null(Error&) { return add(Value()); }
  bool on_comment_part(Text, Error&) { return true; }
  bool on_comment(Text, Error&) { return true; }

  [[nodiscard]] Value result() { return std::move(result_); }

 private:
  struct Level {
    List items;
    Object members;
    std::unordered_map<std::string, std::size_t> places;  ///< of the members, by their names
    std::string key;
    bool keyed = false;
  };

  bool append(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool open() {
    stack_.emplace_back();
    return true;
  }
  bool close(Value value) {
    stack_.pop_back();
    return add(std::move(value));
  }
  bool add(Value value) {
    if (stack_.empty()) {
      result_ = std::move(value);
      return true;
    }
    auto& level = stack_.back();
    if (!level.keyed) {
      level.items.push_back(std::move(value));
      return true;
    }
    level.keyed = false;
    const auto [place, fresh] = level.places.emplace(level.key, level.members.size());
    if (fresh) {
      level.members.emplace_back(std::move(level.key), std::move(value));
    } else {
      level.members[place->second].second = std::move(value);
    }
    return true;
  }

  std::vector<Level> stack_;
  std::string text_;
  Value result_;
};

void append_string(std::string& out, std::string_view text) {
  out += json::serialize(json::string_view(text.data(), text.size()));
}

void append(std::string& out, const Value& value) {
  if (const auto* items = value.list()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out += ',';
      append(out, (*items)[i]);
    }
    out += ']';
  } else if (const auto* members = value.object()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i > 0) out += ',';
      append_string(out, (*members)[i].first);
      out += ':';
      append(out, (*members)[i].second);
    }
    out += '}';
  } else if (value.is_number() || value.get<bool>() || value.get<Null>()) {
    const auto* real = value.get<double>();
    out += real != nullptr && !std::isfinite(*real) ? "null" : plain_text(value).value_or("null");
  } else {
    const auto plain = plain_text(value);
    append_string(out, plain ? *plain : described(value));
  }
}

}  // namespace

tl::expected<Value, TextError> parse_json(std::string_view text, std::size_t depth) {
  json::parse_options options;
  options.max_depth = depth;
  json::basic_parser<Handler> parser(options);
  json::error_code error;
  const auto taken = parser.write_some(false, text.data(), text.size(), error);
  if (error == json::error::too_deep) {
    return tl::make_unexpected(TextError{taken, fmt::format("it is nested deeper than {}", depth), "json_depth"});
  }
  if (error) return tl::make_unexpected(TextError{taken, error.message()});
  const auto rest = text.substr(taken);
  const auto junk = rest.find_first_not_of(" \t\r\n");
  if (junk != std::string_view::npos) {
    return tl::make_unexpected(TextError{taken + junk, "there is something behind the value"});
  }
  return parser.handler().result();
}

std::string to_json(const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

}  // namespace vedette::language
