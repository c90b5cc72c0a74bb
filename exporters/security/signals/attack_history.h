// Requests that matched a category within the last hour, in steps of five minutes: what a page draws. Runs on the
// time of the lines. Pure.
#pragma once

#include <array>
#include <cstdint>

#include "exporters/security/signals/signal_names.h"
#include "exporters/security/signals/state_json.h"

namespace picket::security {

class AttackHistory {
 public:
  static constexpr std::size_t kSteps = 12;
  static constexpr Seconds kStep = 300;

  struct Counts {
    std::uint64_t matched = 0;
    std::uint64_t accepted = 0;  ///< of them, answered below 400

    bool operator==(const Counts&) const = default;
  };
  /// Oldest first; the last one is the running step.
  using Hour = std::array<Counts, kSteps>;

  void add(std::size_t category, bool is_accepted, Seconds now);
  Hour within(std::size_t category, Seconds now) const;
  void clear() { steps_ = {}; }

  nlohmann::json to_json() const;
  /// False, and unchanged, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json);

 private:
  struct Step {
    Seconds number = 0;  ///< steps since 1970
    std::array<Counts, kCategories> counts{};
  };
  std::array<Step, kSteps> steps_;  ///< a number has its place
};

}  // namespace picket::security
