#include "probe/config/kinds.hpp"

#include <set>

#include "checks/kinds.hpp"
#include "config/mapping.hpp"
#include "tests/support/catch.hpp"

using namespace vedette;

namespace {

/// The keys that the section of a kind may have.
std::set<std::string> keys_of(const Kind& kind) {
  std::set<std::string> known;
  config::Diagnostics diagnostics;
  config::Context context{diagnostics};
  context.known_keys = &known;
  config::Mapping empty(config::Place{}, std::string(kind.name), context);
  kind.decode(empty);
  std::set<std::string> out;
  const auto prefix = std::string(kind.name) + ".";
  for (const auto& key : known) {
    if (key.starts_with(prefix)) out.insert(key.substr(prefix.size()));
  }
  return out;
}

std::string first_part(std::string_view key) {
  return std::string(key.substr(0, key.find('.')));
}

}  // namespace

TEST_CASE("what a kind says of itself are keys of its section") {
  for (const auto* kind : check_kinds()) {
    const auto keys = keys_of(*kind);
    INFO(kind->name);
    CHECK(keys.contains("expect"));
    for (const auto& [key, value] : kind->defaults) {
      INFO(key);
      CHECK(keys.contains(std::string(key)));
    }
    REQUIRE(kind->command);
    for (const auto& option : kind->command->options) {
      INFO(option.flags);
      CHECK(keys.contains(first_part(option.key)));
      CHECK((option.value.empty() == (option.takes != CommandOption::Takes::kNothing)));
    }
    if (!kind->step) continue;
    for (const auto& [key, name] : kind->step->keys) {
      INFO(key);
      CHECK(keys.contains(first_part(name)));
      CHECK_FALSE(keys.contains(std::string(key)));
    }
  }
}

TEST_CASE("a kind is found by its name, scenarios among them") {
  for (const auto* kind : all_kinds()) CHECK(find_kind(kind->name) == kind);
  CHECK(find_kind("scenario") != nullptr);
  CHECK(find_kind("smoke") == nullptr);
  CHECK(all_kinds().size() == check_kinds().size() + 1);
}
