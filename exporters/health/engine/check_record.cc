#include "exporters/health/engine/check_record.h"

#include <algorithm>
#include <limits>

namespace picket::health {

namespace {

/// Younger than this, the state of an earlier process still holds until the first probe.
constexpr Duration kCarryOver = std::chrono::minutes(15);

/// Held once while the same certificates are served.
std::shared_ptr<const TlsFacts> shared_tls(const ProbeResult& result,
                                           const std::shared_ptr<const LastProbe>& before) {
  if (!result.tls) return nullptr;
  const TlsFacts& now = *result.tls;
  const auto same = [](const CertificateFacts& a, const CertificateFacts& b) {
    return a.fingerprint_sha256 == b.fingerprint_sha256;
  };
  const TlsFacts* old = before && before->tls ? before->tls.get() : nullptr;
  if (old != nullptr && old->verified == now.verified && old->version == now.version &&
      old->cipher == now.cipher && old->verify_error == now.verify_error &&
      std::equal(old->served.begin(), old->served.end(), now.served.begin(), now.served.end(), same) &&
      std::equal(old->verified_chain.begin(), old->verified_chain.end(), now.verified_chain.begin(),
                 now.verified_chain.end(), same)) {
    return before->tls;
  }
  auto facts = std::make_shared<TlsFacts>(now);
  for (auto* chain : {&facts->served, &facts->verified_chain}) {
    for (CertificateFacts& certificate : *chain) certificate.alternative_names.clear();
    chain->shrink_to_fit();
  }
  return facts;
}

std::int32_t micros(Duration took) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  return static_cast<std::int32_t>(
      std::clamp<std::int64_t>(count, 0, std::numeric_limits<std::int32_t>::max()));
}

std::string_view reason_of_change(const StateChange& change, const ProbeResult& result) {
  if (change.to == State::Maintenance) return "maintenance";
  if (change.to == State::Unknown) return "maintenance_over";
  if (change.to == State::Operational) return "recovered";
  if (!result.success) return to_string(result.reason);
  return result.degraded ? "warning" : "slow";
}

}  // namespace

CheckRecord::CheckRecord(std::shared_ptr<const CheckConfig> config, std::shared_ptr<Prober> prober,
                         Moment now)
    : config_(std::move(config)), prober_(std::move(prober)), created_(now.wall) {
  state_.since = now.wall;
  state_.counted_to = now.mono;
  if (config_->heartbeat) heartbeat_expires = now.mono + config_->heartbeat->ttl;
}

void CheckRecord::reconfigure(std::shared_ptr<const CheckConfig> config, std::shared_ptr<Prober> prober,
                              MonoTime now) {
  config_ = std::move(config);
  prober_ = std::move(prober);
  discard_result = running;
  next_due = std::min(next_due, now + config_->interval);
  if (config_->heartbeat) heartbeat_expires = std::min(heartbeat_expires, now + config_->heartbeat->ttl);
}

std::optional<Event> CheckRecord::take(const ProbeResult& result, Moment now) {
  count_time(state_, timeline_, now);
  const StatePolicy& policy = config_->policy;
  const bool slow = result.success && ((policy.degraded_above && result.duration > *policy.degraded_above) ||
                                       (policy.down_above && result.duration > *policy.down_above));
  counters_.take(result, slow);
  state_.failures_in_row = result.success ? 0 : state_.failures_in_row + 1;
  const bool first_ever = counters_.probes == 1;
  last_probe_ = now.wall;
  if (result.success) last_success_ = now.wall;
  remember(result, now.wall);
  const auto change = take_verdict(policy, state_, judge(policy, result), now);
  // That a new check was found well is no news.
  if (!change || (first_ever && change->to == State::Operational)) return std::nullopt;
  return event(*change, result, now);
}

std::optional<Event> CheckRecord::watch_maintenance(Moment now) {
  if (config_->maintenance.empty() && state_.state != State::Maintenance) return std::nullopt;
  const bool covered = any_covers(config_->maintenance, now.wall);
  if (covered == (state_.state == State::Maintenance)) return std::nullopt;
  count_time(state_, timeline_, now);
  const auto change = set_maintenance(state_, covered, now);
  return change ? event(*change, {}, now) : std::nullopt;
}

std::optional<Event> CheckRecord::event(const StateChange& change, const ProbeResult& result,
                                        Moment now) const {
  Event event;
  event.at = now.wall;
  event.check = config_->name;
  event.from = change.from;
  event.to = change.to;
  event.reason = reason_of_change(change, result);
  event.message = result.detail;
  return event;
}

void CheckRecord::remember(const ProbeResult& result, WallTime at) {
  if (!result.success || result.degraded) {
    last_error_ = std::make_shared<LastError>(LastError{at, result.reason, result.detail});
  }
  auto last = std::make_shared<LastProbe>();
  last->success = result.success;
  last->reason = result.reason;
  last->detail = result.detail;
  last->duration = result.duration;
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    last->phase_micros[i] = result.phases[i] ? micros(*result.phases[i]) : -1;
  }
  last->resolved = result.resolved;
  last->ocsp = result.ocsp;
  last->facts = result.facts;
  last->tls = shared_tls(result, last_);
  if (auto* icmp = std::get_if<IcmpFacts>(&last->facts)) {
    auto counters = icmp_ ? std::make_shared<IcmpCounters>(*icmp_) : std::make_shared<IcmpCounters>();
    counters->sent += icmp->sent;
    counters->received += icmp->received;
    for (const Duration round_trip : icmp->round_trips) counters->round_trips.observe(round_trip);
    icmp->round_trips = {};
    icmp_ = std::move(counters);
  }
  if (const auto* fs = std::get_if<FilesystemFacts>(&last->facts); fs != nullptr && fs->canary) {
    auto canary =
        canary_ ? std::make_shared<LatencyHistogram>(*canary_) : std::make_shared<LatencyHistogram>();
    canary->observe(*fs->canary);
    canary_ = std::move(canary);
  }
  last_ = std::move(last);
}

void CheckRecord::restore(const SavedCheck& saved) {
  const Duration gap = std::max(Duration::zero(), created_ - saved.seen);
  for (std::size_t i = 0; i < kStateCount; ++i) {
    state_.times[i] += saved.times[i];
    state_.entered[i] += saved.entered[i];
  }
  state_.times[index_of(State::Unknown)] += gap;
  Timeline before(saved.spans);
  before.add(State::Unknown, gap);
  timeline_.prepend(before.spans());
  const bool probed = counters_.probes > 0;
  counters_.add(saved.counters);
  if (!last_probe_) last_probe_ = saved.last_probe;
  if (!last_success_) last_success_ = saved.last_success;
  const bool holds = gap <= kCarryOver && saved.state != State::Maintenance;
  if (holds && !probed && state_.state == State::Unknown) state_.state = saved.state;
  if (holds && state_.state == saved.state) state_.since = std::min(state_.since, saved.since);
}

SavedCheck CheckRecord::save(Moment now) {
  count_time(state_, timeline_, now);
  return {.name = config_->name,
          .state = state_.state,
          .since = state_.since,
          .seen = now.wall,
          .last_probe = last_probe_,
          .last_success = last_success_,
          .times = state_.times,
          .entered = state_.entered,
          .counters = counters_,
          .spans = timeline_.spans()};
}

CheckStatus CheckRecord::status(Moment now) {
  count_time(state_, timeline_, now);
  CheckStatus status;
  status.config = config_;
  status.state = state_.state;
  status.flapping = state_.flapping;
  status.failures_in_row = state_.failures_in_row;
  status.since = state_.since;
  status.times = state_.times;
  status.entered = state_.entered;
  status.counters = counters_;
  status.last_probe = last_probe_;
  status.last_success = last_success_;
  status.last = last_;
  status.last_error = last_error_;
  status.icmp = icmp_;
  status.canary = canary_;
  for (std::size_t i = 0; i < kUptimeWindows.size(); ++i) {
    const std::optional<double> ratio = timeline_.uptime(kUptimeWindows[i].length);
    status.uptime[i] = ratio.value_or(-1.0);
  }
  return status;
}

}  // namespace picket::health
