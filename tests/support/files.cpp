#include "tests/support/files.hpp"

#include <fstream>
#include <sstream>

namespace vedette::testing {

std::string contents_of(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

}  // namespace vedette::testing
