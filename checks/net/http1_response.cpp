#include "checks/net/http1_response.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "checks/net/http1_head.hpp"
#include "checks/text.hpp"

namespace vedette::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

constexpr std::string_view kBegin = "HTTP/";

/// Behind the empty line; npos when it has not come yet.
std::size_t end_of_head(std::string_view text) {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (text.substr(at + 1, 1) == "\n") return at + 2;
    if (text.substr(at + 1, 2) == "\r\n") return at + 3;
  }
  return std::string_view::npos;
}

Failure malformed(const error_code& error) {
  return {Reason::kHttpProtocol, "the response is not valid HTTP: " + error.message()};
}

}  // namespace

/// Beast's parser, filling an exchange as it goes.
class ResponseReader::Parser final : public http::basic_parser<false> {
 public:
  Parser(const HttpRequest& request, HttpExchange& out) : request_(request), out_(out) {
    eager(true);
    // The limits are ours: headers are counted before they come here, the body by its taker.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
    skip(request.method == "HEAD");
  }

  /// Interim responses (1xx) are followed by another one; switching protocols is final.
  [[nodiscard]] bool interim() const { return out_.status / 100 == 1 && out_.status != 101; }

 private:
  using View = boost::beast::string_view;

  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int code, View /*reason*/, int /*version*/, error_code& /*error*/) override {
    out_.status = code;
    out_.headers.clear();
  }
  void on_field_impl(http::field /*field*/, View name, View value, error_code& /*error*/) override {
    out_.headers.emplace_back(std::string(name), std::string(value));
  }
  void on_header_impl(error_code& /*error*/) override { out_.has_head = !interim(); }
  void on_body_init_impl(boost::optional<std::uint64_t> const& /*length*/, error_code& /*error*/) override {}
  std::size_t on_body_impl(View part, error_code& error) override {
    if (request_.on_body && !request_.on_body({part.data(), part.size()})) {
      out_.ended_by_sink = true;
      error = http::error::end_of_stream;
    }
    return part.size();
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, View part, error_code& error) override {
    return on_body_impl(part, error);
  }
  void on_finish_impl(error_code& /*error*/) override {}

  const HttpRequest& request_;
  HttpExchange& out_;
};

ResponseReader::ResponseReader(const HttpRequest& request, HttpExchange& out)
    : request_(request), out_(out), parser_(std::make_unique<Parser>(request, out)) {}

ResponseReader::~ResponseReader() = default;

bool ResponseReader::done() const {
  return out_.ended_by_sink || parser_->is_done();
}

bool ResponseReader::keeps_alive() const {
  return parser_->is_done() && parser_->keep_alive() && !out_.ended_by_sink && kept_.empty();
}

Problem ResponseReader::take(std::string_view part) {
  if (!kept_.empty()) {
    kept_.append(part);
    part = kept_;
  }
  auto left = part;
  auto problem = parse(left);
  if (kept_.empty()) {
    kept_ = std::string(left);
  } else {
    kept_.erase(0, kept_.size() - left.size());
  }
  return problem;
}

Problem ResponseReader::end() {
  error_code error;
  if (parser_->is_header_done()) parser_->put_eof(error);
  if (parser_->is_header_done() && !error) return std::nullopt;
  return Failure{Reason::kClosedTransfer, "the peer closed the connection in its response"};
}

Problem ResponseReader::parse(std::string_view& left) {
  while (!parser_->is_header_done()) {
    bool whole = false;
    if (auto problem = take_head(left, whole); problem || !whole) return problem;
    if (parser_->is_done() && parser_->interim()) parser_ = std::make_unique<Parser>(request_, out_);
  }
  while (!left.empty() && !done()) {
    error_code error;
    left.remove_prefix(parser_->put(asio::buffer(left), error));
    if (out_.ended_by_sink || error == http::error::need_more) break;
    if (error) return malformed(error);
  }
  return std::nullopt;
}

Problem ResponseReader::take_head(std::string_view& left, bool& whole) {
  const auto begin = left.substr(0, kBegin.size());
  if (begin != kBegin.substr(0, begin.size())) {
    return Failure{Reason::kHttpProtocol,
                   fmt::format("the answer does not begin with HTTP/ but with '{}'", printable(left, 40))};
  }
  const auto end = end_of_head(left);
  whole = end != std::string_view::npos;
  if ((whole ? end : left.size()) > request_.max_header_bytes) {
    return Failure{Reason::kHttpHeadersTooLarge,
                   fmt::format("more than {} bytes of headers", request_.max_header_bytes)};
  }
  if (!whole) return std::nullopt;
  const auto head = normalized_head(left.substr(0, end));
  if (!head) return Failure{Reason::kHttpProtocol, head.error()};
  left.remove_prefix(end);
  error_code error;
  parser_->put(asio::buffer(head->text), error);
  out_.version = head->version;
  if (error && error != http::error::need_more) return malformed(error);
  return std::nullopt;
}

}  // namespace vedette::net
