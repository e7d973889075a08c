#pragma once

// A resolver that knows the names that a test gives it, and nothing else.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/io/resolver.hpp"

namespace vedette::testing {

class FakeResolver final : public net::Resolver {
 public:
  using Answer = tl::expected<net::Resolution, Failure>;

  explicit FakeResolver(std::map<std::string, Answer> answers) : answers_(std::move(answers)) {}

  /// Each name at 127.0.0.1.
  static std::unique_ptr<FakeResolver> on_loopback(const std::vector<std::string>& names) {
    std::map<std::string, Answer> answers;
    for (const auto& name : names) answers[name] = net::Resolution{boost::asio::ip::address_v4::loopback()};
    return std::make_unique<FakeResolver>(std::move(answers));
  }

  boost::asio::awaitable<Answer> resolve(const std::string& host, const net::AddressSettings& /*settings*/) override {
    const auto found = answers_.find(host);
    if (found != answers_.end()) co_return found->second;
    co_return tl::make_unexpected(Failure{Reason::kResolveNxdomain, "the test does not know " + host});
  }

 private:
  std::map<std::string, Answer> answers_;
};

}  // namespace vedette::testing
