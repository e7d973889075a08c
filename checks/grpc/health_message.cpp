#include "checks/grpc/health_message.hpp"

#include <google/protobuf/unknown_field_set.h>

#include <array>

namespace vedette::grpc {

namespace {

constexpr int kService = 1;
constexpr int kStatus = 1;
constexpr std::size_t kFrameHeader = 5;

}  // namespace

std::string health_request(const std::string& service) {
  google::protobuf::UnknownFieldSet message;
  if (!service.empty()) message.AddLengthDelimited(kService, service);
  std::string body;
  message.SerializeToString(&body);
  std::string out(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>((body.size() >> static_cast<unsigned>(shift)) & 0xffU);
  return out + body;
}

tl::expected<int, std::string> health_response(std::string_view framed) {
  if (framed.size() < kFrameHeader) return tl::make_unexpected("there is no message");
  if (framed[0] != 0) return tl::make_unexpected("the message is compressed, though nobody asked for that");
  std::size_t size = 0;
  for (std::size_t i = 1; i < kFrameHeader; ++i) size = size << 8U | static_cast<unsigned char>(framed[i]);
  framed.remove_prefix(kFrameHeader);
  if (framed.size() != size) return tl::make_unexpected("the message's length is wrong");
  google::protobuf::UnknownFieldSet message;
  if (!message.ParseFromArray(framed.data(), static_cast<int>(size))) return tl::make_unexpected("it is no message");
  int status = 0;
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = message.field(i);
    if (field.number() != kStatus) continue;
    if (field.type() != google::protobuf::UnknownField::TYPE_VARINT)
      return tl::make_unexpected("its status is no number");
    status = static_cast<int>(field.varint());
  }
  return status;
}

std::string serving_status_name(int status) {
  constexpr std::array<std::string_view, 4> kNames{"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
  return status >= 0 && status < 4 ? std::string(kNames[static_cast<std::size_t>(status)]) : std::to_string(status);
}

std::string status_name(int code) {
  constexpr std::array<std::string_view, 17> kNames{
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && code < 17 ? std::string(kNames[static_cast<std::size_t>(code)]) : std::to_string(code);
}

}  // namespace vedette::grpc
