#include "scenarios/run/secrets.hpp"

#include <filesystem>

#include "config/reference.hpp"

namespace vedette::scenarios {

namespace {

std::string path_of(const SecretSource& source) {
  const auto place = source.origin.place();
  const auto folder = std::filesystem::path(place.source ? place.source->path : "").parent_path();
  return (folder / source.where).string();
}

}  // namespace

tl::expected<std::string, std::string> read_secret(const SecretSource& source) {
  using Kind = config::Reference::Kind;
  switch (source.from) {
    case SecretSource::From::kValue:
      return source.where;
    case SecretSource::From::kEnvironment:
      return config::resolve({Kind::kEnvironment, source.where});
    case SecretSource::From::kCredential:
      return config::resolve({Kind::kCredential, source.where});
    case SecretSource::From::kFile:
      return config::resolve({Kind::kFile, path_of(source)});
  }
  return tl::make_unexpected(std::string("no source"));
}

}  // namespace vedette::scenarios
