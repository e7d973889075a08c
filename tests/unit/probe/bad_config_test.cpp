// Every bad configuration is a pair of files: bad_config/NAME.yml and, beside it, NAME.txt with its exact messages.

#include <algorithm>
#include <filesystem>

#include "probe/config/config_loader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/files.hpp"

using namespace vedette;

TEST_CASE("each bad configuration gives its exact messages") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("tests/unit/bad_config")) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() > 20);
  for (const auto& file : files) {
    INFO(file.string());
    config::Diagnostics diagnostics;
    const auto config = load_config(file.string(), diagnostics);
    auto expected = file;
    expected.replace_extension(".txt");
    CHECK(render_all(diagnostics, false) == testing::contents_of(expected));
    CHECK(config.has_value() != diagnostics.has_errors());
  }
}
