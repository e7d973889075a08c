#pragma once

// References to secrets inside a text: `${NAME}` and `${env:NAME}` (environment), `${file:PATH}` (a file's content,
// trimmed) and `${credential:NAME}` (a file in $CREDENTIALS_DIRECTORY, as systemd passes it). `$${` stands for `${`.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace vedette::config {

/// The inside of a `${…}`: what kind of source it names.
struct Reference {
  enum class Kind { kEnvironment, kFile, kCredential } kind = Kind::kEnvironment;
  std::string name;
};

/// What the source holds now. The error names it, never a value.
tl::expected<std::string, std::string> resolve(const Reference& reference);

/// Whether `text` holds a reference, so that its value is a secret and its expansion must not be shown.
bool has_reference(std::string_view text);

struct Expansion {
  std::string text;
  std::vector<std::string> values;  ///< of each reference
  std::vector<std::string> files;   ///< that were read for them
};

/// `text` with every reference replaced. Anything else that begins with `${` stays as it is written.
/// The error names the reference that could not be resolved, never a value.
tl::expected<Expansion, std::string> expand_references(std::string_view text);

}  // namespace vedette::config
