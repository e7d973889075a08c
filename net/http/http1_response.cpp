#include "net/http/http1_response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>

#include "base/text.hpp"
#include "net/http/http1_head.hpp"
#include "net/io/flood.hpp"

namespace vedette::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

constexpr std::string_view kBegin = "HTTP/";

std::size_t line_count(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

Failure malformed(const error_code& error, std::string_view head) {
  const auto header = bad_header_in(head);
  return {Reason::kHttpProtocol, "the response is not valid HTTP: " + (header.empty() ? error.message() : header)};
}

}  // namespace

/// Beast's parser of heads, filling an exchange as it goes.
class ResponseReader::Parser final : public http::basic_parser<false> {
 public:
  Parser(const HttpRequest& request, HttpExchange& out) : out_(out) {
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
  std::size_t on_body_impl(View part, error_code& /*error*/) override { return part.size(); }
  void on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, View part, error_code& /*error*/) override {
    return part.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}

  HttpExchange& out_;
};

ResponseReader::ResponseReader(const HttpRequest& request, HttpExchange& out)
    : request_(request),
      out_(out),
      parser_(std::make_unique<Parser>(request, out)),
      chunks_(request.max_header_bytes) {}

ResponseReader::~ResponseReader() = default;

bool ResponseReader::done() const {
  if (out_.ended_by_sink) return true;
  return framing_ == Framing::kChunks ? chunks_.done() : framing_ == Framing::kLength && length_left_ == 0;
}

bool ResponseReader::keeps_alive() const {
  return done() && parser_->keep_alive() && !out_.ended_by_sink && !surplus_;
}

Problem ResponseReader::take(std::string_view part) {
  auto left = part;
  if (framing_ == Framing::kUnknown) {
    if (!kept_.empty()) {
      if (!held_.grow_to(kept_.size() + part.size())) return memory_used_up();
      kept_.append(part);
      left = kept_;
    }
    if (auto problem = take_heads(left)) return problem;
    if (framing_ == Framing::kUnknown) {
      // What is kept is the beginning of a head that goes on.
      if (left.data() != kept_.data()) kept_ = std::string(left);
      return std::nullopt;
    }
  }
  auto problem = take_body(left);
  surplus_ = !left.empty();
  return problem;
}

Problem ResponseReader::end() {
  if (framing_ == Framing::kConnection) return std::nullopt;
  return Failure{Reason::kClosedTransfer, "the peer closed the connection in its response"};
}

bool ResponseReader::give(std::string_view part) {
  if (request_.on_body && !request_.on_body(part)) out_.ended_by_sink = true;
  return !out_.ended_by_sink;
}

Problem ResponseReader::take_body(std::string_view& left) {
  if (framing_ == Framing::kChunks) {
    return chunks_.take(left, [this](std::string_view part) { return give(part); });
  }
  auto part = left;
  if (framing_ == Framing::kLength) {
    part = left.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(length_left_, left.size())));
    length_left_ -= part.size();
  }
  left.remove_prefix(part.size());
  if (!part.empty()) give(part);
  return std::nullopt;
}

Problem ResponseReader::take_heads(std::string_view& left) {
  while (framing_ == Framing::kUnknown) {
    bool whole = false;
    if (auto problem = take_head(left, whole); problem || !whole) return problem;
    if (parser_->interim()) {
      if (++interim_ > kMaxInterimResponses) return flood(kMaxInterimResponses, "interim responses");
      parser_ = std::make_unique<Parser>(request_, out_);
    } else if (parser_->is_done()) {
      framing_ = Framing::kLength;
    } else if (parser_->chunked()) {
      framing_ = Framing::kChunks;
    } else if (const auto length = parser_->content_length()) {
      framing_ = Framing::kLength;
      length_left_ = *length;
    } else {
      framing_ = Framing::kConnection;
    }
  }
  return std::nullopt;
}

Problem ResponseReader::take_head(std::string_view& left, bool& whole) {
  const auto begin = left.substr(0, kBegin.size());
  if (begin != kBegin.substr(0, begin.size())) {
    return Failure{Reason::kHttpProtocol,
                   fmt::format("the answer does not begin with HTTP/ but with '{}'", printable(left, 40))};
  }
  const auto end = end_of_head(left, searched_);
  whole = end != std::string_view::npos;
  if ((whole ? end : left.size()) > request_.max_header_bytes) return headers_too_large(request_);
  if (!whole) return std::nullopt;
  // A head of fewer bytes has fewer lines.
  const bool may_exceed = end > kMaxHeaderFields;
  if (may_exceed && line_count(left.substr(0, end)) > kMaxHeaderFields) return headers_too_large(request_);
  const auto head = normalized_head(left.substr(0, end));
  if (!head) return Failure{Reason::kHttpProtocol, head.error()};
  left.remove_prefix(end);
  searched_ = 0;
  error_code error;
  parser_->put(asio::buffer(head->text), error);
  out_.version = head->version;
  if (error && error != http::error::need_more) return malformed(error, head->text);
  return std::nullopt;
}

}  // namespace vedette::net
