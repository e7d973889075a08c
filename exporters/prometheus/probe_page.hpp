#pragma once

// One result as a page for Prometheus, as `/probe` gives it: gauges without labels of the check.

#include <string>
#include <string_view>

#include "checks/check.hpp"
#include "checks/result.hpp"

namespace vedette {

/// The deadline of the run in force.
extern const Family kTimeoutSeconds;
/// 1 with the reason as a label, when a run did not simply pass.
extern const Family kProbeReason;

enum class ProbeFormat : bool { kText, kProtobuf };

std::string_view content_type(ProbeFormat format);

/// What the client of an `Accept` header gets, by its weights: delimited protobuf when it is asked for, text otherwise.
/// blackbox_exporter never gives OpenMetrics here.
ProbeFormat negotiate_probe(std::string_view accept);

/// All measures of `result`, the deadline, and the reason when there is one; families by name. As protobuf each family
/// is an io.prometheus.client.MetricFamily with its length before it.
std::string probe_page(const Check& check, const Result& result, ProbeFormat format = ProbeFormat::kText);

}  // namespace vedette
