#include "checks/grpc/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/mapping.hpp"

namespace vedette::grpc {

namespace {

/// gRPC over HTTP/2 section "Custom-Metadata".
bool is_metadata_key(std::string_view key) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), allowed);
}

void read_metadata(config::Mapping& section, GrpcSettings& out) {
  auto metadata = section.take_mapping("metadata");
  if (!metadata) return;
  for (const auto& [key, value] : metadata->take_all()) {
    if (!is_metadata_key(key)) {
      metadata->unusable(key, fmt::format("'{}' is not a key of metadata", key), "keys are written in lower case");
    }
    if (!value.is_sequence()) {
      metadata->error(key, fmt::format("metadata takes a list of values for {}", key),
                      fmt::format("write {}: [...]", key));
      continue;
    }
    for (const auto& item : value.node()) {
      auto secret = config::secret_of(config::Value(item, value.source()), section.context());
      if (secret) out.metadata.emplace_back(key, std::move(*secret));
    }
  }
}

}  // namespace

std::shared_ptr<const Settings> decode(config::Mapping& section) {
  auto out = std::make_shared<GrpcSettings>();
  bool secure = false;
  section.read("service", out->service);
  section.read("tls", secure);
  net::TlsSettings tls;
  if (auto mapping = section.take_mapping("tls_config")) tls = net::decode_tls_settings(*mapping);
  if (secure) out->tls = net::TlsClient(tls);
  read_metadata(section, *out);
  out->lines = language::decode_expectations(section, kVocabulary);
  out->address = net::decode_address_settings(section);
  section.finish();
  return out;
}

std::optional<net::HostPort> parse_target(std::string_view target, bool secure) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.starts_with(scheme)) target.remove_prefix(scheme.size());
  }
  return net::split_host_port(target.substr(0, target.find('/')), secure ? 443 : 80);
}

std::optional<std::string> check_target(const std::string& target, const Settings& settings) {
  if (parse_target(target, static_cast<const GrpcSettings&>(settings).tls.operator bool())) return std::nullopt;
  return "it is not host[:port]";
}

}  // namespace vedette::grpc
