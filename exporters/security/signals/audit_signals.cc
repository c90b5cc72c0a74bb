#include <algorithm>

#include "exporters/security/signals/line_work.h"

namespace picket::security {
namespace {

/// What an action of authd's audit log adds to besides the audit events, when it succeeded.
struct Meaning {
  std::string_view action;
  void (*count)(SignalCounters& counters);
};

template <const auto& names>
std::size_t place(std::string_view name) {
  return index_in(names, name);
}

constexpr std::array kMeanings{
    Meaning{"users.suspend", [](auto& c) { ++c.lockouts.at(place<kLockoutReasons>("administrator")); }},
    Meaning{"auth.password_reset", [](auto& c) { ++c.password_resets.at(place<kResetInitiators>("self")); }},
    Meaning{"users.password_link",
            [](auto& c) { ++c.password_resets.at(place<kResetInitiators>("administrator")); }},
    Meaning{"sessions.end", [](auto& c) { ++c.revocations.at(place<kRevocationReasons>("session")); }},
    Meaning{"sessions.end_all",
            [](auto& c) { ++c.revocations.at(place<kRevocationReasons>("all_sessions")); }},
    Meaning{"tokens.revoke", [](auto& c) { ++c.revocations.at(place<kRevocationReasons>("token")); }},
    Meaning{"api_keys.revoke", [](auto& c) { ++c.revocations.at(place<kRevocationReasons>("api_key")); }},
    Meaning{"devices.forget", [](auto& c) { ++c.revocations.at(place<kRevocationReasons>("device")); }},
    Meaning{"blocks.create", [](auto& c) { ++c.blocks.at(place<kBlockReasons>("administrator")); }},
    Meaning{"blocks.delete", [](auto& c) { ++c.unblocks.at(place<kBlockReasons>("administrator")); }},
};

constexpr std::string_view kRefresh = "auth.refresh";

}  // namespace

void count_audit(LineWork& work) {
  SignalCounters& counters = work.state.counters;
  const std::string_view action = work.record.action;
  const std::string_view outcome = work.record.outcome;
  if (action == kLockAction) {
    counters.lockouts.at(index_in(kLockoutReasons, work.record.reason)) += work.record.count;
    return;
  }
  if (action == kBlockAction) {
    counters.blocks.at(place<kBlockReasons>("automatic")) += work.record.count;
    return;
  }
  ++counters.audit.at(index_in(kAuditActions, action)).at(index_in(kAuditOutcomes, outcome));
  // A refresh token that was used twice: all of its family ends.
  if (action == kRefresh && outcome == "denied")
    ++counters.revocations.at(place<kRevocationReasons>("reuse"));
  if (outcome != "success") return;
  const std::size_t privilege = index_in(kPrivilegeActions, action);
  if (privilege + 1 < kPrivilegeActions.size()) ++counters.privilege_changes.at(privilege);
  const auto found = std::ranges::find(kMeanings, action, &Meaning::action);
  if (found != kMeanings.end()) found->count(counters);
}

}  // namespace picket::security
