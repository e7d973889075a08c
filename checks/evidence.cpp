#include "checks/evidence.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "base/text.hpp"

namespace vedette {

namespace {

constexpr std::string_view kLeftOut = "(left out: there is too much evidence)";

class Sealer {
 public:
  explicit Sealer(const Redactor& redactor) : redactor_(redactor) {}

  /// `most` bytes of it, for a text that counts whatever else there is.
  [[nodiscard]] std::string text(std::string_view text, std::size_t max) const {
    if (text.empty()) return {};
    // What lies far behind the bound need not be masked; what the bound cuts through must be.
    const auto margin = max + kMaxEvidenceText;
    auto out = visible(redactor_.masked(std::string(text.substr(0, margin))));
    if (out.size() <= max) return out;
    auto end = max;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
    out.resize(end);
    return out + "...";
  }

  /// The same, as long as there is room.
  std::string bounded(std::string_view given, std::size_t max = kMaxEvidenceText) {
    auto out = text(given, max);
    if (used_ + out.size() > kMaxEvidence) return std::string(kLeftOut);
    used_ += out.size();
    return out;
  }

  void value(boost::json::value& value) {
    if (auto* string = value.if_string()) {
      const auto sealed = bounded(*string);
      string->assign(sealed.data(), sealed.size());
    } else if (auto* array = value.if_array()) {
      const auto more = array->size() > kMaxEvidenceItems ? array->size() - kMaxEvidenceItems : 0;
      if (more > 0) array->resize(kMaxEvidenceItems);
      for (auto& item : *array) this->value(item);
      if (more > 0) array->emplace_back("(and " + std::to_string(more) + " more)");
    } else if (auto* object = value.if_object()) {
      for (auto& item : *object) this->value(item.value());
    }
  }

  /// Most runs have the same few labels, which hold nothing of the target.
  void labels(Measure& measure) const {
    if (!measure.labels) return;
    LabelValues sealed = *measure.labels;
    for (auto& value : sealed.values) value = text(value, kMaxLabelValue);
    if (!(sealed == *measure.labels)) measure.labels = std::make_shared<const LabelValues>(std::move(sealed));
  }

 private:
  const Redactor& redactor_;
  std::size_t used_ = 0;
};

}  // namespace

void seal(Result& result, const Redactor& redactor) {
  Sealer sealer(redactor);
  result.message = one_line(sealer.text(result.message, kMaxEvidenceText));
  for (auto& measure : result.measures) {
    const bool fixed = measure.family != nullptr && measure.family->labels.size() == 1 && measure.labels &&
                       measure.labels->names.empty() && measure.family->labels.front() == "phase";
    if (!fixed) sealer.labels(measure);
  }
  auto& evidence = result.evidence;
  evidence.excerpt = sealer.bounded(evidence.excerpt);
  for (auto& item : evidence.facts) sealer.value(item.value());
  if (evidence.log.size() > kMaxEvidenceItems) {
    const auto more = evidence.log.size() - kMaxEvidenceItems;
    evidence.log.resize(kMaxEvidenceItems);
    evidence.log.push_back("(and " + std::to_string(more) + " more)");
  }
  for (auto& line : evidence.log) line = one_line(sealer.bounded(line));
  evidence.account = sealer.text(evidence.account, kMaxEvidence);
}

}  // namespace vedette
