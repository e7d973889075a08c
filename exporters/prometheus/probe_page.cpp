#include "exporters/prometheus/probe_page.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/accept.hpp"
#include "base/utf8.hpp"
#include "exporters/prometheus/exposition.hpp"

namespace vedette {

const Family kTimeoutSeconds{"probe_timeout_seconds", "Returns the timeout of the probe in seconds", {}};
const Family kProbeReason{
    "vedette_probe_reason", "Why the run did not pass, or what it warns of; absent when it passed", {"reason"}};

namespace {

void append_measure(std::string& page, const Measure& measure) {
  page += measure.family->name;
  char separator = '{';
  for (std::size_t i = 0; measure.labels && i < measure.labels->values.size(); ++i) {
    page += separator;
    append_label(page, label_name(*measure.family, *measure.labels, i), measure.labels->values[i]);
    separator = ',';
  }
  if (separator == ',') page += '}';
  page += ' ';
  append_number(page, measure.value);
  page += '\n';
}

using Measures = std::vector<const Measure*>;

std::string as_text(const Measures& measures) {
  std::string page;
  const Family* last = nullptr;
  for (const auto* measure : measures) {
    if (measure->family != last) {
      append_header(page, measure->family->name, measure->family->help, MetricType::kGauge, ExpositionFormat::kText);
    }
    last = measure->family;
    append_measure(page, *measure);
  }
  return page;
}

using Message = google::protobuf::UnknownFieldSet;

void append_message(const Message& family, std::string& page) {
  std::string bytes;
  family.SerializeToString(&bytes);
  google::protobuf::io::StringOutputStream stream(&page);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.WriteVarint64(bytes.size());
  out.WriteString(bytes);
}

void add_message(Message& to, int field, const Message& message) {
  std::string bytes;
  message.SerializeToString(&bytes);
  to.AddLengthDelimited(field, bytes);
}

void add_labels(const Measure& measure, Message& metric) {
  constexpr int kLabel = 1;
  constexpr int kName = 1;
  constexpr int kValue = 2;
  for (std::size_t i = 0; measure.labels && i < measure.labels->values.size(); ++i) {
    Message label;
    label.AddLengthDelimited(kName, std::string(label_name(*measure.family, *measure.labels, i)));
    label.AddLengthDelimited(kValue, valid_utf8(measure.labels->values[i]));
    add_message(metric, kLabel, label);
  }
}

/// Field numbers of https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto.
std::string as_protobuf(const Measures& measures) {
  constexpr int kName = 1;
  constexpr int kHelp = 2;
  constexpr int kType = 3;
  constexpr int kMetric = 4;
  constexpr int kGauge = 2;
  constexpr int kGaugeValue = 1;
  constexpr std::uint64_t kGaugeType = 1;
  std::string page;
  Message message;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    const auto& family = *measures[i]->family;
    if (message.empty()) {
      message.AddLengthDelimited(kName, std::string(family.name));
      message.AddLengthDelimited(kHelp, std::string(family.help));
      message.AddVarint(kType, kGaugeType);
    }
    Message metric;
    add_labels(*measures[i], metric);
    Message gauge;
    gauge.AddFixed64(kGaugeValue, std::bit_cast<std::uint64_t>(measures[i]->value));
    add_message(metric, kGauge, gauge);
    add_message(message, kMetric, metric);
    if (i + 1 < measures.size() && measures[i + 1]->family == &family) continue;
    append_message(message, page);
    message.Clear();
  }
  return page;
}

std::optional<ProbeFormat> format_of(const Accepted& media) {
  const bool families = media.parameter("proto") == "io.prometheus.client.MetricFamily";
  if (media.name == "application/vnd.google.protobuf" && families && media.parameter("encoding") == "delimited") {
    return ProbeFormat::kProtobuf;
  }
  const auto version = media.parameter("version");
  if (media.name == "text/plain" && (version.empty() || version == "0.0.4")) return ProbeFormat::kText;
  return std::nullopt;
}

}  // namespace

std::string_view content_type(ProbeFormat format) {
  return format == ProbeFormat::kText
             ? "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"
             : "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; "
               "escaping=underscores";
}

ProbeFormat negotiate_probe(std::string_view accept) {
  double best = 0;
  auto format = ProbeFormat::kText;
  for (const auto& media : read_accept(accept)) {
    const auto offered = format_of(media);
    if (!offered || media.weight <= best) continue;
    best = media.weight;
    format = *offered;
  }
  return format;
}

std::string probe_page(const Check& check, const Result& result, ProbeFormat format) {
  std::vector<Measure> measures = result.measures;
  measures.push_back({&kTimeoutSeconds, seconds(check.timeout), nullptr});
  if (result.reason != Reason::kNone) {
    measures.push_back({&kProbeReason, 1, labelled({std::string(name_of(result.reason))})});
  }
  std::vector<const Measure*> order;
  for (const auto& measure : measures) order.push_back(&measure);
  // Those of a family stay as they were measured.
  std::sort(order.begin(), order.end(), [](const Measure* a, const Measure* b) {
    return a->family->name != b->family->name ? a->family->name < b->family->name : a < b;
  });
  return format == ProbeFormat::kText ? as_text(order) : as_protobuf(order);
}

}  // namespace vedette
