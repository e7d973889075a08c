#pragma once

// Reads what lines and Hurl files hold beside words: texts with placeholders, numbers, bytes, patterns, lists. Where a
// failure lies, and whether what follows may be something else instead, is as in Hurl: its files are refused at the
// same places.

#include <optional>
#include <string>
#include <vector>

#include "language/lines/reader.hpp"
#include "language/lines/syntax.hpp"

namespace vedette::language {

/// The first failure is kept; from then on everything that is read is empty.
class LiteralParser {
 public:
  LiteralParser(Reader& reader, const Dialect& dialect) : reader_(reader), dialect_(dialect) {}

  [[nodiscard]] Reader& reader() { return reader_; }
  [[nodiscard]] const Dialect& dialect() const { return dialect_; }

  /// A text in quotes, with its escapes: \" \\ \/ \b \f \n \r \t \# \` \u{1f600}.
  Template quoted();
  /// The same in backticks, on one line.
  Template backticked();
  /// Up to the end of the line or a #, without the blanks at its end.
  Template unquoted();
  /// Up to `end`, as it stands; placeholders count when `templated`.
  Template verbatim(std::string_view end, bool templated);
  /// The placeholder that begins here.
  std::optional<Expression> placeholder();
  [[nodiscard]] bool at_placeholder() const;

  std::int64_t integer();
  /// `/…/`, or a template in quotes.
  std::optional<config::Pattern> slashed_pattern();
  /// null, true, false or a number; nothing when there is none of them.
  std::optional<Value> plain_value();
  /// `hex,…;` or `base64,…;`, the name of which has been seen.
  Value hex_bytes();
  Value base64_bytes();
  /// What may stand behind a predicate.
  Operand operand();
  /// What stands behind ``` to the end of that line: json, xml, graphql, raw, or nothing.
  std::string fence_hint();
  /// `[v, …]`
  std::vector<Operand> list();
  /// The name of a file: ends at a blank, # or ;.
  Template filename();
  /// An escape: what comes behind the backslash, which has been read.
  void escape(std::string& out);

  void fail(std::size_t at, std::string message, std::string hint = {}, std::string_view title = "Parsing literal");
  /// The same where what follows may be something else.
  void fail_softly(std::size_t at, std::string message, std::string hint = {},
                   std::string_view title = "Parsing literal");
  /// Reads `word`, or fails.
  bool expect(std::string_view word);
  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const SyntaxError& error() const { return *error_; }
  /// Forgets a failure where something else may follow; false when there is none of that kind.
  bool forgive();
  /// What has been begun can be nothing else: its failures are final.
  void harden();
  void soften();

 private:
  Template text_until(char quote);
  /// A text of several lines, behind its ```.
  Operand fenced();
  /// One letter of a text, or an escape. False at `end`, and at what may not stand in a text.
  bool letter(std::string_view end, Template& out, std::string& plain);
  void add(Template& out, std::string& plain);

  Reader& reader_;
  const Dialect dialect_;
  std::optional<SyntaxError> error_;
};

}  // namespace vedette::language
