#include "scenarios/secrets.hpp"

#include <filesystem>

#include "config/reference.hpp"

namespace vedette::scenarios {

tl::expected<std::string, std::string> read_secret(const SecretSource& source, const std::string& folder) {
  using Kind = config::Reference::Kind;
  switch (source.from) {
    case SecretSource::From::kValue:
      return source.where;
    case SecretSource::From::kEnvironment:
      return config::resolve({Kind::kEnvironment, source.where});
    case SecretSource::From::kCredential:
      return config::resolve({Kind::kCredential, source.where});
    case SecretSource::From::kFile:
      return config::resolve({Kind::kFile, (std::filesystem::path(folder) / source.where).string()});
  }
  return tl::make_unexpected(std::string("no source"));
}

}  // namespace vedette::scenarios
