#include "exporters/reports/result_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/rfc3339.hpp"
#include "base/utf8.hpp"
#include "checks/kind.hpp"

namespace vedette {

namespace {

boost::json::array phases_json(const Result& result) {
  boost::json::array out;
  for (const auto& part : result.phases) {
    out.emplace_back(
        boost::json::object{{"phase", name_of(part.phase)}, {"hop", part.hop}, {"seconds", seconds(part.duration)}});
  }
  return out;
}

boost::json::array measures_json(const Result& result) {
  boost::json::array out;
  for (const auto& measure : result.measures) {
    boost::json::object labels;
    for (std::size_t i = 0; measure.labels && i < measure.labels->values.size(); ++i) {
      labels[label_name(*measure.family, *measure.labels, i)] = measure.labels->values[i];
    }
    out.emplace_back(
        boost::json::object{{"name", measure.family->name}, {"labels", std::move(labels)}, {"value", measure.value}});
  }
  return out;
}

}  // namespace

std::string json_text(const boost::json::value& value) {
  auto text = boost::json::serialize(value);
  return is_utf8(text) ? text : valid_utf8(text);
}

boost::json::object to_json(const Check& check, const Result& result) {
  boost::json::object labels;
  for (const auto& [name, value] : check.labels) labels[name] = value;
  boost::json::object evidence{{"facts", result.evidence.facts}, {"excerpt", result.evidence.excerpt}};
  evidence["log"] = boost::json::array(result.evidence.log.begin(), result.evidence.log.end());
  boost::json::object out{
      {"check", check.name},
      {"kind", check.kind->name},
      {"instance", check.instance},
      {"labels", std::move(labels)},
      {"started", rfc3339(result.started, true)},
      {"verdict", name_of(result.verdict)},
      {"reason", name_of(result.reason)},
      {"message", result.message},
      {"duration_seconds", seconds(result.duration)},
      {"overhead_seconds", seconds(result.overhead)},
      {"disturbed", name_of(result.disturbed)},
      {"local_port", result.local_port},
      {"attempts", result.attempts},
  };
  out["phases"] = phases_json(result);
  out["measures"] = measures_json(result);
  out["evidence"] = std::move(evidence);
  return out;
}

}  // namespace vedette
