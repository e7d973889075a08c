#include "exporters/probe_page.hpp"

#include <algorithm>

#include "exporters/exposition.hpp"

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

}  // namespace

std::string probe_page(const Check& check, const Result& result) {
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
  std::string page;
  const Family* last = nullptr;
  for (const auto* measure : order) {
    if (measure->family != last) {
      append_header(page, measure->family->name, measure->family->help, MetricType::kGauge, Format::kText);
    }
    last = measure->family;
    append_measure(page, *measure);
  }
  return page;
}

}  // namespace vedette
