#pragma once

// What is wrong with something a person wrote, where, and what would be right.
// Every reader of configuration collects into one Diagnostics, so that a person sees all mistakes at once.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vedette::config {

/// A text that was read, kept so that a diagnostic can show the line it speaks of.
struct Source {
  std::string path;
  std::string text;
  bool further = false;  ///< what a configuration names, such as a scenario, and no part of it

  /// Line `line` (1-based) without its newline; empty when there is no such line.
  [[nodiscard]] std::string_view line(int number) const;
};

/// A position in a source. Lines and columns are 1-based; line 0 means the source as a whole.
struct Place {
  std::shared_ptr<const Source> source;
  int line = 0;
  int column = 0;

  /// `file:line:column`, or `file` alone for a source as a whole.
  [[nodiscard]] std::string text() const;
};

enum class Severity { kWarning, kError };

struct Diagnostic {
  Severity severity = Severity::kError;
  Place place;
  std::string message;
  std::string hint;  ///< what would be right; may be empty
};

/// The line at `place` with secrets masked; empty when it has none.
std::string shown_line(const Place& place);

/// `file:line:column: message`, the source line, a caret below the place, and the hint.
std::string render(const Diagnostic& diagnostic, bool colour);

class Diagnostics {
 public:
  void error(const Place& place, std::string message, std::string hint = {});
  void warning(const Place& place, std::string message, std::string hint = {});

  [[nodiscard]] bool has_errors() const { return errors_ > 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] std::size_t warnings() const { return all_.size() - errors_; }

  /// `file:line:column: message` of the first error by place; empty without one. For a log line.
  [[nodiscard]] std::string first_error() const;

  /// `file:line:column: message` of all, a line each, for whoever may not see the file: no line of it is shown, and no
  /// password in a URL.
  [[nodiscard]] std::string places() const;

  /// All of them by file, in the order of their places.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;

 private:
  void add(Diagnostic diagnostic);

  std::vector<Diagnostic> all_;
  std::size_t errors_ = 0;
};

}  // namespace vedette::config
