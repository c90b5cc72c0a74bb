#include "exporters/health/engine/check_record.h"

#include <algorithm>
#include <limits>

#include "exporters/health/engine/recommendation.h"

namespace picket::health {

namespace {

/// Younger than this, the state of an earlier process still holds until the first probe.
constexpr Duration kCarryOver = std::chrono::minutes(15);
/// Between two lines about a service that fails for the same reason as before.
constexpr Duration kTellAgain = std::chrono::minutes(1);

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
      old->cipher == now.cipher && old->verify_error == now.verify_error && old->ocsp == now.ocsp &&
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

std::string_view reason_of_change(const StateChange& change, const ProbeResult& result, State verdict) {
  if (change.to == State::Maintenance) return "maintenance";
  if (change.to == State::Unknown) return "maintenance_over";
  if (change.to == State::Operational) return "recovered";
  if (!result.success || result.reason != FailureReason::None) return to_string(result.reason);
  if (verdict == State::Operational) return "flapping";
  return result.degraded ? "warning" : "slow";
}

}  // namespace

CheckRecord::CheckRecord(std::shared_ptr<const CheckConfig> config, std::shared_ptr<Prober> prober,
                         Moment now)
    : config_(std::move(config)), prober_(std::move(prober)), created_(now) {
  state_.since = now.wall;
  state_.counted_to = now.mono;
  if (config_->heartbeat) heartbeat_.emplace(config_->heartbeat->ttl, now.mono);
}

void CheckRecord::reconfigure(std::shared_ptr<const CheckConfig> config, std::shared_ptr<Prober> prober,
                              MonoTime now) {
  config_ = std::move(config);
  prober_ = std::move(prober);
  discard_result = running;
  next_due = std::min(next_due, now + config_->interval);
  if (!config_->heartbeat) {
    heartbeat_.reset();
  } else if (heartbeat_) {
    heartbeat_->configure(config_->heartbeat->ttl, now);
  } else {
    heartbeat_.emplace(config_->heartbeat->ttl, now);
  }
}

std::optional<ServiceNews> CheckRecord::take(const ProbeResult& result, Moment now) {
  const std::optional<ProbeResult> failed = failed_by_time(config_->policy, result);
  return take_judged(failed ? *failed : result, now);
}

std::optional<ServiceNews> CheckRecord::take_judged(const ProbeResult& result, Moment now) {
  count_time(state_, timeline_, now);
  const StatePolicy& policy = config_->policy;
  counters_.take(result, result.success && policy.degraded_above && result.duration > *policy.degraded_above);
  const bool first_ever = counters_.probes == 1;
  const FailureReason before = last_ ? last_->reason : FailureReason::None;
  last_probe_ = now.wall;
  if (result.success) last_success_ = now.wall;
  remember(result, now.wall);
  const auto change = take_verdict(policy, state_, judge(policy, result), now);
  if (!change) return news_of_failure(result, before, now);
  // That a new check was found well is no news.
  if (first_ever && change->to == State::Operational) return std::nullopt;
  return news_of(*change, result, now);
}

std::optional<ServiceNews> CheckRecord::watch_maintenance(Moment now) {
  if (config_->maintenance.empty() && state_.state != State::Maintenance) return std::nullopt;
  const bool covered = covering(config_->maintenance, now.wall) != nullptr;
  if (covered == (state_.state == State::Maintenance)) return std::nullopt;
  count_time(state_, timeline_, now);
  const auto change = set_maintenance(state_, covered, now);
  return change ? std::optional(news_of(*change, {}, now)) : std::nullopt;
}

std::optional<ServiceNews> CheckRecord::watch_flapping(Moment now) {
  if (!state_.flapping) return std::nullopt;
  count_time(state_, timeline_, now);
  const auto change = calm_down(config_->policy, state_, now);
  return change ? std::optional(news_of(*change, {}, now)) : std::nullopt;
}

ServiceNews CheckRecord::news_of(const StateChange& change, const ProbeResult& result, Moment now) {
  const State verdict = judge(config_->policy, result);
  ServiceNews news{
      .event = {}, .state = change.to, .failures_in_row = state_.failures_in_row, .recommendation = {}};
  news.event.at = now.wall;
  news.event.check = config_->name;
  news.event.from = change.from;
  news.event.to = change.to;
  news.event.from_since = change.from_since;
  news.event.reason = reason_of_change(change, result, verdict);
  news.event.message = message_of(change, result, now.wall);
  if (change.to == State::Degraded || change.to == State::Down) {
    const bool flaps = change.to == State::Degraded && verdict == State::Operational;
    news.recommendation =
        flaps ? recommendation_on_flapping(*config_) : recommendation_on(*config_, result.reason);
  }
  told_at_ = now.mono;
  return news;
}

std::string CheckRecord::message_of(const StateChange& change, const ProbeResult& result, WallTime at) const {
  if (change.to == State::Maintenance) {
    const MaintenanceWindow* window = covering(config_->maintenance, at);
    return window != nullptr ? window->name : "";
  }
  if (!result.success || result.degraded || change.to != State::Degraded) return result.detail;
  const StatePolicy& policy = config_->policy;
  if (policy.degraded_above && result.duration > *policy.degraded_above) {
    return took_longer(result.duration, "degraded_above", *policy.degraded_above);
  }
  if (!state_.flapping) return "";
  return fmt::format("it works, but its state changed {} times within {}", state_.changes.size(),
                     format_duration(policy.flapping.within));
}

/// A service that reports by itself says the same again and again; that is in its state.
std::optional<ServiceNews> CheckRecord::news_of_failure(const ProbeResult& result, FailureReason before,
                                                        Moment now) {
  if (result.success || heartbeat_) return std::nullopt;
  if (result.reason == before && now.mono - told_at_ < kTellAgain) return std::nullopt;
  ServiceNews news{.event = {},
                   .state = state_.state,
                   .failures_in_row = state_.failures_in_row,
                   .recommendation = recommendation_on(*config_, result.reason)};
  news.event.at = now.wall;
  news.event.check = config_->name;
  news.event.reason = to_string(result.reason);
  news.event.message = result.detail;
  told_at_ = now.mono;
  return news;
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
  const Duration gap = std::max(Duration::zero(), created_.wall - saved.seen);
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
  const bool reports = heartbeat_ && saved.heartbeat;
  const bool word_holds = reports && heartbeat_->restore(*saved.heartbeat, saved.seen, created_);
  const bool holds = (word_holds || gap <= kCarryOver) && saved.state != State::Maintenance;
  if (holds && !probed && state_.state == State::Unknown) state_.state = state_.settled = saved.state;
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
          .spans = timeline_.spans(),
          .heartbeat = heartbeat_ ? std::optional(heartbeat_->save(now)) : std::nullopt};
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
