#pragma once

// Reads a YAML mapping key by key. What was not asked for by the time of finish() is an unknown key; what has the wrong
// type or an impossible value is a diagnostic at its place, and the target keeps its default. Nothing throws.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/duration.hpp"
#include "config/pattern.hpp"
#include "config/secret.hpp"
#include "config/value.hpp"

namespace vedette::config {

/// What the readers of one load share. Lives on the stack of the loader; single-threaded.
struct Context {
  Diagnostics& diagnostics;
  /// Values of references that were read, so that a changed secret counts as a changed check. Never shown.
  std::string revealed{};
  /// Every key that a reader knows, as `section.key`: the tests compare it with the documentation.
  std::set<std::string>* known_keys = nullptr;
  /// Reading what blackbox_exporter would load but could not use: unusable() warns then, and leaves its words here.
  bool lenient = false;
  std::string unusable{};
  /// Further files that a reader has read: a change of one is a change of the configuration.
  std::vector<std::shared_ptr<const Source>> sources{};
  /// The files of references that were read: when one changes, the configuration has.
  std::set<std::string> secret_files{};
};

class Mapping {
 public:
  /// `path` names the mapping in messages, such as `http` or `http.tls_config`; empty for the top level.
  /// A node that is not a mapping is an error and reads as an empty one. Merge keys (`<<`) are resolved.
  Mapping(const Value& value, std::string path, Context& context);
  /// An empty mapping for a section that is not written; what is missing in it is reported at `place`.
  Mapping(Place place, std::string path, Context& context)
      : path_(std::move(path)), context_(&context), place_(std::move(place)), written_(false) {}

  /// Each of these reads `key` when it is there and not null, and returns whether it did so without an error.
  bool read(std::string_view key, std::string& out);
  bool read(std::string_view key, bool& out);
  bool read(std::string_view key, Duration& out);
  /// A duration in Go's own words, without days and weeks: where blackbox_exporter has the key.
  bool read_go_duration(std::string_view key, Duration& out);
  bool read(std::string_view key, std::vector<std::string>& out);
  bool read(std::string_view key, Pattern& out) = delete;
  bool read(std::string_view key, std::optional<Pattern>& out);
  bool read(std::string_view key, std::vector<Pattern>& out);
  /// The same where blackbox_exporter compiles them for each probe only: late() when one does not, with `problem`.
  bool read_late(std::string_view key, std::vector<Pattern>& out, std::string& problem);
  /// A text whose references are expanded (config/reference.hpp).
  bool read(std::string_view key, Secret& out);
  bool read_integer(std::string_view key, std::int64_t& out, std::int64_t min, std::int64_t max);
  bool read_number(std::string_view key, double& out, double min, double max);
  bool read_integers(std::string_view key, std::vector<int>& out);
  bool read_numbers(std::string_view key, std::vector<double>& out);
  bool read_size(std::string_view key, std::int64_t& out);
  /// One of a closed list of words.
  bool read_choice(std::string_view key, std::string& out, std::span<const std::string_view> choices);

  /// The raw value of `key`; nothing when absent or null.
  std::optional<Value> take(std::string_view key);
  std::optional<Mapping> take_mapping(std::string_view key);
  /// The items of a list; empty when absent.
  std::vector<Value> take_list(std::string_view key);
  /// All pairs of this mapping, in the order written, for mappings whose keys are names.
  std::vector<std::pair<std::string, Value>> take_all();
  /// A mapping of the pairs that nobody has asked for yet.
  YAML::Node take_rest();

  /// Whether there is such a section at all.
  [[nodiscard]] bool written() const { return written_; }
  [[nodiscard]] bool has(std::string_view key) const;
  /// The place of `key`, or of the whole mapping when it is not there.
  [[nodiscard]] Place place_of(std::string_view key) const;
  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Context& context() const { return *context_; }

  void error(std::string_view key, std::string message, std::string hint = {}) const;
  /// The same at the key itself, when it is the key that is wrong.
  void error_at_key(std::string_view key, std::string message, std::string hint = {}) const;
  void warning(std::string_view key, std::string message, std::string hint = {}) const;
  /// A value that is found wrong by the run that needs it. An error here already, unless the reader is lenient.
  void late(std::string_view key, std::string message, std::string hint = {}) const;
  /// The same when no run can use the settings at all.
  void unusable(std::string_view key, const std::string& message, std::string hint = {}) const;

  /// In hints `key` is called `name`, as whoever wrote the section calls it. Without `key` there is one more. Both
  /// outlive the mapping.
  void call(std::string_view key, std::string_view name) { called_.emplace_back(key, name); }
  /// Hints do not name `key`.
  void hide(std::string_view key) { called_.emplace_back(key, ""); }

  /// Reports every key that nobody asked for, with the nearest known one.
  void finish();

 private:
  struct Entry {
    std::string key;
    Value key_value;
    Value value;
    bool used = false;
  };

  void add(const Value& mapping, bool merged, int depth);
  Entry* find(std::string_view key);
  [[nodiscard]] const Entry* find(std::string_view key) const;
  /// The entry when it is there, not null and a scalar; an error when it is something else.
  Entry* scalar(std::string_view key);
  [[nodiscard]] std::string full_name(std::string_view key) const;

  std::string path_;
  Context* context_;
  Place place_;
  bool written_ = true;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
  std::vector<std::pair<std::string_view, std::string_view>> called_;
};

/// The scalar as a secret with its references expanded; an error in a reference goes to the diagnostics.
std::optional<Secret> secret_of(const Value& value, Context& context);

/// The scalar as a pattern; what does not compile goes to the diagnostics.
std::optional<Pattern> pattern_of(const Value& value, Context& context);

}  // namespace vedette::config
