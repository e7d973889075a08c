#include "exporters/recent_results.hpp"

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
  std::unordered_map<std::uint64_t, std::shared_ptr<Entry>> next;
  std::vector<std::shared_ptr<Entry>> order;
  order.reserve(checks.size());
  const std::unique_lock lock(mutex_);
  for (const auto& check : checks) {
    const auto known = by_key_.find(check->key());
    auto entry = known != by_key_.end() && known->second->view.check->fingerprint == check->fingerprint
                     ? known->second
                     : std::make_shared<Entry>(check);
    order.push_back(entry);
    next.emplace(check->key(), std::move(entry));
  }
  by_key_ = std::move(next);
  in_order_ = std::move(order);
}

std::optional<Verdict> RecentResults::record(const Check& check, const ResultPtr& result) {
  std::shared_ptr<Entry> entry;
  {
    const std::shared_lock lock(mutex_);
    const auto found = by_key_.find(check.key());
    if (found == by_key_.end() || found->second->view.check->fingerprint != check.fingerprint) return std::nullopt;
    entry = found->second;
  }
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
  const std::shared_lock lock(mutex_);
  for (const auto& entry : in_order_) {
    const std::lock_guard own(entry->mutex);
    const auto& last = entry->view.last;
    ++out[last ? static_cast<std::size_t>(last->verdict) : kPending];
  }
  return out;
}

std::vector<CheckView> RecentResults::all() const {
  std::vector<std::shared_ptr<Entry>> entries;
  {
    const std::shared_lock lock(mutex_);
    entries = in_order_;
  }
  std::vector<CheckView> out;
  out.reserve(entries.size());
  for (const auto& entry : entries) out.push_back(entry->copy());
  return out;
}

std::vector<CheckView> RecentResults::named(const std::string& name) const {
  std::vector<std::shared_ptr<Entry>> entries;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& entry : in_order_) {
      if (entry->view.check->name == name) entries.push_back(entry);
    }
  }
  std::vector<CheckView> out;
  for (const auto& entry : entries) out.push_back(entry->copy());
  return out;
}

}  // namespace vedette
