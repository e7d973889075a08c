#include "checks/http/body.hpp"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <zlib.h>

#include <array>

namespace vedette::http {

namespace {

constexpr std::size_t kStep = 16384;
// As inflateInit2() takes them.
constexpr int kGzipWindow = 31;
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;

class ZlibDecoder final : public Decoder {
 public:
  explicit ZlibDecoder(int window_bits) : gzip_(window_bits == kGzipWindow) {
    ready_ = ::inflateInit2(&stream_, window_bits) == Z_OK;
    if (gzip_) ::inflateGetHeader(&stream_, &header_);
  }
  ~ZlibDecoder() override { ::inflateEnd(&stream_); }
  ZlibDecoder(const ZlibDecoder&) = delete;
  ZlibDecoder& operator=(const ZlibDecoder&) = delete;

  bool decode(std::string_view data, const Give& give) override {
    if (!ready_) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream_.avail_in = static_cast<uInt>(data.size());
    std::array<char, kStep> chunk;
    do {
      if (finished_ && (!gzip_ || stream_.avail_in == 0)) return true;
      // A file of gzip may have several members (RFC 1952 section 2.2).
      if (finished_ && ::inflateReset(&stream_) != Z_OK) return false;
      finished_ = false;
      stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream_.avail_out = static_cast<uInt>(chunk.size());
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return false;
      finished_ = status == Z_STREAM_END;
      if (!give({chunk.data(), chunk.size() - stream_.avail_out})) return true;
      began_ = began_ || !gzip_ || header_.done == 1;
    } while (stream_.avail_out == 0 || stream_.avail_in > 0);
    return true;
  }
  [[nodiscard]] bool began() const override { return began_; }
  [[nodiscard]] bool finished() const override { return finished_; }

 private:
  z_stream stream_{};
  gz_header header_{};
  const bool gzip_;
  bool began_ = false;
  bool ready_ = false;
  bool finished_ = false;
};

class BrotliDecoder final : public Decoder {
 public:
  bool decode(std::string_view data, const Give& give) override {
    std::size_t available_in = data.size();
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(data.data());
    std::array<char, kStep> chunk;
    auto status = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    while (status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
      std::size_t room = chunk.size();
      auto* next_out = reinterpret_cast<std::uint8_t*>(chunk.data());
      status = BrotliDecoderDecompressStream(state_.get(), &available_in, &next_in, &room, &next_out, nullptr);
      if (status == BROTLI_DECODER_RESULT_ERROR) return false;
      if (!give({chunk.data(), chunk.size() - room})) return true;
    }
    return true;
  }
  [[nodiscard]] bool finished() const override { return BrotliDecoderIsFinished(state_.get()) == BROTLI_TRUE; }

 private:
  std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance};
};

/// Of a compression that nobody knows.
class NoDecoder final : public Decoder {
 public:
  bool decode(std::string_view /*data*/, const Give& /*give*/) override { return false; }
  [[nodiscard]] bool began() const override { return false; }
  [[nodiscard]] bool finished() const override { return false; }
};

}  // namespace

std::unique_ptr<Decoder> make_decoder(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return std::make_unique<ZlibDecoder>(kGzipWindow);
    case Compression::kDeflate:
      return std::make_unique<ZlibDecoder>(kRawWindow);
    case Compression::kZlib:
      return std::make_unique<ZlibDecoder>(kZlibWindow);
    case Compression::kBrotli:
      return std::make_unique<BrotliDecoder>();
    case Compression::kUnknown:
      return std::make_unique<NoDecoder>();
    case Compression::kNone:
      break;
  }
  return nullptr;
}

BodySink::BodySink(Compression compression, std::uint64_t limit, std::size_t keep)
    : decoder_(make_decoder(compression)), limit_(limit), keep_(keep) {}

bool BodySink::keep(std::string_view decoded) {
  size_ += decoded.size();
  if (text_.size() < keep_) text_.append(decoded.substr(0, keep_ - text_.size()));
  if (limit_ == 0 || size_ <= limit_) return true;
  size_ = limit_;
  failure_ = Failure{Reason::kBodyTooLarge, fmt::format("the body has more than {} bytes", limit_)};
  return false;
}

void BodySink::fail(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
}

void BodySink::close() {
  closed_ = true;
  size_ = 0;
  text_.clear();
  failure_.reset();
}

bool BodySink::take(std::string_view data) {
  if (failure_) return false;
  if (!decoder_) return keep(data);
  if (!decoder_->decode(data, [this](std::string_view decoded) { return keep(decoded); })) {
    failure_ = Failure{Reason::kBodyDecode, "the body is not valid in the compression that the check expects"};
  }
  return !failure_;
}

void BodySink::finish() {
  if (failure_ || !decoder_ || decoder_->finished()) return;
  failure_ = Failure{Reason::kBodyDecode, "the compressed body ends too early"};
}

}  // namespace vedette::http
