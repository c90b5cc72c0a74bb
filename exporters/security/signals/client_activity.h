// What one client did: counts of its running window, which begins with its first activity after the last one
// ended, and bytes of the hour.
#pragma once

#include "exporters/security/events/security_event.h"
#include "exporters/security/signals/detected.h"
#include "exporters/security/signals/distinct_bits.h"
#include "exporters/security/signals/state_json.h"

namespace picket::security {

struct ClientActivity {
  static constexpr std::size_t kTextMax = 768;  ///< bytes of an entry in a state

  ClientKey client{};
  Seconds last_seen = 0;
  Seconds window_start = 0;
  std::uint32_t requests = 0, not_found = 0, failures = 0, attacks = 0, accepted = 0;
  DistinctBits<512> failed_accounts{}, unknown_accounts{};
  DistinctBits<1024> targets{};

  std::int64_t hour = 0;  ///< since 1970; of what follows
  std::array<std::uint64_t, kDirections.size()> hour_bytes{};
  /// What was said already in this hour.
  std::array<std::array<bool, kTransferReasons.size()>, kDirections.size()> flagged{};

  Detected detected{};

  /// Begins a window or an hour anew when it is time.
  void move_to(Seconds now, Seconds window);
  bool is_in_window(Seconds now, Seconds window) const { return now - window_start < window; }

  std::int64_t rank() const;
  /// Nothing for an hour.
  bool is_over(Seconds now) const { return now - last_seen >= kHour; }
  nlohmann::json to_json() const;
  bool restore(const nlohmann::json& json);
};

struct AccountActivity {
  static constexpr std::size_t kTextMax =
      2 * kAccountMax + 256;  ///< bytes of an entry in a state: with escapes

  std::string account{};  ///< as tried, cut
  Seconds last_seen = 0;
  Seconds window_start = 0;
  std::uint32_t failures = 0;
  DistinctBits<512> clients{};
  Detected detected{};

  void move_to(Seconds now, Seconds window);
  std::int64_t rank() const;
  bool is_over(Seconds now) const { return now - last_seen >= kHour; }
  nlohmann::json to_json() const;
  bool restore(const nlohmann::json& json);
};

/// The logins of all clients of a source in a window.
struct SourceActivity {
  Seconds window_start = 0;
  std::uint32_t logins = 0, failures = 0;
  DistinctBits<4096> clients{}, accounts{};  ///< of failures
  Detected detected{};

  void move_to(Seconds now, Seconds window);
  nlohmann::json to_json() const;
  bool restore(const nlohmann::json& json);
};

}  // namespace picket::security
