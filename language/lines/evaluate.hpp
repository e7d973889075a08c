#pragma once

// Lines asked of an answer.

#include <optional>

#include "language/lines/queries.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// What a line's query finds, after its filters.
Looked look(const Query& query, const std::vector<Filter>& filters, const Subject& subject, Scope& scope);

/// Why a line does not hold, or cannot be asked; nothing when it holds.
std::optional<Fault> judge(const Assert& line, const Subject& subject, Scope& scope);

/// What a capture takes; a fault when there is nothing, and nothing to be taken instead.
tl::expected<Value, Fault> take(const Capture& capture, const Subject& subject, Scope& scope);

/// The value of an operand; files are bytes.
tl::expected<Value, Fault> value_of(const Operand& operand, Scope& scope);

using TakeName = std::function<void(std::string_view name, Span span, bool step)>;
/// Calls `take` for each variable that must be defined, and each step that is asked of.
void for_each_name(const Assert& line, const TakeName& take);
void for_each_name(const Capture& capture, const TakeName& take);

}  // namespace vedette::language
