#include "checks/grpc/health_message.hpp"

#include "tests/support/catch.hpp"

using namespace vedette::grpc;

namespace {

std::string framed(const std::string& message) {
  return std::string("\0\0\0\0", 4) + static_cast<char>(message.size()) + message;
}

}  // namespace

TEST_CASE("a request for a service is framed as the protocol wants it") {
  CHECK(health_request("") == framed(""));
  CHECK(health_request("ab") == framed("\x0a\x02"
                                       "ab"));
}

TEST_CASE("a response holds a status, unknown when it holds none") {
  CHECK(health_response(framed("\x08\x01")) == 1);
  CHECK(health_response(framed("")) == 0);
  // Fields of a newer version are passed over.
  CHECK(health_response(framed("\x12\x01x\x08\x02")) == 2);
}

TEST_CASE("what is no response says why") {
  CHECK(health_response("").error() == "there is no message");
  CHECK(health_response(std::string("\1\0\0\0\0", 5)).error() ==
        "the message is compressed, though nobody asked for that");
  CHECK(health_response(framed("\x08\x01") + "x").error() == "the message's length is wrong");
  CHECK(health_response(framed("\x08")).error() == "it is no message");
  CHECK(health_response(framed("\x0a\x01x")).error() == "its status is no number");
}

TEST_CASE("statuses have names") {
  CHECK(serving_status_name(3) == "SERVICE_UNKNOWN");
  CHECK(serving_status_name(9) == "9");
  CHECK(serving_status_name(-1) == "-1");
  CHECK(status_name(14) == "UNAVAILABLE");
  CHECK(status_name(17) == "17");
}
