#include "exporters/prometheus/exposition.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "base/accept.hpp"
#include "base/utf8.hpp"

namespace vedette {

namespace {

constexpr std::size_t kLongestLabel = 4096;
constexpr std::string_view kOpenMetricsType = "application/openmetrics-text";

void append_escaped(std::string& page, std::string_view text, bool quotes) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char c = text[0];
    if (length == 0) {
      page += "\xef\xbf\xbd";
    } else if (c == '\\') {
      page += "\\\\";
    } else if (c == '\n') {
      page += "\\n";
    } else if (c == '"' && quotes) {
      page += "\\\"";
    } else {
      page += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

MetricType type_of(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return MetricType::kCounter;
    case prometheus::MetricType::Histogram:
      return MetricType::kHistogram;
    default:
      return MetricType::kGauge;
  }
}

void append_sample(std::string& page, std::string_view name, const std::vector<prometheus::ClientMetric::Label>& labels,
                   std::string_view bound, double value) {
  page += name;
  if (!labels.empty() || !bound.empty()) {
    char separator = '{';
    for (const auto& label : labels) {
      page += separator;
      append_label(page, label.name, label.value);
      separator = ',';
    }
    if (!bound.empty()) {
      page += separator;
      append_label(page, "le", bound);
    }
    page += '}';
  }
  page += ' ';
  append_number(page, value);
  page += '\n';
}

void append_histogram(std::string& page, const std::string& name, const prometheus::ClientMetric& metric) {
  const auto& histogram = metric.histogram;
  bool has_infinity = false;
  for (const auto& bucket : histogram.bucket) {
    has_infinity = has_infinity || std::isinf(bucket.upper_bound);
    append_sample(page, name + "_bucket", metric.label, bucket_bound(bucket.upper_bound),
                  static_cast<double>(bucket.cumulative_count));
  }
  const auto count = static_cast<double>(histogram.sample_count);
  if (!has_infinity) append_sample(page, name + "_bucket", metric.label, "+Inf", count);
  append_sample(page, name + "_sum", metric.label, {}, histogram.sample_sum);
  append_sample(page, name + "_count", metric.label, {}, count);
}

}  // namespace

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::kText ? "text/plain; version=0.0.4; charset=utf-8"
                                           : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

ExpositionFormat negotiate(std::string_view accept) {
  const auto open_metrics = accept_weight(accept, kOpenMetricsType);
  return open_metrics > 0 && open_metrics >= accept_weight(accept, "text/plain") ? ExpositionFormat::kOpenMetrics
                                                                                 : ExpositionFormat::kText;
}

void append_header(std::string& page, std::string_view name, std::string_view help, MetricType type,
                   ExpositionFormat format) {
  if (format == ExpositionFormat::kOpenMetrics && type == MetricType::kCounter && name.ends_with("_total")) {
    name.remove_suffix(6);
  }
  page += "# HELP ";
  page += name;
  page += ' ';
  append_escaped(page, help, format == ExpositionFormat::kOpenMetrics);
  page += "\n# TYPE ";
  page += name;
  page += type == MetricType::kCounter ? " counter\n" : type == MetricType::kHistogram ? " histogram\n" : " gauge\n";
}

void append_number(std::string& page, double value) {
  if (std::isnan(value)) {
    page += "NaN";
    return;
  }
  if (std::isinf(value)) {
    page += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  std::array<char, 32> text{};
  constexpr double kExact = 9007199254740992.0;
  const bool whole = value == std::trunc(value) && std::abs(value) < kExact;
  const auto end = whole ? std::to_chars(text.data(), text.data() + text.size(), static_cast<std::int64_t>(value)).ptr
                         : std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  page.append(text.data(), end);
}

void append_label(std::string& page, std::string_view name, std::string_view value) {
  page += name;
  page += "=\"";
  append_escaped(page, value.substr(0, kLongestLabel), true);
  page += '"';
}

std::string bucket_bound(double bound) {
  if (std::isinf(bound)) return "+Inf";
  auto out = fmt::format("{}", bound);
  if (out.find_first_not_of("-0123456789") == std::string::npos) out += ".0";
  return out;
}

void append_families(std::string& page, const std::vector<prometheus::MetricFamily>& families,
                     ExpositionFormat format) {
  for (const auto& family : families) {
    if (family.metric.empty()) continue;
    const auto type = type_of(family.type);
    append_header(page, family.name, family.help, type, format);
    for (const auto& metric : family.metric) {
      if (type == MetricType::kHistogram) {
        append_histogram(page, family.name, metric);
      } else {
        append_sample(page, family.name, metric.label, {},
                      type == MetricType::kCounter ? metric.counter.value : metric.gauge.value);
      }
    }
  }
}

}  // namespace vedette
