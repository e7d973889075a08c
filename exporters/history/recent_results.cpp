#include "exporters/history/recent_results.hpp"

namespace vedette {

namespace {

constexpr std::size_t kRecent = 40;

/// What is kept of a run that passed: its numbers are on the metrics page, and a hundred thousand results are many.
ResultPtr without_measures(const Result& result) {
  auto out = std::make_shared<Result>();
  out->verdict = result.verdict;
  out->started = result.started;
  out->phases = result.phases;
  out->duration = result.duration;
  out->overhead = result.overhead;
  out->disturbed = result.disturbed;
  out->local_port = result.local_port;
  out->attempts = result.attempts;
  return out;
}

}  // namespace

struct RecentResults::Entry {
  explicit Entry(CheckPtr check) { view.check = std::move(check); }

  std::mutex mutex;
  CheckView view;  ///< with `recent` as a ring
  std::size_t next = 0;

  /// False when what is known is of another kind.
  bool redefine(const CheckPtr& check) {
    const std::lock_guard lock(mutex);
    if (view.check->kind != check->kind) return false;
    view.check = check;
    return true;
  }

  CheckView copy() {
    const std::lock_guard lock(mutex);
    CheckView out = view;
    out.recent.clear();
    for (std::size_t i = 0; i < view.recent.size(); ++i) {
      out.recent.push_back(view.recent[(next + i) % view.recent.size()]);
    }
    return out;
  }
};

RecentResults::RecentResults() = default;
RecentResults::~RecentResults() = default;

void RecentResults::apply(const std::vector<CheckPtr>& checks) {
  entries_.apply(checks, [](const CheckPtr& check, const std::shared_ptr<Entry>& before) {
    if (!before || !before->redefine(check)) return std::make_shared<Entry>(check);
    return before;
  });
}

std::optional<Verdict> RecentResults::record(const Check& check, const ResultPtr& result) {
  const auto entry = entries_.find(check);
  if (!entry) return std::nullopt;
  const std::lock_guard lock(entry->mutex);
  auto& view = entry->view;
  std::optional<Verdict> before;
  if (view.last) before = view.last->verdict;
  if (before != result->verdict) view.since = result->started;
  ++view.runs;
  if (!result->passed()) {
    ++view.failures;
    view.last_failure = result;
  }
  view.last = result->reason == Reason::kNone ? without_measures(*result) : result;
  const CheckView::Point point{static_cast<float>(seconds(result->duration)), result->verdict};
  if (view.recent.size() < kRecent) {
    view.recent.push_back(point);
  } else {
    view.recent[entry->next] = point;
    entry->next = (entry->next + 1) % kRecent;
  }
  return before;
}

std::array<std::size_t, 5> RecentResults::states() const {
  constexpr std::size_t kPending = 4;
  std::array<std::size_t, 5> out{};
  entries_.each([&](const auto& entry) {
    const std::lock_guard own(entry->mutex);
    const auto& last = entry->view.last;
    ++out.at(last ? static_cast<std::size_t>(last->verdict) : kPending);
  });
  return out;
}

std::vector<CheckView> RecentResults::all() const {
  std::vector<CheckView> out;
  entries_.each([&](const auto& entry) { out.push_back(entry->copy()); });
  return out;
}

std::vector<CheckView> RecentResults::named(const std::string& name) const {
  std::vector<CheckView> out;
  entries_.each([&](const auto& entry) {
    auto view = entry->copy();
    if (view.check->name == name) out.push_back(std::move(view));
  });
  return out;
}

}  // namespace vedette
