// What so many of the clients (or accounts) did lately, at most `max` of them: the least active make room for
// new ones. The rank of an entry is a function of its activity alone, so that a table that was written and
// read back goes on in the same way.
#pragma once

#include <algorithm>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/json/json.h"
#include "exporters/security/signals/client_key.h"

namespace picket::security {

/// `Activity` has rank() (larger stays longer), is_over(Seconds now), to_json() and bool restore(json).
template <class Activity>
class ActivityTable {
 public:
  explicit ActivityTable(std::size_t max) : max_(max) {}

  /// The entry of `key`; made of `fresh`, if need be in the place of the lowest. The caller calls touched()
  /// when it changed it. `evicted` counts those which were not over.
  Activity& at(std::uint64_t key, const Activity& fresh, Seconds now, std::uint64_t& evicted) {
    const auto found = entries_.find(key);
    if (found != entries_.end()) return found->second.activity;
    if (entries_.size() >= max_) evict(now, evicted);
    Entry& entry = entries_.emplace(key, Entry{fresh, fresh.rank()}).first->second;
    by_rank_.insert({entry.rank, key});
    return entry.activity;
  }
  void touched(std::uint64_t key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    if (const std::int64_t rank = entry.activity.rank(); rank < entry.rank) move_to(key, entry, rank);
  }
  void drop_those_over(Seconds now) {
    std::erase_if(entries_, [&](const auto& item) {
      const bool is_over = item.second.activity.is_over(now);
      if (is_over) by_rank_.erase({item.second.rank, item.first});
      return is_over;
    });
  }
  void clear() {
    entries_.clear();
    by_rank_.clear();
  }
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const auto& [key, entry] : entries_) visit(entry.activity);
  }

  nlohmann::json to_json() const {
    std::vector<std::uint64_t> keys;
    keys.reserve(entries_.size());
    for (const auto& [key, entry] : entries_) keys.push_back(key);
    std::ranges::sort(keys);
    nlohmann::json json = nlohmann::json::array();
    for (const std::uint64_t key : keys) json.push_back({key, entries_.at(key).activity.to_json()});
    return json;
  }
  /// False, and unchanged, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json, std::size_t entries_max) {
    if (!json.is_array() || json.size() > entries_max) return false;
    ActivityTable read(max_);
    for (const nlohmann::json& item : json) {
      if (!read.restore_entry(item)) return false;
    }
    *this = std::move(read);
    return true;
  }

 private:
  struct Entry {
    Activity activity;
    std::int64_t rank =
        0;  ///< at most the activity's: it rises with nearly every line, and is looked up late
  };

  bool restore_entry(const nlohmann::json& item) {
    if (!item.is_array() || item.size() != 2 || !item[0].is_number_unsigned()) return false;
    Activity activity;
    if (!activity.restore(item[1])) return false;
    const auto key = item[0].get<std::uint64_t>();
    const std::int64_t rank = activity.rank();
    if (!entries_.emplace(key, Entry{std::move(activity), rank}).second) return false;
    by_rank_.insert({rank, key});
    if (entries_.size() > max_) drop_lowest();
    return true;
  }
  void move_to(std::uint64_t key, Entry& entry, std::int64_t rank) {
    auto node = by_rank_.extract({entry.rank, key});
    node.value().first = entry.rank = rank;
    by_rank_.insert(std::move(node));
  }
  std::uint64_t lowest() {
    for (;;) {
      const std::uint64_t key = by_rank_.begin()->second;
      Entry& entry = entries_.at(key);
      const std::int64_t rank = entry.activity.rank();
      if (rank == entry.rank) return key;
      move_to(key, entry, rank);
    }
  }
  void evict(Seconds now, std::uint64_t& evicted) {
    if (!entries_.at(lowest()).activity.is_over(now)) ++evicted;
    drop_lowest();
  }
  void drop_lowest() {
    entries_.erase(lowest());
    by_rank_.erase(by_rank_.begin());
  }

  std::size_t max_;
  std::unordered_map<std::uint64_t, Entry> entries_;  ///< by hashes: spread already
  std::set<std::pair<std::int64_t, std::uint64_t>> by_rank_;
};

}  // namespace picket::security
