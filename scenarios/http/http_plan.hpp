#pragma once

// What the options of a step, Hurl's and curl's, make of its request.

#include "checks/http/request_plan.hpp"
#include "scenarios/http/http_options.hpp"

namespace vedette::scenarios {

/// A plan with all that `options` say. `hurl`: the request is one of a Hurl file, and says so.
http::RequestPlan plan_of(const HttpOptions& options, bool hurl);

}  // namespace vedette::scenarios
