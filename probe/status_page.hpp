#pragma once

// The page for people at `/`: every check, what is wrong first. One document without anything to load.

#include <vector>

#include "exporters/recent_results.hpp"
#include "probe/agent_settings.hpp"
#include "probe/web_server.hpp"

namespace vedette {

WebResponse status_page(const AgentSettings& agent, const std::vector<CheckView>& checks);

}  // namespace vedette
