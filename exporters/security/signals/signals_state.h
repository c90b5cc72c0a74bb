// All that the signals of one source remember: plain parts, and how they are written and read back.
#pragma once

#include "exporters/security/signals/activity_table.h"
#include "exporters/security/signals/attack_history.h"
#include "exporters/security/signals/audit_chain_watch.h"
#include "exporters/security/signals/client_activity.h"
#include "exporters/security/signals/event_budget.h"
#include "exporters/security/signals/rolling_distinct.h"
#include "exporters/security/signals/signal_clock.h"
#include "exporters/security/signals/signals_config.h"
#include "exporters/security/signals/top_clients.h"
#include "exporters/security/signals/transfer_baseline.h"

namespace picket::security {

struct SignalsState {
  explicit SignalsState(const SignalsConfig& config)
      : clients(config.clients_max), accounts(config.accounts_max) {}

  SignalCounters counters;
  SignalClock clock;
  std::int64_t learned_hour = 0;  ///< since 1970: the transfers of those before it are in the baseline
  ActivityTable<ClientActivity> clients;
  ActivityTable<AccountActivity> accounts;
  SourceActivity logins;
  DistinctWindows attack_clients, failing_clients, failing_accounts;
  TransferBaseline baseline;
  TopClients top;
  AttackHistory attack_history;
  AuditChainWatch chain;
  std::array<EventBudget, kCategories> refused_events{}, accepted_events{};  ///< of attacks
  std::array<EventBudget, kDetectionKinds.size()> detection_events{};
  EventBudget transfer_events;

  /// Forgets what windows hold; counters and baseline stay.
  void clear_windows();
};

/// Bytes of the text of a state with full tables, at most.
inline constexpr std::size_t kSignalsTextMax =
    SignalsConfig::kTableMax * (ClientActivity::kTextMax + AccountActivity::kTextMax) +
    (std::size_t{4} << 20);

nlohmann::json json_of(const SignalsState& state);
/// Corrupt on anything that json_of() does not write.
Result<SignalsState> state_from_json(const nlohmann::json& json, const SignalsConfig& config);

}  // namespace picket::security
