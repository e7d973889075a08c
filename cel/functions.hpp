#pragma once

// The functions and operators of CEL's standard library, on values.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "cel/value.hpp"

namespace vedette::cel {

/// What comes of an expression; the error is a sentence for a person.
using Outcome = tl::expected<Value, std::string>;

/// Whether a function of that name takes `arguments` arguments, beside the value that it is called on when `method`.
bool has_function(std::string_view name, bool method, std::size_t arguments);
bool is_type_name(std::string_view name);

/// `arguments` begin with the value that the function is called on.
Outcome call(std::string_view name, const std::vector<Value>& arguments);

Outcome binary(std::string_view op, const Value& a, const Value& b);
Outcome negate(const Value& value);
Outcome select(const Value& value, const std::string& field);
Outcome index(const Value& value, const Value& key);

/// The key of a Map for a value; nothing when it cannot be one.
tl::expected<std::string, std::string> map_key(const Value& value);
/// The value that a key stands for.
Value key_value(const std::string& key);

}  // namespace vedette::cel
