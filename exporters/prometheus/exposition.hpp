#pragma once

// The text formats of Prometheus (0.0.4) and OpenMetrics (1.0): the pieces that pages are put together from.

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace vedette {

enum class ExpositionFormat { kText, kOpenMetrics };

enum class MetricType { kGauge, kCounter, kHistogram };

/// The Content-Type of a page.
std::string_view content_type(ExpositionFormat format);

/// What the client of an `Accept` header gets: OpenMetrics when it is asked for, with at least the weight of plain
/// text.
ExpositionFormat negotiate(std::string_view accept);

/// The HELP and TYPE lines. OpenMetrics names a counter without its `_total`.
void append_header(std::string& page, std::string_view name, std::string_view help, MetricType type,
                   ExpositionFormat format);

/// The shortest text that reads back as `value`; whole numbers have no exponent.
void append_number(std::string& page, double value);

/// `name="value"`, escaped; invalid UTF-8 is replaced, since one such byte would spoil the whole page.
void append_label(std::string& page, std::string_view name, std::string_view value);

/// The upper bound of a bucket as both formats accept it: `0.5`, `1.0`, `+Inf`.
std::string bucket_bound(double bound);

/// Families that prometheus-cpp collected.
void append_families(std::string& page, const std::vector<prometheus::MetricFamily>& families, ExpositionFormat format);

}  // namespace vedette
