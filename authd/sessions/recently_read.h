// What was read from the store a short while ago, by the key it was found by: so that a request that comes
// again need not ask again. Bounded (the least recently used goes). Used by IdentityCheck for sessions and
// API keys. Safe from any thread.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::authd {

template <class Value>
class RecentlyRead {
 public:
  struct Entry {
    std::string key;
    std::shared_ptr<const Value> value;
    MonoTime read_at{};
  };

  RecentlyRead(std::size_t capacity, Duration max_age) : capacity_(capacity), max_age_(max_age) {}

  /// Nothing when it is unknown or older than `max_age`.
  std::optional<Entry> find(const std::string& key, MonoTime now) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end() || now - found->second->read_at > max_age_) return std::nullopt;
    recent_.splice(recent_.begin(), recent_, found->second);
    return *found->second;
  }

  void put(Entry entry) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = index_.find(entry.key);
    if (found != index_.end()) {
      recent_.splice(recent_.begin(), recent_, found->second);
      *found->second = std::move(entry);
      return;
    }
    if (recent_.size() >= capacity_) {
      index_.erase(recent_.back().key);
      recent_.pop_back();
    }
    recent_.push_front(std::move(entry));
    index_.emplace(recent_.front().key, recent_.begin());
  }

  std::size_t size() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return recent_.size();
  }

 private:
  const std::size_t capacity_;
  const Duration max_age_;
  mutable Mutex mutex_;
  std::list<Entry> recent_ GUARDED_BY(mutex_);  ///< the most recently used first
  std::unordered_map<std::string, typename std::list<Entry>::iterator> index_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
