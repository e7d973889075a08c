#pragma once

// Something for each check of a configuration, such as its series. A reload keeps it as long as the check's definition
// stays the same, and lets a changed one take over what it may. Thread-safe; one thread at a time applies.

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "checks/check.hpp"

namespace vedette {

template <typename T>
class ByCheck {
 public:
  /// Makes `checks` the ones that have something. `make(check, before)` gives it to those that are new or have changed;
  /// `before` is what a check of the same name and target had, or nothing.
  template <typename Make>
  void apply(const std::vector<CheckPtr>& checks, const Make& make) {
    boost::unordered_flat_map<std::uint64_t, Known> next;
    std::vector<std::shared_ptr<T>> order;
    next.reserve(checks.size());
    order.reserve(checks.size());
    // Only this thread changes the maps: what is new is made before anybody has to wait.
    for (const auto& check : checks) {
      const auto known = by_key_.find(check->key);
      const auto before = known == by_key_.end() ? nullptr : known->second.thing;
      const bool kept = before && known->second.fingerprint == check->fingerprint;
      auto thing = kept ? before : std::shared_ptr<T>(make(check, before));
      order.push_back(thing);
      next.emplace(check->key, Known{check->fingerprint, std::move(thing)});
    }
    const std::unique_lock lock(mutex_);
    by_key_.swap(next);
    in_order_.swap(order);
  }

  /// Nothing for a definition that a reload has replaced: its runs count for nobody.
  [[nodiscard]] std::shared_ptr<T> find(const Check& check) const {
    const std::shared_lock lock(mutex_);
    // In a hundred thousand checks every step of a search is a miss of the cache: the map is flat for that.
    const auto found = by_key_.find(check.key);
    if (found == by_key_.end() || found->second.fingerprint != check.fingerprint) return nullptr;
    return found->second.thing;
  }

  /// Visits all of them, in the order of the configuration; an apply() waits for the end.
  template <typename Visit>
  void each(const Visit& visit) const {
    const std::shared_lock lock(mutex_);
    for (const auto& thing : in_order_) visit(thing);
  }

 private:
  struct Known {
    std::uint64_t fingerprint;
    std::shared_ptr<T> thing;
  };

  mutable std::shared_mutex mutex_;
  boost::unordered_flat_map<std::uint64_t, Known> by_key_;
  std::vector<std::shared_ptr<T>> in_order_;
};

}  // namespace vedette
