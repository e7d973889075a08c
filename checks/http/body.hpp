#pragma once

// The body of a response as it comes in: decoded when the check says how, counted, bounded, and kept as far as somebody
// looks at it.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "checks/result.hpp"
#include "net/http/http_exchange.hpp"
#include "net/io/run_memory.hpp"

namespace vedette::http {

/// gzip, deflate (raw), br or identity, in any case; the same words as blackbox_exporter. A body in an unknown one is
/// never valid. zlib is what RFC 9110 calls deflate.
enum class Compression { kNone, kGzip, kDeflate, kZlib, kBrotli, kUnknown };

/// Decodes a stream of one compression in steps, so that a few bytes cannot become gigabytes before anybody counts
/// them, and the loop can turn in between.
class Decoder {
 public:
  enum class Step : std::uint8_t { kAgain, kWantsInput, kInvalid };

  virtual ~Decoder() = default;
  /// Decodes from the front of `data`, which loses what was read, into `room`, of which `written` bytes are used.
  virtual Step decode(std::string_view& data, std::span<char> room, std::size_t& written) = 0;
  /// Whether what must stand at the begin of the stream has come.
  [[nodiscard]] virtual bool began() const { return true; }
  /// Whether the compressed stream came to its end.
  [[nodiscard]] virtual bool finished() const = 0;
};

std::unique_ptr<Decoder> make_decoder(Compression compression);

/// What a compressed body may become. An uncompressed one is bounded by its deadline alone, as with blackbox_exporter.
struct DecodingLimits {
  std::uint64_t bytes = std::uint64_t{256} << 20;  ///< decoded
  std::uint64_t ratio = 250;                       ///< of decoded bytes to those that came, beyond `free`
  std::uint64_t free = std::uint64_t{16} << 20;    ///< decoded bytes that need no ratio
};

class BodySink {
 public:
  /// `limit`: decoded bytes that are one too many, zero for none; it replaces that of the decoding. `keep`: bytes to
  /// keep for text().
  BodySink(Compression compression, std::uint64_t limit, std::size_t keep, const DecodingLimits& decoding = {});

  /// Takes a part of the body; false when the rest is not wanted (see failure()). What is compressed waits for slices.
  bool take(std::string_view data);
  /// Decodes some of what was taken: so much that the loop should turn before the next slice.
  net::Work slice();
  /// Tells that the body is complete; decodes what is left.
  void finish();
  /// Tells that the rest of the body will not come.
  void fail(Failure failure);
  /// Whether there was something to decode, or nothing is decoded. Without it nobody looks at the body.
  [[nodiscard]] bool began() const { return !decoder_ || decoder_->began(); }
  /// Forgets what there was: of a redirect that is not followed nobody sees the body, as with blackbox_exporter.
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool whole() const { return text_.size() == size_; }

 private:
  bool keep(std::string_view decoded);
  [[nodiscard]] bool within_ratio() const;
  void fail_too_large(std::string message);

  std::unique_ptr<Decoder> decoder_;
  bool unknown_;  ///< the compression is
  std::uint64_t limit_;
  std::size_t keep_;
  DecodingLimits decoding_;
  std::string waiting_;         ///< compressed, to be decoded
  std::size_t decoded_to_ = 0;  ///< of `waiting_`
  std::uint64_t received_ = 0;
  std::uint64_t size_ = 0;
  bool closed_ = false;
  std::string text_;
  Held held_;
  std::optional<Failure> failure_;
};

}  // namespace vedette::http
