#pragma once

// Where a text that was parsed stands in its file, so that what is wrong with a part of it can be shown there.

#include <cstddef>
#include <memory>
#include <string>

#include "config/diagnostic.hpp"
#include "config/value.hpp"
#include "language/values/fault.hpp"

namespace vedette::scenarios {

class Origin {
 public:
  Origin() = default;
  /// A text that is the whole of `source`: a Hurl file. Columns count characters there, as Hurl's do.
  static Origin whole(std::shared_ptr<const config::Source> source);
  /// The text of a YAML scalar. Columns count bytes, as those of all diagnostics; where the text is not written as it
  /// is meant (escapes, blocks), places are where it begins.
  static Origin scalar(const config::Value& value);
  /// A place alone.
  static Origin at(config::Place place);

  /// Of the byte `at` of the text.
  [[nodiscard]] config::Place place(std::size_t at) const;
  [[nodiscard]] config::Place place() const { return place(0); }
  /// How many columns a span takes on its first line; at least 1.
  [[nodiscard]] int width(language::Span span) const;

 private:
  config::Place begin_;
  bool counts_characters_ = false;
  std::size_t exact_ = 0;  ///< so many bytes of the text stand in the file as they are
};

}  // namespace vedette::scenarios
