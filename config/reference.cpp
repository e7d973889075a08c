#include "config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/ascii.hpp"
#include "config/secret.hpp"

namespace vedette::config {

namespace {

constexpr std::size_t kMaxReferencedFile = 64 << 10;

bool is_environment_name(std::string_view name) {
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && (name[0] < '0' || name[0] > '9') && std::all_of(name.begin(), name.end(), allowed);
}

std::optional<Reference> parse(std::string_view inside) {
  const auto colon = inside.find(':');
  if (colon == std::string_view::npos) {
    // Lower-case names are left alone: `${name}` in a TCP dialogue is a capture of its regular expression.
    if (!is_environment_name(inside)) return std::nullopt;
    return Reference{Reference::Kind::kEnvironment, std::string(inside)};
  }
  const auto scheme = inside.substr(0, colon);
  const auto name = std::string(inside.substr(colon + 1));
  if (name.empty()) return std::nullopt;
  if (scheme == "env") return Reference{Reference::Kind::kEnvironment, name};
  if (scheme == "file") return Reference{Reference::Kind::kFile, name};
  if (scheme == "credential") return Reference{Reference::Kind::kCredential, name};
  return std::nullopt;
}

tl::expected<std::string, std::string> read_trimmed(const std::string& path) {
  auto content = read_small_file(path, kMaxReferencedFile);
  if (content) content = std::string(trim(*content));
  return content;
}

/// Walks over `text`; `on_text` gets plain stretches, `on_reference` the references and may stop the walk.
template <typename OnText, typename OnReference>
void walk(std::string_view text, OnText on_text, OnReference on_reference) {
  while (!text.empty()) {
    const auto dollar = text.find('$');
    on_text(text.substr(0, dollar));
    if (dollar == std::string_view::npos) return;
    text.remove_prefix(dollar);
    if (text.starts_with("$${")) {
      on_text("${");
      text.remove_prefix(3);
      continue;
    }
    const auto close = text.starts_with("${") ? text.find('}') : std::string_view::npos;
    const auto reference = close == std::string_view::npos ? std::nullopt : parse(text.substr(2, close - 2));
    if (!reference) {
      on_text(text.substr(0, 1));
      text.remove_prefix(1);
      continue;
    }
    if (!on_reference(*reference)) return;
    text.remove_prefix(close + 1);
  }
}

}  // namespace

namespace {

/// The file that a reference of the kinds with one names.
tl::expected<std::string, std::string> file_of(const Reference& reference) {
  if (reference.kind == Reference::Kind::kFile) return reference.name;
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr) {
    return tl::make_unexpected(fmt::format(
        "credential {}: CREDENTIALS_DIRECTORY is not set (systemd's LoadCredential= sets it)", reference.name));
  }
  if (reference.name.find('/') != std::string::npos) {
    return tl::make_unexpected(fmt::format("credential {} must be a plain file name", reference.name));
  }
  return fmt::format("{}/{}", folder, reference.name);
}

}  // namespace

tl::expected<std::string, std::string> resolve(const Reference& reference) {
  if (reference.kind != Reference::Kind::kEnvironment) return file_of(reference).and_then(&read_trimmed);
  const char* value = std::getenv(reference.name.c_str());
  if (value == nullptr) return tl::make_unexpected(fmt::format("environment variable {} is not set", reference.name));
  return std::string(value);
}

bool has_reference(std::string_view text) {
  bool found = false;
  walk(text, [](std::string_view) {}, [&](const Reference&) { return !(found = true); });
  return found;
}

tl::expected<Expansion, std::string> expand_references(std::string_view text) {
  Expansion out;
  std::string problem;
  walk(
      text, [&](std::string_view plain) { out.text += plain; },
      [&](const Reference& reference) {
        auto value = resolve(reference);
        if (!value) {
          problem = std::move(value.error());
          return false;
        }
        out.text += *value;
        out.values.push_back(std::move(*value));
        if (reference.kind != Reference::Kind::kEnvironment) out.files.push_back(*file_of(reference));
        return true;
      });
  if (!problem.empty()) return tl::make_unexpected(problem);
  return out;
}

}  // namespace vedette::config
