#include "exporters/security/signals/signals.h"

#include <algorithm>
#include <tuple>

#include "exporters/security/signals/line_work.h"

namespace picket::security {
namespace {

constexpr double kAcceptedScore = 4;
constexpr double kDetectionScore = 10;

Seconds in_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

class Signals::Impl {
 public:
  Impl(std::string source, SignalsConfig config, Detector detector)
      : source_(std::move(source)), config_(std::move(config)), scan_(std::move(detector)), state_(config_) {
    name_rules();
  }

  void take(const LogRecord& record, const LineOrigin& origin, std::vector<SecurityEvent>& events);
  SignalsSnapshot snapshot(WallTime at) const;
  std::vector<Suspect> suspects(WallTime at) const;
  nlohmann::json to_json() const { return json_of(state_); }
  Result<void> restore(const nlohmann::json& json);

 private:
  /// A counter begins at zero, not at its first match.
  void name_rules() {
    for (const AttackRule& rule : scan_.detector().rules()) state_.counters.rules.try_emplace(rule.id, 0);
  }
  WallTime advance(const LogRecord& record, const LineOrigin& origin);
  /// Not before the newest line.
  Seconds as_of(WallTime at) const { return std::max(seconds_of(at), state_.clock.now()); }
  /// `whose` has the client or the account.
  void count_active(const Detected& detected, Seconds now, ActiveDetection whose,
                    SignalsSnapshot& snapshot) const;
  Suspect suspect_of(const ClientActivity& client, Seconds now) const;

  std::string source_;
  SignalsConfig config_;
  AttackScan scan_;
  SignalsState state_;
};

/// Returns the line's time, for events.
WallTime Signals::Impl::advance(const LogRecord& record, const LineOrigin& origin) {
  const SignalClock::Moment moment = state_.clock.take(record, origin);
  if (moment.is_refused) ++state_.counters.times_refused;
  if (moment.is_reset) {
    ++state_.counters.clock_resets;
    state_.clear_windows();
  }
  learn_transfers(state_, state_.clock.now());
  return moment.time;
}

void Signals::Impl::take(const LogRecord& record, const LineOrigin& origin,
                         std::vector<SecurityEvent>& events) {
  const WallTime time = advance(record, origin);
  state_.chain.add(record.chain, state_.clock.now());
  if (record.kind == RecordKind::Other) return;
  LineWork work{.source = source_,
                .config = config_,
                .scan = scan_,
                .state = state_,
                .record = record,
                .origin = origin,
                .events = events,
                .now = state_.clock.now(),
                .time = time};
  std::uint64_t key = 0;
  if (record.client) {
    const ClientKey client = client_key(*record.client, record.client_is_claimed);
    key = hash_of(client);
    work.client = &state_.clients.at(key, {.client = client}, work.now, state_.counters.clients_evicted);
    work.client->move_to(work.now, work.window());
  }
  if (record.kind == RecordKind::Request) count_request(work);
  if (record.kind == RecordKind::Login) count_login(work);
  if (record.kind == RecordKind::RateLimit) count_rate_limit(work);
  if (!record.action.empty()) count_audit(work);
  if (work.client != nullptr) state_.clients.touched(key);
}

void Signals::Impl::count_active(const Detected& detected, Seconds now, ActiveDetection whose,
                                 SignalsSnapshot& snapshot) const {
  for (const DetectionKind kind : kDetectionKinds) {
    const auto place = static_cast<std::size_t>(kind);
    if (!detected.is_active(kind, now, in_seconds(config_.quiet))) continue;
    ++snapshot.active.at(place);
    if (snapshot.detections.size() == SignalsSnapshot::kDetectionsMax) continue;
    whose.kind = kind;
    whose.last = wall_time(detected.last.at(place));
    snapshot.detections.push_back(whose);
  }
}

SignalsSnapshot Signals::Impl::snapshot(WallTime at) const {
  const Seconds now = as_of(at);
  SignalsSnapshot snapshot{.source = source_, .counters = state_.counters};
  snapshot.distinct = {.attack_clients = state_.attack_clients.within(now),
                       .failing_clients = state_.failing_clients.within(now),
                       .failing_accounts = state_.failing_accounts.within(now)};
  state_.clients.for_each([&](const ClientActivity& client) {
    count_active(client.detected, now,
                 {.client = text_of(client.client), .is_claimed = client.client.is_claimed}, snapshot);
  });
  state_.accounts.for_each([&](const AccountActivity& account) {
    count_active(account.detected, now, {.account = account.account}, snapshot);
  });
  count_active(state_.logins.detected, now, {}, snapshot);
  for (const TopKind kind : kTopKinds)
    snapshot.top.at(static_cast<std::size_t>(kind)) = state_.top.top(kind, now);
  for (std::size_t i = 0; i < kCategories; ++i) snapshot.hour.at(i) = state_.attack_history.within(i, now);
  snapshot.chain = state_.chain.status(now);
  return snapshot;
}

Suspect Signals::Impl::suspect_of(const ClientActivity& client, Seconds now) const {
  Suspect suspect{.client = network_of(client.client)};
  suspect.is_trusted = !client.client.is_claimed;
  if (client.is_in_window(now, in_seconds(config_.window))) {
    suspect.attacks = client.attacks;
    suspect.accepted = client.accepted;
    suspect.failures = client.failures;
  }
  for (const DetectionKind kind : kDetectionKinds) {
    if (client.detected.is_active(kind, now, in_seconds(config_.quiet))) suspect.detections.push_back(kind);
  }
  suspect.score = static_cast<double>(suspect.attacks) +
                  kAcceptedScore * static_cast<double>(suspect.accepted) +
                  kDetectionScore * static_cast<double>(suspect.detections.size());
  return suspect;
}

std::vector<Suspect> Signals::Impl::suspects(WallTime at) const {
  const Seconds now = as_of(at);
  std::vector<Suspect> all;
  state_.clients.for_each([&](const ClientActivity& client) {
    Suspect suspect = suspect_of(client, now);
    if (suspect.score > 0) all.push_back(std::move(suspect));
  });
  std::ranges::sort(all, [](const Suspect& a, const Suspect& b) {
    return std::tie(b.score, a.client.network, a.is_trusted) <
           std::tie(a.score, b.client.network, b.is_trusted);
  });
  return all;
}

Result<void> Signals::Impl::restore(const nlohmann::json& json) {
  auto state = state_from_json(json, config_);
  if (!state) return fail(state);
  state_ = std::move(*state);
  name_rules();
  return {};
}

Signals::Signals(std::string source, SignalsConfig config, Detector detector)
    : impl_(std::make_unique<Impl>(std::move(source), std::move(config), std::move(detector))) {}
Signals::Signals(Signals&&) noexcept = default;
Signals& Signals::operator=(Signals&&) noexcept = default;
Signals::~Signals() = default;

void Signals::take(const LogRecord& record, const LineOrigin& origin, std::vector<SecurityEvent>& events) {
  impl_->take(record, origin, events);
}

SignalsSnapshot Signals::snapshot(WallTime now) const {
  return impl_->snapshot(now);
}

std::vector<Suspect> Signals::suspects(WallTime now) const {
  return impl_->suspects(now);
}

nlohmann::json Signals::to_json() const {
  return impl_->to_json();
}

Result<void> Signals::restore(const nlohmann::json& state) {
  return impl_->restore(state);
}

}  // namespace picket::security
