#include "config/secret.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/ascii.hpp"

namespace vedette::config {

namespace {

constexpr std::size_t kMaxSecretFile = 64 << 10;

}  // namespace

tl::expected<std::string, std::string> read_small_file(const std::string& path, std::size_t limit) {
  // Non-blocking, so that a fifo in the place of a file cannot hold the loop.
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const auto failed = [&](int error) {
    return tl::make_unexpected(fmt::format("cannot read {}: {}", path, std::strerror(error)));
  };
  if (fd < 0) return failed(errno);
  std::string content;
  char buffer[16384];
  while (true) {
    const auto got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int error = errno;
      ::close(fd);
      return failed(error);
    }
    if (got == 0) break;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      ::close(fd);
      return tl::make_unexpected(fmt::format("{} is larger than {} bytes", path, limit));
    }
  }
  ::close(fd);
  return content;
}

tl::expected<std::string, std::string> Secret::reveal() const {
  if (source_ != Source::kFile) return value_;
  auto content = read_small_file(value_, kMaxSecretFile);
  if (content) content = std::string(trim(*content));
  return content;
}

}  // namespace vedette::config
