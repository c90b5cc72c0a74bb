// Waiting work in fair order: keys take turns, so that one busy key cannot delay the others, and the two
// lanes (known and other) take turns as well. Not synchronised.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace picket::authd {

enum class QueueLane { Known, Other };

template <class T>
class FairQueue {
 public:
  void push(QueueLane lane, const std::string& key, T item) {
    Lane& into = lanes_[index(lane)];
    std::deque<T>& waiting = into.by_key[key];
    if (waiting.empty()) into.turns.push_back(key);
    waiting.push_back(std::move(item));
    ++into.size;
  }

  /// The next in turn; nothing when all is empty.
  std::optional<T> pop() {
    if (size() == 0) return std::nullopt;
    next_lane_ = 1 - next_lane_;
    if (lanes_[next_lane_].size == 0) next_lane_ = 1 - next_lane_;
    return take(lanes_[next_lane_]);
  }

  std::size_t size() const { return lanes_[0].size + lanes_[1].size; }
  std::size_t size(QueueLane lane) const { return lanes_[index(lane)].size; }
  /// Over both lanes.
  std::size_t held_by(const std::string& key) const {
    std::size_t held = 0;
    for (const Lane& lane : lanes_) {
      const auto found = lane.by_key.find(key);
      if (found != lane.by_key.end()) held += found->second.size();
    }
    return held;
  }

 private:
  struct Lane {
    std::map<std::string, std::deque<T>> by_key;  ///< no empty ones
    std::deque<std::string> turns;                ///< each key of by_key once
    std::size_t size = 0;
  };

  static std::size_t index(QueueLane lane) { return lane == QueueLane::Known ? 0 : 1; }

  static T take(Lane& lane) {
    const std::string key = std::move(lane.turns.front());
    lane.turns.pop_front();
    const auto found = lane.by_key.find(key);
    T item = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) {
      lane.by_key.erase(found);
    } else {
      lane.turns.push_back(key);
    }
    --lane.size;
    return item;
  }

  std::array<Lane, 2> lanes_;
  std::size_t next_lane_ = 1;
};

}  // namespace picket::authd
