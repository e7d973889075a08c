#pragma once

// The body of a response as it comes in: decoded when the check says how, counted, bounded, and kept as far as somebody
// looks at it.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "checks/result.hpp"

namespace vedette::http {

/// gzip, deflate (raw), br or identity, in any case; the same words as blackbox_exporter. A body in an unknown one is
/// never valid. zlib is what RFC 9110 calls deflate.
enum class Compression { kNone, kGzip, kDeflate, kZlib, kBrotli, kUnknown };

/// Decodes a stream of one compression, in steps, so that a few bytes cannot become gigabytes before anybody counts
/// them.
class Decoder {
 public:
  /// Gets decoded bytes; returns false when no more are wanted.
  using Give = std::function<bool(std::string_view)>;

  virtual ~Decoder() = default;
  /// Decodes all of `data` and gives it out; false when it is not valid.
  virtual bool decode(std::string_view data, const Give& give) = 0;
  /// Whether what must stand at the begin of the stream has come.
  [[nodiscard]] virtual bool began() const { return true; }
  /// Whether the compressed stream came to its end.
  [[nodiscard]] virtual bool finished() const = 0;
};

std::unique_ptr<Decoder> make_decoder(Compression compression);

class BodySink {
 public:
  /// `limit`: decoded bytes that are one too many, zero for none. `keep`: bytes to keep for text().
  BodySink(Compression compression, std::uint64_t limit, std::size_t keep);

  /// Takes a part of the body; false when the rest is not wanted (see failure()).
  bool take(std::string_view data);
  /// Tells that the body is complete.
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

  std::unique_ptr<Decoder> decoder_;
  std::uint64_t limit_;
  std::size_t keep_;
  std::uint64_t size_ = 0;
  bool closed_ = false;
  std::string text_;
  std::optional<Failure> failure_;
};

}  // namespace vedette::http
