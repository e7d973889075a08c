#include "tests/support/fault_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace vedette::testing {

namespace {

constexpr int kPollMilliseconds = 20;

int open_socket(int type, std::uint16_t& port) {
  // As the program does: OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot open a test socket");
  }
  port = ntohs(address.sin_port);
  return fd;
}

bool wait_readable(int fd, const std::atomic<bool>& stopping) {
  pollfd wanted{fd, POLLIN, 0};
  while (!stopping) {
    if (::poll(&wanted, 1, kPollMilliseconds) > 0) return true;
  }
  return false;
}

}  // namespace

Peer::~Peer() {
  if (ssl_ != nullptr) SSL_free(ssl_);
  if (fd_ >= 0) ::close(fd_);
}

bool Peer::accept_tls(SSL_CTX* context) {
  ssl_ = SSL_new(context);
  SSL_set_fd(ssl_, fd_);
  return SSL_accept(ssl_) == 1;
}

std::string Peer::read_until(std::string_view end) {
  std::string out;
  while (out.find(end) == std::string::npos) {
    const auto byte = read_bytes(1);
    if (byte.empty()) break;
    out += byte;
  }
  return out;
}

std::string Peer::read_bytes(std::size_t count) {
  std::string out;
  while (out.size() < count) {
    if ((ssl_ == nullptr || SSL_pending(ssl_) == 0) && !wait_readable(fd_, stopping_)) break;
    std::array<char, 4096> chunk{};
    const auto wanted = std::min(chunk.size(), count - out.size());
    const auto got = ssl_ != nullptr ? SSL_read(ssl_, chunk.data(), static_cast<int>(wanted))
                                     : static_cast<int>(::recv(fd_, chunk.data(), wanted, 0));
    if (got <= 0) break;
    out.append(chunk.data(), static_cast<std::size_t>(got));
  }
  return out;
}

std::string Peer::read_record() {
  auto header = read_bytes(5);
  if (header.size() < 5) return header;
  const auto size = static_cast<unsigned char>(header[3]) << 8U | static_cast<unsigned char>(header[4]);
  return header + read_bytes(static_cast<std::size_t>(size));
}

bool Peer::write(std::string_view data) {
  if (ssl_ != nullptr) return SSL_write(ssl_, data.data(), static_cast<int>(data.size())) > 0;
  while (!data.empty()) {
    const auto sent = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Peer::stall() const {
  while (!stopping_) ::usleep(kPollMilliseconds * 1000);
}

void Peer::reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd_);
  fd_ = -1;
}

FaultServer::FaultServer(Behaviour behaviour)
    : behaviour_(std::move(behaviour)), listener_(open_socket(SOCK_STREAM, port_)) {
  constexpr int kBacklog = 512;
  ::listen(listener_, kBacklog);
  acceptor_ = std::thread([this] { accept_loop(); });
}

void FaultServer::accept_loop() {
  while (wait_readable(listener_, stopping_)) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    ++connections_;
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, fd] {
      Peer peer(fd, stopping_);
      behaviour_(peer);
    });
  }
}

FaultServer::~FaultServer() {
  stopping_ = true;
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

DatagramServer::DatagramServer(Behaviour behaviour)
    : behaviour_(std::move(behaviour)), socket_(open_socket(SOCK_DGRAM, port_)) {
  thread_ = std::thread([this] {
    while (wait_readable(socket_, stopping_)) {
      std::array<char, 65536> buffer{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const auto got = ::recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got < 0) continue;
      for (const auto& answer : behaviour_(std::string(buffer.data(), static_cast<std::size_t>(got)))) {
        ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
      }
    }
  });
}

DatagramServer::~DatagramServer() {
  stopping_ = true;
  thread_.join();
  ::close(socket_);
}

std::shared_ptr<SSL_CTX> server_context(const Identity& identity, const std::string& client_ca, int max_version) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  const auto bio = [](const std::string& text) { return BIO_new_mem_buf(text.data(), static_cast<int>(text.size())); };
  BIO* certificate_bio = bio(identity.certificate);
  BIO* key_bio = bio(identity.key);
  X509* certificate = PEM_read_bio_X509(certificate_bio, nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_bio, nullptr, nullptr, nullptr);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_use_certificate(context.get(), certificate);
  SSL_CTX_use_PrivateKey(context.get(), key);
  if (max_version != 0) {
    SSL_CTX_set_min_proto_version(context.get(), 0);
    SSL_CTX_set_max_proto_version(context.get(), max_version);
  }
  if (!client_ca.empty()) {
    BIO* ca_bio = bio(client_ca);
    X509* ca = PEM_read_bio_X509(ca_bio, nullptr, nullptr, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), ca);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    X509_free(ca);
    BIO_free(ca_bio);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
  BIO_free(certificate_bio);
  BIO_free(key_bio);
  return context;
}

std::uint16_t closed_port() {
  std::uint16_t port = 0;
  ::close(open_socket(SOCK_STREAM, port));
  return port;
}

}  // namespace vedette::testing
