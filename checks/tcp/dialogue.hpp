#pragma once

// The send/expect dialogue of a TCP check.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "checks/kind.hpp"
#include "checks/tcp/settings.hpp"
#include "net/stream/line_reader.hpp"
#include "net/stream/stream.hpp"

namespace vedette::tcp {

class Dialogue {
 public:
  /// `name` is verified when a step upgrades to TLS. All outlive the dialogue.
  Dialogue(RunContext& context, const TcpSettings& settings, net::Stream& stream, std::string name);

  boost::asio::awaitable<net::Problem> go();

  [[nodiscard]] bool failed_due_to_regex() const { return failed_due_to_regex_; }
  [[nodiscard]] bool failed_due_to_bytes() const { return failed_due_to_bytes_; }
  [[nodiscard]] const std::string& heard() const { return reader_.heard(); }
  /// Label names and values to export, of all steps that had some.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& labels() const { return labels_; }

 private:
  boost::asio::awaitable<net::Problem> perform(const Step& step);
  boost::asio::awaitable<net::Problem> expect_line(const Step& step, std::vector<std::string>& groups);
  boost::asio::awaitable<net::Problem> expect_bytes(const Step& step);
  boost::asio::awaitable<net::Problem> upgrade();

  RunContext& context_;
  const TcpSettings& settings_;
  net::Stream& stream_;
  net::LineReader reader_;
  std::string name_;
  bool failed_due_to_regex_ = false;
  bool failed_due_to_bytes_ = false;
  std::vector<std::pair<std::string, std::string>> labels_;
};

}  // namespace vedette::tcp
