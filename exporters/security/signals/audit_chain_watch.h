// What the hash chain of authd's audit log was found to be, line by line. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "exporters/security/records/log_record.h"
#include "exporters/security/signals/state_json.h"

namespace picket::security {

/// Of a source whose lines are chained.
struct AuditChainStatus {
  std::uint64_t breaks = 0;  ///< since the state began
  bool is_intact = true;     ///< no break within kBreakShown

  bool operator==(const AuditChainStatus&) const = default;
};

class AuditChainWatch {
 public:
  /// How long a break is shown: later rows follow on it as if nothing had been.
  static constexpr Seconds kBreakShown = Seconds{24} * 60 * 60;

  void add(ChainCheck check, Seconds now) {
    if (check == ChainCheck::None) return;
    is_chained_ = true;
    if (check != ChainCheck::Broken) return;
    ++breaks_;
    last_break_ = now;
  }
  /// Nothing for a log without a chain.
  std::optional<AuditChainStatus> status(Seconds now) const {
    if (!is_chained_) return std::nullopt;
    return AuditChainStatus{.breaks = breaks_, .is_intact = breaks_ == 0 || now - last_break_ >= kBreakShown};
  }

  nlohmann::json to_json() const { return fields_json(std::tie(is_chained_, breaks_, last_break_)); }
  bool restore(const nlohmann::json& json) {
    return read_fields(json, std::tie(is_chained_, breaks_, last_break_));
  }

 private:
  bool is_chained_ = false;
  std::uint64_t breaks_ = 0;
  Seconds last_break_ = 0;
};

}  // namespace picket::security
