#pragma once

// What queries find, filters make and predicates judge: the values of the line language. Cheap to copy; immutable.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vedette::language {

class Value;

using List = std::vector<Value>;
/// In the order written; of a name that is written twice the last one counts.
using Object = std::vector<std::pair<std::string, Value>>;

struct Null {
  friend bool operator==(const Null&, const Null&) = default;
};
/// That a flag is there, such as the attribute Secure of a cookie.
struct Unit {
  friend bool operator==(const Unit&, const Unit&) = default;
};
/// A whole number beyond 64 bits, as it was written.
struct BigInteger {
  std::string digits;
  friend bool operator==(const BigInteger&, const BigInteger&) = default;
};
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};
/// Nanoseconds since 1970, UTC.
struct Date {
  std::int64_t nanoseconds = 0;
  friend auto operator<=>(const Date&, const Date&) = default;
};
/// What an XPath found; only how many it are counts.
struct Nodeset {
  std::size_t size = 0;
  friend bool operator==(const Nodeset&, const Nodeset&) = default;
};
/// One answer on the way through redirects.
struct Redirect {
  std::optional<std::string> location;
  int status = 0;
  friend bool operator==(const Redirect&, const Redirect&) = default;
};

class Value {
 public:
  using Variant = std::variant<Null, bool, std::int64_t, BigInteger, double, std::string, Bytes, Date,
                               std::shared_ptr<const List>, std::shared_ptr<const Object>, Nodeset, Unit, Redirect>;

  Value() = default;
  template <typename T>
    requires std::is_constructible_v<Variant, T&&>
  explicit Value(T&& of) : held_(std::forward<T>(of)) {}
  static Value list(List items) { return Value(std::make_shared<const List>(std::move(items))); }
  static Value object(Object members) { return Value(std::make_shared<const Object>(std::move(members))); }

  template <typename T>
  [[nodiscard]] const T* get() const {
    return std::get_if<T>(&held_);
  }
  [[nodiscard]] const List* list() const {
    const auto* held = get<std::shared_ptr<const List>>();
    return held == nullptr ? nullptr : held->get();
  }
  [[nodiscard]] const Object* object() const {
    const auto* held = get<std::shared_ptr<const Object>>();
    return held == nullptr ? nullptr : held->get();
  }
  [[nodiscard]] bool is_number() const {
    return get<std::int64_t>() != nullptr || get<double>() != nullptr || get<BigInteger>() != nullptr;
  }
  /// The member called `name`, or nothing.
  [[nodiscard]] const Value* member(std::string_view name) const;

  /// Whether it is a secret, or was made of one: it must not be shown.
  [[nodiscard]] bool is_secret() const { return secret_; }
  [[nodiscard]] Value as_secret(bool secret = true) const {
    Value out = *this;
    out.secret_ = secret_ || secret;
    return out;
  }

 private:
  Variant held_;
  bool secret_ = false;
};

/// A value, or that there is none.
using Found = std::optional<Value>;

/// `integer`, `string`, `list`, …
std::string_view kind_of(const Value& value);

/// The kind and the value for a message, on one line: `integer <1>`, `string <x>`; long ones are cut.
std::string described(const Value& value);
std::string described(const Found& found);

/// The value as text in a message or a request; nothing for those that have no plain form (lists, bytes and the like).
/// A number with a fraction that is zero ends in `.0`.
std::optional<std::string> plain_text(const Value& value);

/// Whether two values are the same: numbers by what they are worth, whatever their types; other types never equal each
/// other, nor do lists whose items stand in another order.
bool equal(const Value& a, const Value& b);

/// -1, 0 or 1 where there is an order: of numbers, of texts, of dates. Nothing otherwise.
std::optional<int> compare(const Value& a, const Value& b);

}  // namespace vedette::language
