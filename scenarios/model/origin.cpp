#include "scenarios/model/origin.hpp"

#include <algorithm>

namespace vedette::scenarios {

namespace {

bool begins_letter(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

}  // namespace

Origin Origin::whole(std::shared_ptr<const config::Source> source) {
  Origin out;
  out.exact_ = source->text.size();
  out.begin_ = {std::move(source), 1, 1};
  out.counts_characters_ = true;
  return out;
}

Origin Origin::scalar(const config::Value& value) {
  Origin out;
  out.begin_ = value.place();
  if (!value.is_scalar() || out.begin_.line < 1) return out;
  std::string_view written = out.begin_.source->line(out.begin_.line);
  written.remove_prefix(std::min(written.size(), static_cast<std::size_t>(out.begin_.column - 1)));
  const std::size_t quote = value.is_quoted() && (written.starts_with('"') || written.starts_with('\'')) ? 1 : 0;
  written.remove_prefix(std::min(written.size(), quote));
  const auto text = value.node().Scalar();
  const auto [end, other] = std::mismatch(text.begin(), text.end(), written.begin(), written.end());
  out.exact_ = static_cast<std::size_t>(end - text.begin());
  if (out.exact_ > 0 || text.empty()) out.begin_.column += static_cast<int>(quote);
  return out;
}

Origin Origin::at(config::Place place) {
  Origin out;
  out.begin_ = std::move(place);
  return out;
}

config::Place Origin::place(std::size_t at) const {
  auto out = begin_;
  if (!counts_characters_) {
    // One more than there are: the end.
    if (at <= exact_) out.column += static_cast<int>(at);
    return out;
  }
  const std::string_view text = out.source->text;
  for (std::size_t i = 0; i < std::min(at, text.size()); ++i) {
    if (text[i] == '\n') {
      ++out.line;
      out.column = 1;
    } else if (begins_letter(text[i])) {
      ++out.column;
    }
  }
  return out;
}

int Origin::width(language::Span span) const {
  if (!counts_characters_)
    return static_cast<int>(span.end > span.begin && span.end <= exact_ ? span.end - span.begin : 1);
  const std::string_view text = begin_.source->text;
  int out = 0;
  for (std::size_t i = span.begin; i < std::min(span.end, text.size()) && text[i] != '\n'; ++i) {
    if (begins_letter(text[i])) ++out;
  }
  return std::max(1, out);
}

}  // namespace vedette::scenarios
