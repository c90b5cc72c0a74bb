// Who did most, in this hour and the one before: of attacks, failed logins, requests and bytes.
#pragma once

#include "exporters/security/signals/signals_snapshot.h"
#include "exporters/security/signals/space_saving.h"

namespace picket::security {

class TopClients {
 public:
  void add(TopKind kind, const ClientKey& client, std::uint64_t weight, Seconds now);
  /// Largest first, at most kTopMax.
  std::vector<HeavyHitter> top(TopKind kind, Seconds now) const;
  void clear();

  nlohmann::json to_json() const;
  /// False, and unusable, on anything that to_json() does not write.
  bool restore(const nlohmann::json& json);

 private:
  struct Hours {
    SpaceSaving current, before;
  };
  void move_to(std::int64_t hour);

  std::int64_t hour_ = 0;  ///< since 1970
  std::array<Hours, kTopKinds.size()> kinds_;
};

/// Largest first and cut to SignalsSnapshot::kTopMax.
void sort_and_cut(std::vector<HeavyHitter>& hitters);

}  // namespace picket::security
