#include "exporters/security/exposition/signal_families.h"

#include <cmath>

namespace picket::security {
namespace {

using Snapshots = std::span<const SignalsSnapshot>;

double number(Count count) {
  return static_cast<double>(count);
}

template <class Enum>
std::string_view name_of(std::size_t index) {
  return to_string(static_cast<Enum>(index));
}

/// Of a fixed set of labels those that were ever counted.
void sample_counted(FamilyWriter& family, LabelValues labels, Count count) {
  if (count > 0) family.sample(labels, number(count));
}

void write_requests(MetricWriter& writer, Snapshots sources) {
  FamilyWriter& requests =
      writer.counter("security_http_requests_total", "Access log requests (method from a fixed set).",
                     {"source", "method", "class"});
  for (const SignalsSnapshot& source : sources) {
    for (std::size_t m = 0; m < kHttpMethods.size(); ++m) {
      for (std::size_t c = 0; c < kStatusClasses.size(); ++c)
        sample_counted(requests, {source.source, kHttpMethods[m], kStatusClasses[c]},
                       source.counters.requests[m][c]);
    }
  }
  FamilyWriter& errors = writer.counter("security_http_request_errors_total",
                                        "Access log requests with 4xx or 5xx.", {"source", "class"});
  for (const SignalsSnapshot& source : sources) {
    for (const std::string_view name : {"4xx", "5xx"}) {
      Count sum = 0;
      for (const auto& method : source.counters.requests) sum += method[index_in(kStatusClasses, name)];
      errors.sample({source.source, name}, number(sum));
    }
  }
}

void write_attacks(MetricWriter& writer, Snapshots sources) {
  FamilyWriter& matching = writer.counter("security_attack_requests_total",
                                          "Requests matching an attack category.", {"source", "category"});
  for (const SignalsSnapshot& source : sources) {
    for (const AttackClass kind : kAttackClasses)
      matching.sample({source.source, to_string(kind)}, number(source.counters.attacks[category_of(kind)]));
  }
  FamilyWriter& accepted = writer.counter("security_attack_requests_accepted_total",
                                          "Matching requests answered below 400.", {"source", "category"});
  for (const SignalsSnapshot& source : sources) {
    for (const AttackClass kind : kAttackClasses)
      accepted.sample({source.source, to_string(kind)},
                      number(source.counters.attacks_accepted[category_of(kind)]));
  }
  FamilyWriter& left_out = writer.counter("security_events_left_out_total",
                                          "Events not stored, beyond those of a minute.", {"source", "kind"});
  for (const SignalsSnapshot& source : sources) {
    Count attacks = 0;
    for (const Count count : source.counters.events_left_out) attacks += count;
    left_out.sample({source.source, "attack"}, number(attacks));
    left_out.sample({source.source, "other"}, number(source.counters.other_events_left_out));
  }
}

void write_detections(MetricWriter& writer, Snapshots sources) {
  FamilyWriter& begun = writer.counter(
      "security_detections_total",
      "Detections begun (brute_force, spraying, stuffing, enumeration, scraping).", {"source", "kind"});
  for (const SignalsSnapshot& source : sources) {
    for (std::size_t i = 0; i < kDetectionKinds.size(); ++i)
      begun.sample({source.source, to_string(kDetectionKinds[i])}, number(source.counters.detections[i]));
  }
  FamilyWriter& active =
      writer.gauge("security_detections_active", "Detections that go on.", {"source", "kind"});
  for (const SignalsSnapshot& source : sources) {
    for (std::size_t i = 0; i < kDetectionKinds.size(); ++i)
      active.sample({source.source, to_string(kDetectionKinds[i])}, static_cast<double>(source.active[i]));
  }
  FamilyWriter& evicted =
      writer.counter("security_tracked_evicted_total",
                     "Clients and accounts no longer followed, to make room for others.", {"source", "of"});
  for (const SignalsSnapshot& source : sources) {
    evicted.sample({source.source, "client"}, number(source.counters.clients_evicted));
    evicted.sample({source.source, "account"}, number(source.counters.accounts_evicted));
  }
}

void write_clocks(MetricWriter& writer, Snapshots sources) {
  FamilyWriter& times =
      writer.counter("security_log_times_refused_total",
                     "Lines with an impossible time: that of reading was taken.", {"source"});
  for (const SignalsSnapshot& source : sources)
    times.sample({source.source}, number(source.counters.times_refused));
  FamilyWriter& resets = writer.counter("security_log_clock_resets_total",
                                        "Times a log's clock went back: windows began anew.", {"source"});
  for (const SignalsSnapshot& source : sources)
    resets.sample({source.source}, number(source.counters.clock_resets));
}

void write_rules(MetricWriter& writer, const SignalCounters& sum) {
  FamilyWriter& rules = writer.counter("security_attack_rule_matches_total", "Matches by rule.", {"rule"});
  for (const auto& [rule, count] : sum.rules) rules.sample({rule}, number(count));
}

void write_logins(MetricWriter& writer, const SignalCounters& sum) {
  FamilyWriter& logins = writer.counter("security_logins_total", "Login attempts.", {"method"});
  for (std::size_t m = 0; m < kLoginMethods; ++m)
    logins.sample({name_of<LoginMethod>(m)}, number(sum.logins[m]));
  FamilyWriter& failures = writer.counter(
      "security_login_failures_total",
      "Login attempts failed (bad_password, unknown_account, mfa, locked, disabled, expired, policy, other).",
      {"method", "reason"});
  for (std::size_t m = 0; m < kLoginMethods; ++m) {
    for (std::size_t f = 1; f < kLoginFailures; ++f)
      sample_counted(failures, {name_of<LoginMethod>(m), name_of<LoginFailure>(f)}, sum.login_failures[m][f]);
  }
  FamilyWriter& challenges = writer.counter("security_mfa_challenges_total", "MFA challenges.", {"method"});
  for (std::size_t m = 0; m < kLoginMethods; ++m)
    sample_counted(challenges, {name_of<LoginMethod>(m)}, sum.mfa_challenges[m]);
  FamilyWriter& failed = writer.counter("security_mfa_failures_total", "MFA challenges failed.", {"method"});
  for (std::size_t m = 0; m < kLoginMethods; ++m)
    sample_counted(failed, {name_of<LoginMethod>(m)}, sum.mfa_failures[m]);
}

template <std::size_t N>
void write_named(FamilyWriter& family, const std::array<std::string_view, N>& names,
                 const std::array<Count, N>& counts) {
  for (std::size_t i = 0; i < N; ++i) family.sample({names[i]}, number(counts[i]));
}

void write_accounts(MetricWriter& writer, const SignalCounters& sum) {
  write_named(writer.counter("security_account_lockouts_total", "Account lockouts.", {"reason"}),
              kLockoutReasons, sum.lockouts);
  write_named(writer.counter("security_password_resets_total", "Password resets.", {"initiator"}),
              kResetInitiators, sum.password_resets);
  write_named(writer.counter("security_privilege_changes_total", "Role or permission changes.", {"action"}),
              kPrivilegeActions, sum.privilege_changes);
  write_named(writer.counter("security_tokens_revoked_total", "Sessions and tokens revoked.", {"reason"}),
              kRevocationReasons, sum.revocations);
  write_named(writer.counter("security_ip_blocks_total", "Addresses blocked.", {"reason"}), kBlockReasons,
              sum.blocks);
  write_named(writer.counter("security_ip_unblocks_total", "Addresses unblocked.", {"reason"}), kBlockReasons,
              sum.unblocks);
  FamilyWriter& audit =
      writer.counter("security_audit_events_total", "Audit log events.", {"action", "outcome"});
  for (std::size_t a = 0; a < sum.audit.size(); ++a) {
    for (std::size_t o = 0; o < kAuditOutcomes.size(); ++o)
      sample_counted(audit, {kAuditActions[a], kAuditOutcomes[o]}, sum.audit[a][o]);
  }
}

void write_limits(MetricWriter& writer, const SignalCounters& sum) {
  FamilyWriter& violations =
      writer.counter("security_rate_limit_violations_total", "Requests over a rate limit.", {"limit"});
  for (const auto& [limit, count] : sum.limits) violations.sample({limit}, number(count));
}

void write_transfers(MetricWriter& writer, const SignalCounters& sum) {
  FamilyWriter& transfers = writer.counter("security_transfers_total", "Transfers seen.", {"direction"});
  for (std::size_t d = 0; d < kDirections.size(); ++d)
    transfers.sample({to_string(kDirections[d])}, number(sum.transfers[d]));
  FamilyWriter& suspicious =
      writer.counter("security_suspicious_transfers_total", "Transfers flagged (size, rate, baseline, hour).",
                     {"direction", "reason"});
  for (std::size_t d = 0; d < kDirections.size(); ++d) {
    for (std::size_t r = 0; r < kTransferReasons.size(); ++r)
      suspicious.sample({to_string(kDirections[d]), to_string(kTransferReasons[r])},
                        number(sum.suspicious_transfers[d][r]));
  }
  FamilyWriter& sizes = writer.histogram("security_transfer_size_bytes", "Transfer size.", {"direction"});
  for (std::size_t d = 0; d < kDirections.size(); ++d)
    sizes.histogram({to_string(kDirections[d])},
                    {.bounds = {kTransferBounds.begin(), kTransferBounds.end()},
                     .counts = {sum.transfer_sizes[d].begin(), sum.transfer_sizes[d].end()},
                     .sum = number(sum.transfer_bytes[d]),
                     .exemplars = {}});
}

void write_distinct(MetricWriter& writer, const DistinctSketches& distinct) {
  const auto write = [&writer](std::string_view name, std::string_view help, const auto& sketches) {
    FamilyWriter& family = writer.gauge(name, help, {"window"});
    for (std::size_t i = 0; i < kDistinctSpans.size(); ++i)
      family.sample({kDistinctSpans[i].name}, std::round(sketches[i].estimate()));
  };
  write("security_attack_sources", "Distinct client networks behind attacks (estimate).",
        distinct.attack_clients);
  write("security_login_failure_sources", "Distinct client networks with failed logins (estimate).",
        distinct.failing_clients);
  write("security_login_failure_accounts", "Distinct accounts with failed logins (estimate).",
        distinct.failing_accounts);
}

}  // namespace

void write_signal_families(MetricWriter& writer, Snapshots sources, const SignalCounters& left) {
  write_requests(writer, sources);
  write_attacks(writer, sources);
  write_detections(writer, sources);
  write_clocks(writer, sources);
  SignalsSnapshot all = merge(sources);
  add(all.counters, left);
  write_rules(writer, all.counters);
  write_logins(writer, all.counters);
  write_accounts(writer, all.counters);
  write_limits(writer, all.counters);
  write_transfers(writer, all.counters);
  write_distinct(writer, all.distinct);
}

}  // namespace picket::security
