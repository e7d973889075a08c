#include "cel/value.hpp"

#include <cmath>

namespace vedette::cel {

namespace {

constexpr int kUnordered = 2;

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : a == b ? 0 : kUnordered;
}

/// Of a whole number and a double, without losing bits of either.
int order_mixed(long double a, long double b) {
  return std::isnan(a) || std::isnan(b) ? kUnordered : order(a, b);
}

/// All 64-bit integers and doubles fit without loss.
long double wide(const Value& value) {
  if (const auto* number = value.get<std::int64_t>()) return static_cast<long double>(*number);
  if (const auto* number = value.get<std::uint64_t>()) return static_cast<long double>(*number);
  return static_cast<long double>(*value.get<double>());
}

}  // namespace

std::string Value::type_name() const {
  struct Namer {
    std::string operator()(const Null&) const { return "null_type"; }
    std::string operator()(bool) const { return "bool"; }
    std::string operator()(std::int64_t) const { return "int"; }
    std::string operator()(std::uint64_t) const { return "uint"; }
    std::string operator()(double) const { return "double"; }
    std::string operator()(const std::string&) const { return "string"; }
    std::string operator()(const Bytes&) const { return "bytes"; }
    std::string operator()(const Timestamp&) const { return "google.protobuf.Timestamp"; }
    std::string operator()(const Duration&) const { return "google.protobuf.Duration"; }
    std::string operator()(const Type&) const { return "type"; }
    std::string operator()(const std::shared_ptr<const List>&) const { return "list"; }
    std::string operator()(const std::shared_ptr<const Map>&) const { return "map"; }
  };
  return std::visit(Namer(), held_);
}

bool equal(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return order_mixed(wide(a), wide(b)) == 0;
  if (const auto* left = a.list()) {
    const auto* right = b.list();
    if (right == nullptr || left->size() != right->size()) return false;
    for (std::size_t i = 0; i < left->size(); ++i) {
      if (!equal((*left)[i], (*right)[i])) return false;
    }
    return true;
  }
  if (const auto* left = a.map()) {
    const auto* right = b.map();
    if (right == nullptr || left->size() != right->size()) return false;
    for (const auto& [key, value] : *left) {
      const auto found = right->find(key);
      if (found == right->end() || !equal(value, found->second)) return false;
    }
    return true;
  }
  const auto same = [&]<typename T>(const T*) { return a.get<T>() && b.get<T>() && *a.get<T>() == *b.get<T>(); };
  return (a.get<Null>() && b.get<Null>()) || same(static_cast<const bool*>(nullptr)) ||
         same(static_cast<const std::string*>(nullptr)) || same(static_cast<const Bytes*>(nullptr)) ||
         same(static_cast<const Timestamp*>(nullptr)) || same(static_cast<const Duration*>(nullptr)) ||
         same(static_cast<const Type*>(nullptr));
}

int compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return order_mixed(wide(a), wide(b));
  if (a.get<std::string>() && b.get<std::string>()) return order(*a.get<std::string>(), *b.get<std::string>());
  if (a.get<bool>() && b.get<bool>()) return order(*a.get<bool>(), *b.get<bool>());
  if (a.get<Bytes>() && b.get<Bytes>()) return order(a.get<Bytes>()->data, b.get<Bytes>()->data);
  if (a.get<Timestamp>() && b.get<Timestamp>()) return order(*a.get<Timestamp>(), *b.get<Timestamp>());
  if (a.get<Duration>() && b.get<Duration>()) return order(*a.get<Duration>(), *b.get<Duration>());
  return kUnordered;
}

}  // namespace vedette::cel
