#include "checks/http/body.hpp"

#include <brotli/decode.h>
#include <fmt/format.h>
#include <zlib.h>

#include <array>

namespace vedette::http {

namespace {

constexpr std::size_t kStep = 16384;
/// Decoded in one slice: a tenth of a millisecond's work, or two.
constexpr std::size_t kSlice = std::size_t{128} << 10;
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

  Step decode(std::string_view& data, std::span<char> room, std::size_t& written) override {
    written = 0;
    if (!ready_) return Step::kInvalid;
    if (finished_) {
      if (!gzip_) data = {};
      if (data.empty()) return Step::kWantsInput;
      // A file of gzip may have several members (RFC 1952 section 2.2).
      if (::inflateReset(&stream_) != Z_OK) return Step::kInvalid;
      finished_ = false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream_.avail_in = static_cast<uInt>(data.size());
    stream_.next_out = reinterpret_cast<Bytef*>(room.data());
    stream_.avail_out = static_cast<uInt>(room.size());
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return Step::kInvalid;
    finished_ = status == Z_STREAM_END;
    began_ = began_ || !gzip_ || header_.done == 1;
    data.remove_prefix(data.size() - stream_.avail_in);
    written = room.size() - stream_.avail_out;
    return stream_.avail_out == 0 || !data.empty() ? Step::kAgain : Step::kWantsInput;
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
  Step decode(std::string_view& data, std::span<char> room, std::size_t& written) override {
    std::size_t available_in = data.size();
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(data.data());
    std::size_t available_out = room.size();
    auto* next_out = reinterpret_cast<std::uint8_t*>(room.data());
    const auto status =
        BrotliDecoderDecompressStream(state_.get(), &available_in, &next_in, &available_out, &next_out, nullptr);
    written = room.size() - available_out;
    if (status == BROTLI_DECODER_RESULT_ERROR) return Step::kInvalid;
    if (status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
      data.remove_prefix(data.size() - available_in);
      return Step::kAgain;
    }
    data = {};
    return Step::kWantsInput;
  }
  [[nodiscard]] bool finished() const override { return BrotliDecoderIsFinished(state_.get()) == BROTLI_TRUE; }

 private:
  std::unique_ptr<BrotliDecoderState, decltype(&BrotliDecoderDestroyInstance)> state_{
      BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), &BrotliDecoderDestroyInstance};
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
    case Compression::kNone:
      break;
  }
  return nullptr;
}

BodySink::BodySink(Compression compression, std::uint64_t limit, std::size_t keep, const DecodingLimits& decoding)
    : decoder_(make_decoder(compression)),
      unknown_(compression == Compression::kUnknown),
      limit_(limit),
      keep_(keep),
      decoding_(decoding) {}

void BodySink::fail_too_large(std::string message) {
  failure_ = Failure{Reason::kBodyTooLarge, std::move(message)};
}

bool BodySink::within_ratio() const {
  return size_ <= decoding_.free || size_ / decoding_.ratio <= received_;
}

bool BodySink::keep(std::string_view decoded) {
  size_ += decoded.size();
  if (text_.size() < keep_) {
    const auto part = decoded.substr(0, keep_ - text_.size());
    // A string that grows holds up to twice what is in it.
    if (!held_.grow_to(2 * (text_.size() + part.size()))) {
      failure_ = memory_used_up();
      return false;
    }
    text_.append(part);
  }
  if (limit_ > 0 && size_ > limit_) {
    size_ = limit_;
    fail_too_large(fmt::format("the body has more than {} bytes", limit_));
  } else if (decoder_ && limit_ == 0 && size_ > decoding_.bytes) {
    fail_too_large(fmt::format("the decoded body has more than {} bytes", decoding_.bytes));
  } else if (decoder_ && !within_ratio()) {
    fail_too_large(fmt::format("the body has more than {} times its {} compressed bytes", decoding_.ratio, received_));
  }
  return !failure_;
}

void BodySink::fail(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
}

void BodySink::close() {
  closed_ = true;
  size_ = 0;
  text_.clear();
  waiting_.clear();
  failure_.reset();
}

bool BodySink::take(std::string_view data) {
  if (failure_) return false;
  received_ += data.size();
  if (!decoder_) return keep(data);
  waiting_.append(data);
  return true;
}

net::Work BodySink::slice() {
  if (!decoder_ || failure_) return failure_ ? net::Work::kEnough : net::Work::kDone;
  auto data = std::string_view(waiting_).substr(decoded_to_);
  std::array<char, kStep> room;
  std::size_t done = 0;
  auto step = data.empty() ? Decoder::Step::kWantsInput : Decoder::Step::kAgain;
  // A step that reads without giving anything out counts too: members of gzip may be empty.
  while (step == Decoder::Step::kAgain && !failure_ && done < kSlice) {
    const auto before = data.size();
    std::size_t written = 0;
    step = decoder_->decode(data, room, written);
    done += written + (before - data.size());
    if (step == Decoder::Step::kInvalid) {
      failure_ = Failure{Reason::kBodyDecode, "the body is not valid in the compression that the check expects"};
    } else {
      keep({room.data(), written});
    }
  }
  if (failure_) return net::Work::kEnough;
  decoded_to_ = waiting_.size() - data.size();
  if (step == Decoder::Step::kAgain) return net::Work::kMore;
  waiting_.clear();
  decoded_to_ = 0;
  return net::Work::kDone;
}

void BodySink::finish() {
  while (slice() == net::Work::kMore) {
  }
  // As with blackbox_exporter, what nobody can decode is counted as it came.
  if (!failure_ && unknown_)
    failure_ = Failure{Reason::kBodyDecode, "the compression that the check expects is unknown"};
  if (failure_ || !decoder_ || decoder_->finished()) return;
  failure_ = Failure{Reason::kBodyDecode, "the compressed body ends too early"};
}

}  // namespace vedette::http
