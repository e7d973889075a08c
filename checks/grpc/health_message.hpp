#pragma once

// The messages of grpc.health.v1.Health/Check (two fields in all) and gRPC's framing of them, without any network.

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace vedette::grpc {

/// A HealthCheckRequest for `service`, framed.
std::string health_request(const std::string& service);

/// The status in a framed HealthCheckResponse; the error says what it is instead.
tl::expected<int, std::string> health_response(std::string_view framed);

/// UNKNOWN, SERVING, NOT_SERVING, SERVICE_UNKNOWN; the number of a status without a name.
std::string serving_status_name(int status);

/// The name of a gRPC status code, such as UNAVAILABLE; its number when it has none.
std::string status_name(int code);

}  // namespace vedette::grpc
