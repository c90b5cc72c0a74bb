// One check while it runs: its config, prober, state, counters and place in the schedule. Not synchronised:
// the engine guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "exporters/health/engine/check_status.h"
#include "exporters/health/engine/service_news.h"
#include "exporters/health/history/saved_check.h"

namespace picket::health {

/// Whether a probe is likely to get an answer, by those before.
enum class Standing : std::uint8_t {
  Answers,  ///< the last one did, in time
  Unsure,   ///< there was none yet, or only the last one timed out
  Silent,   ///< the last two or more timed out
};
inline constexpr std::size_t kStandingCount = 3;

class CheckRecord {
 public:
  CheckRecord(std::shared_ptr<const CheckConfig> config, std::shared_ptr<Prober> prober, Moment now);

  /// A new config of the same name: state and counters stay; a probe under way is not counted any more.
  void reconfigure(std::shared_ptr<const CheckConfig> config, std::shared_ptr<Prober> prober, MonoTime now);

  // Each returns what people want to read of, if anything.
  std::optional<ServiceNews> take(const ProbeResult& result, Moment now);
  std::optional<ServiceNews> watch_maintenance(Moment now);
  std::optional<ServiceNews> watch_flapping(Moment now);

  /// Adds what an earlier process (or an earlier config) knew.
  void restore(const SavedCheck& saved);
  SavedCheck save(Moment now);
  CheckStatus status(Moment now);
  void forget_before(Duration retention) { timeline_.forget_before(retention); }

  const CheckConfig& config() const { return *config_; }
  const std::shared_ptr<Prober>& prober() const { return prober_; }
  State state() const { return state_.state; }
  /// Null for a probed check.
  Heartbeat* heartbeat() { return heartbeat_ ? &*heartbeat_ : nullptr; }

  // Its place in the schedule, kept by the engine.
  MonoTime next_due{};
  MonoTime planned{};   ///< of the run that waits or runs
  MonoTime deadline{};  ///< of the run under way
  Standing standing = Standing::Unsure;
  bool waiting = false;
  bool running = false;
  bool overdue = false;         ///< the run under way has been counted as timed out
  bool discard_result = false;  ///< the run under way belongs to an older config
  bool removed = false;

 private:
  std::optional<ServiceNews> take_judged(const ProbeResult& result, Moment now);
  ServiceNews news_of(const StateChange& change, const ProbeResult& result, Moment now);
  std::optional<ServiceNews> news_of_failure(const ProbeResult& result, FailureReason before, Moment now);
  std::string message_of(const StateChange& change, const ProbeResult& result, WallTime at) const;
  void remember(const ProbeResult& result, WallTime at);

  std::shared_ptr<const CheckConfig> config_;
  std::shared_ptr<Prober> prober_;
  CheckState state_;
  Timeline timeline_;
  ProbeCounters counters_;
  std::optional<Heartbeat> heartbeat_;
  std::optional<WallTime> last_probe_, last_success_;
  MonoTime told_at_{};  ///< of the last news
  std::shared_ptr<const LastProbe> last_;
  std::shared_ptr<const LastError> last_error_;
  std::shared_ptr<const IcmpCounters> icmp_;
  std::shared_ptr<const LatencyHistogram> canary_;
  const Moment created_;
};

}  // namespace picket::health
