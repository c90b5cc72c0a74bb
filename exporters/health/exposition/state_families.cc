#include "base/time/timestamp.h"
#include "exporters/health/exposition/check_family.h"

namespace picket::health {

namespace {

using enum MetricType;

void time_sample(FamilyWriter& f, const CheckStatus& c, const std::optional<WallTime>& time) {
  if (time) f.sample({name(c)}, unix_seconds(*time));
}

void write_info(FamilyWriter& f, const CheckStatus& c) {
  const CheckConfig& config = *c.config;
  f.sample({config.name, config.kind(), config.target(), config.group, to_string(config.criticality)}, 1);
}

void write_up(FamilyWriter& f, const CheckStatus& c) {
  if (c.last) f.sample({name(c)}, c.last->success ? 1 : 0);
}

void write_state(FamilyWriter& f, const CheckStatus& c) {
  f.states({name(c)}, kStateNames, to_string(c.state));
}

void write_state_seconds(FamilyWriter& f, const CheckStatus& c) {
  for (std::size_t i = 0; i < kStateCount; ++i) f.sample({name(c), kStateNames[i]}, seconds(c.times[i]));
}

void write_state_changes(FamilyWriter& f, const CheckStatus& c) {
  for (std::size_t i = 0; i < kStateCount; ++i) {
    f.sample({name(c), kStateNames[i]}, static_cast<double>(c.entered[i]));
  }
}

void write_failures(FamilyWriter& f, const CheckStatus& c) {
  for (std::size_t i = 1; i < kFailureReasonCount; ++i) {
    f.sample({name(c), kFailureReasonNames[i]}, static_cast<double>(c.counters.failures[i]));
  }
}

void write_phases(FamilyWriter& f, const CheckStatus& c) {
  if (!c.last) return;
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    const std::int32_t micros = c.last->phase_micros[i];
    if (micros >= 0) f.sample({name(c), kPhaseNames[i]}, static_cast<double>(micros) / 1e6);
  }
}

void write_uptime(FamilyWriter& f, const CheckStatus& c) {
  for (std::size_t i = 0; i < kUptimeWindows.size(); ++i) {
    if (c.uptime[i] >= 0) f.sample({name(c), kUptimeWindows[i].name}, c.uptime[i]);
  }
}

void write_addresses(FamilyWriter& f, const CheckStatus& c) {
  if (!c.last || !c.last->resolved) return;
  f.sample({name(c), "ipv4"}, c.last->resolved->v4);
  f.sample({name(c), "ipv6"}, c.last->resolved->v6);
}

const CheckFamily kStateFamilies[] = {
    {Info,
     "health_check_info",
     "Constant 1, describes a check.",
     {"check", "prober", "target", "group", "criticality"},
     write_info},
    {Gauge, "health_check_up", "1 if the last probe succeeded.", {"check"}, write_up},
    {StateSet,
     "health_check_state",
     "State set: 1 on the current state (operational, degraded, down, unknown, maintenance).",
     {"check", "state"},
     write_state},
    {Counter,
     "health_check_state_seconds_total",
     "Time spent in each state since the state file was created.",
     {"check", "state"},
     write_state_seconds},
    {Counter,
     "health_check_state_changes_total",
     "Transitions into a state.",
     {"check", "state"},
     write_state_changes},
    {Gauge,
     "health_check_state_change_timestamp_seconds",
     "Unix time of the last state change.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { f.sample({name(c)}, unix_seconds(c.since)); }},
    {Counter,
     "health_check_probes_total",
     "Probes finished.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) {
       f.sample({name(c)}, static_cast<double>(c.counters.probes));
     }},
    {Counter,
     "health_check_probe_failures_total",
     "Probes failed (resolve, connect, tls, timeout, status, content, cert, auth, protocol, policy, "
     "internal).",
     {"check", "reason"},
     write_failures},
    {Counter,
     "health_check_slow_probes_total",
     "Successful probes above the degraded threshold.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) {
       f.sample({name(c)}, static_cast<double>(c.counters.slow));
     }},
    {Histogram,
     "health_check_probe_duration_seconds",
     "Total probe time.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { f.histogram({name(c)}, to_value(c.counters.durations)); }},
    {Gauge,
     "health_check_phase_duration_seconds",
     "Phase time of the last probe (resolve, connect, tls, request, processing, transfer).",
     {"check", "phase"},
     write_phases},
    {Gauge,
     "health_check_consecutive_failures",
     "Failed probes in a row.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { f.sample({name(c)}, c.failures_in_row); }},
    {Gauge,
     "health_check_last_probe_timestamp_seconds",
     "Unix time the last probe ended.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { time_sample(f, c, c.last_probe); }},
    {Gauge,
     "health_check_last_success_timestamp_seconds",
     "Unix time of the last successful probe.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { time_sample(f, c, c.last_success); }},
    {Gauge,
     "health_check_interval_seconds",
     "Configured probe interval.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { f.sample({name(c)}, seconds(c.config->interval)); }},
    {Gauge,
     "health_check_uptime_ratio",
     "Share of known time not down, from stored history (1h, 24h, 7d, 30d, 90d).",
     {"check", "window"},
     write_uptime},
    {Gauge,
     "health_check_flapping",
     "1 while the state changes so often that it is degraded at best.",
     {"check"},
     [](FamilyWriter& f, const CheckStatus& c) { f.sample({name(c)}, c.flapping ? 1 : 0); }},
    {Gauge,
     "health_check_resolved_addresses",
     "Addresses the name resolved to.",
     {"check", "family"},
     write_addresses},
};

}  // namespace

std::span<const CheckFamily> state_families() {
  return kStateFamilies;
}

HistogramValue to_value(const LatencyHistogram& histogram) {
  HistogramValue value;
  value.bounds.assign(kLatencyBounds.begin(), kLatencyBounds.end());
  value.counts.assign(histogram.counts.begin(), histogram.counts.end());
  value.sum = histogram.sum_seconds;
  return value;
}

}  // namespace picket::health
