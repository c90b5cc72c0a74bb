// One line under way: what the parts that count it share. Lives as long as Signals::take() runs.
#pragma once

#include <vector>

#include "exporters/security/events/security_event.h"
#include "exporters/security/signals/attack_scan.h"
#include "exporters/security/signals/signals.h"
#include "exporters/security/signals/signals_state.h"

namespace picket::security {

struct LineWork {
  const std::string& source;  ///< its name
  const SignalsConfig& config;
  AttackScan& scan;
  SignalsState& state;
  const LogRecord& record;
  const LineOrigin& origin;
  std::vector<SecurityEvent>& events;
  Seconds now = 0;
  WallTime time{};                   ///< for events
  ClientActivity* client = nullptr;  ///< null: the line names none

  Seconds window() const { return std::chrono::duration_cast<std::chrono::seconds>(config.window).count(); }
  Seconds quiet() const { return std::chrono::duration_cast<std::chrono::seconds>(config.quiet).count(); }
};

struct EventText {
  std::string_view kind, category;
  Severity severity = Severity::Medium;
  std::string summary;
  nlohmann::json details;
};
/// Adds an event of this line. A line has at most one of a kind and category: that makes its id.
void add_event(LineWork& work, EventText text);

/// A detection's rule holds. Counts it, and is true, when it begins: then tell_of_detection().
bool begins(LineWork& work, Detected& detected, DetectionKind kind);
struct Beginning {
  DetectionKind kind = DetectionKind::BruteForce;
  std::string_view of;  ///< "client", "account", "source"
  nlohmann::json counts;
};
void tell_of_detection(LineWork& work, Beginning beginning);

// The parts.
void count_request(LineWork& work);
void count_transfers(LineWork& work);
/// Learns of the hours that ended. Before the line's client is touched.
void learn_transfers(SignalsState& state, Seconds now);
void count_login(LineWork& work);
void count_rate_limit(LineWork& work);
/// Of any record with an action.
void count_audit(LineWork& work);

}  // namespace picket::security
