#pragma once

// A body that is sent to many clients at a time, and who is being sent it. On the web server's thread.

#include <chrono>
#include <functional>
#include <list>
#include <string>
#include <utility>

namespace vedette {

class SharedBody {
 public:
  using Clock = std::chrono::steady_clock;

 private:
  struct Reading {
    std::function<void()> end;
    Clock::time_point progress = Clock::now();
    bool ended = false;
  };

 public:
  /// That a client is being sent it, for as long as this lives.
  class Reader {
   public:
    /// `end` ends the connection.
    Reader(SharedBody& body, std::function<void()> end)
        : body_(body), place_(body.readings_.insert(body.readings_.end(), {std::move(end)})) {}
    ~Reader() { body_.readings_.erase(place_); }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// The client has taken some of it.
    void progressed() { place_->progress = Clock::now(); }

   private:
    SharedBody& body_;
    std::list<Reading>::iterator place_;
  };

  explicit SharedBody(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Ends the connections of all who have taken nothing since `before`; of all, by default.
  void end_readers(Clock::time_point before = Clock::time_point::max());
  /// Whether the connections of all who were being sent it have been ended.
  [[nodiscard]] bool given_up() const { return given_up_; }

 private:
  const std::string text_;
  std::list<Reading> readings_;
  bool given_up_ = false;
};

}  // namespace vedette
