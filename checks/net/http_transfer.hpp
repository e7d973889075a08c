#pragma once

// One libcurl easy handle at work: its options, its callbacks and its stamps. Internal to the HTTP engine.

#include <curl/curl.h>

#include <array>
#include <string>

#include "checks/net/event.hpp"
#include "checks/net/http_exchange.hpp"

namespace vedette::net {

class HttpEngine;

class HttpTransfer {
 public:
  HttpTransfer(HttpEngine& engine, CURL* easy, HttpRequest request, Phase& phase,
               const boost::asio::any_io_executor& executor);
  ~HttpTransfer();
  HttpTransfer(const HttpTransfer&) = delete;
  HttpTransfer& operator=(const HttpTransfer&) = delete;

  /// The socket is ready: takes the stamps before libcurl reads.
  void note_ready(int fd, bool readable);
  /// libcurl is done with the exchange.
  void complete(CURLcode code);

  [[nodiscard]] CURL* easy() const { return easy_; }
  Event done;
  HttpExchange exchange;

 private:
  static int on_socket(void* self, curl_socket_t fd, curlsocktype purpose) noexcept;
  static int on_close(void* self, curl_socket_t fd) noexcept;
  static int on_request(void* self, char* remote, char* local, int remote_port, int local_port) noexcept;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static CURLcode on_tls_context(CURL* easy, void* context, void* self) noexcept;

  void set_options();
  void set_tls_options();
  void set_body_options();
  bool take_header(std::string_view line);
  void note_first_byte();
  /// When what libcurl has just read had arrived: at the last readiness or, when it read on without asking, about now.
  [[nodiscard]] Moment arrival_since(const Moment& earlier) const;
  void enter(Phase phase) { phase_ = phase; }
  [[nodiscard]] bool is_https() const { return request_.url.starts_with("https:"); }
  [[nodiscard]] Failure failure_of_code(CURLcode code) const;
  [[nodiscard]] std::optional<Failure> failure_of_peer() const;

  HttpEngine& engine_;
  CURL* easy_;
  HttpRequest request_;
  Phase& phase_;
  curl_slist* headers_ = nullptr;
  curl_slist* proxy_headers_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> error_{};
  int fd_ = -1;
  bool connected_ = false;
  bool peer_ended_ = false;
  int peer_error_ = 0;
  std::size_t header_bytes_ = 0;
  bool headers_too_large_ = false;
  Moment arrival_;        ///< of the newest byte at the last readiness
  Moment first_arrival_;  ///< of the oldest byte that may belong to the response
};

}  // namespace vedette::net
