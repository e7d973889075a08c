#pragma once

// A value of the Common Expression Language: the types of JSON, and those that expressions make beside them. Cheap to
// copy.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace vedette::cel {

class Value;

using List = std::vector<Value>;
/// Keys are texts, or in maps that an expression writes also whole numbers and booleans, each as their text with a
/// mark.
using Map = std::map<std::string, Value>;
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};
/// Nanoseconds since 1970, UTC.
struct Timestamp {
  std::int64_t nanoseconds = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};
struct Duration {
  std::int64_t nanoseconds = 0;
  friend auto operator<=>(const Duration&, const Duration&) = default;
};
struct Type {
  std::string name;
  friend bool operator==(const Type&, const Type&) = default;
};
struct Null {
  friend bool operator==(const Null&, const Null&) = default;
};

class Value {
 public:
  using Variant = std::variant<Null, bool, std::int64_t, std::uint64_t, double, std::string, Bytes, Timestamp, Duration,
                               Type, std::shared_ptr<const List>, std::shared_ptr<const Map>>;

  Value() = default;
  template <typename T>
    requires std::is_constructible_v<Variant, T&&>
  explicit Value(T&& of) : held_(std::forward<T>(of)) {}
  static Value list(List items) { return Value(std::make_shared<const List>(std::move(items))); }
  static Value map(Map entries) { return Value(std::make_shared<const Map>(std::move(entries))); }

  template <typename T>
  [[nodiscard]] const T* get() const {
    return std::get_if<T>(&held_);
  }
  [[nodiscard]] const List* list() const {
    const auto* held = get<std::shared_ptr<const List>>();
    return held == nullptr ? nullptr : held->get();
  }
  [[nodiscard]] const Map* map() const {
    const auto* held = get<std::shared_ptr<const Map>>();
    return held == nullptr ? nullptr : held->get();
  }
  [[nodiscard]] bool is_number() const {
    return get<std::int64_t>() != nullptr || get<std::uint64_t>() != nullptr || get<double>() != nullptr;
  }
  /// `int`, `string`, `list`, `google.protobuf.Timestamp`, … as type() names it.
  [[nodiscard]] std::string type_name() const;

 private:
  Variant held_;
};

/// CEL's equality: numbers of different types compare by value, other types never are equal to each other.
bool equal(const Value& a, const Value& b);

/// -1, 0 or 1 when `a` and `b` have an order, 2 when they have none.
int compare(const Value& a, const Value& b);

}  // namespace vedette::cel
