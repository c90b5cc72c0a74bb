#include "authd/sessions/session_collector.h"

#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

struct CheckCount {
  Via via = Via::AccessToken;
  CheckResult result = CheckResult::Believed;
  std::uint64_t count = 0;
};

struct KeyExpiry {
  KeyState state = KeyState::Active;
  WallTime at{};
};

void write_sessions(MetricWriter& writer, const SessionCounts& counts) {
  FamilyWriter& refreshes = writer.counter(
      "authd_refresh_total",
      "Refresh tokens presented (rotated, grace_replay, reuse, expired, revoked, unknown).", {"result"});
  for (std::size_t i = 0; i < kRefreshVerdicts.size(); ++i) {
    refreshes.sample({to_string(kRefreshVerdicts.at(i))}, static_cast<double>(counts.refreshes.at(i)));
  }
  if (!counts.active) return;
  writer.gauge("authd_sessions_active", "Sessions that live, of all replicas together.")
      .sample({}, static_cast<double>(*counts.active));
}

void write_checks(MetricWriter& writer, const std::vector<CheckCount>& counts) {
  FamilyWriter& checks =
      writer.counter("authd_token_checks_total",
                     "Access tokens, cookies and API keys that were checked (believed, denied, unavailable).",
                     {"via", "result"});
  for (const CheckCount& count : counts) {
    checks.sample({to_string(count.via), to_string(count.result)}, static_cast<double>(count.count));
  }
}

void write_keys(MetricWriter& writer, const std::vector<KeyExpiry>& expiries) {
  FamilyWriter& keys = writer.gauge(
      "authd_signing_key_expiry_timestamp_seconds",
      "Unix time at which the signing key of that state is succeeded, or (retired) leaves the JWKS.",
      {"state"});
  for (const KeyExpiry& expiry : expiries) {
    keys.sample({to_string(expiry.state)}, unix_seconds(expiry.at));
  }
}

}  // namespace

std::unique_ptr<Collection> SessionCollector::collect() {
  std::vector<CheckCount> checks;
  for (const Via via : kVias) {
    for (const CheckResult result : kCheckResults) checks.push_back({via, result, check_.count(via, result)});
  }
  std::vector<KeyExpiry> expiries;
  for (const KeyState state : {KeyState::Next, KeyState::Active, KeyState::Retired}) {
    if (const auto at = keys_.expiry(state)) expiries.push_back({state, *at});
  }
  return collect_once([sessions = sessions_.counts(), checks = std::move(checks),
                       expiries = std::move(expiries)](MetricWriter& writer) {
    write_sessions(writer, sessions);
    write_checks(writer, checks);
    write_keys(writer, expiries);
  });
}

}  // namespace picket::authd
