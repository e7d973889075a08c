#pragma once

// The page for people at `/`: every check, what is wrong first. One document without anything to load.

#include <string>
#include <vector>

#include "exporters/history/recent_results.hpp"
#include "probe/config/agent_settings.hpp"
#include "probe/web/probe_history.hpp"
#include "probe/web/web_server.hpp"

namespace vedette {

/// `probes` are those of /probe that are kept, newest first; `prefix` is where the endpoints begin.
WebResponse status_page(const AgentSettings& agent, const std::vector<CheckView>& checks,
                        const std::vector<KeptProbe>& probes, const std::string& prefix);

}  // namespace vedette
