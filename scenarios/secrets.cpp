#include "scenarios/secrets.hpp"

#include <filesystem>

#include "config/reference.hpp"

namespace vedette::scenarios {

tl::expected<std::string, std::string> read_secret(const SecretSource& source, const std::string& folder) {
  switch (source.from) {
    case SecretSource::From::kValue:
      return source.where;
    case SecretSource::From::kEnvironment:
      return config::expand_references("${env:" + source.where + "}");
    case SecretSource::From::kCredential:
      return config::expand_references("${credential:" + source.where + "}");
    case SecretSource::From::kFile:
      return config::expand_references("${file:" + (std::filesystem::path(folder) / source.where).string() + "}");
  }
  return tl::make_unexpected(std::string("no source"));
}

}  // namespace vedette::scenarios
