// Every source of the configuration, each with a reader and a thread. Safe from any thread; apply() and stop() one
// at a time.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exporters/security/sources/source_thread.h"

namespace picket::security {

class Sources {
 public:
  /// How long a scrape may have to wait for what was read before a restart.
  static constexpr Duration kHoldMax = std::chrono::seconds(10);

  explicit Sources(SourceParts parts) : parts_(std::move(parts)) {}

  /// A source that is as it was goes on undisturbed, also when `analysis` is the one of before; the others end
  /// and go on from what they knew; till then they are shown as they were. InvalidInput when a format
  /// cannot be parsed: nothing has changed then.
  Result<void> apply(const std::vector<SourceConfig>& configs, std::shared_ptr<const Analysis> analysis)
      EXCLUDES(mutex_);
  /// Ends reading, also when a reader hangs. What was counted is still shown.
  void stop() EXCLUDES(mutex_);
  /// After stop(), and after the events of what was read had their last chance: makes positions and counters durable,
  /// unless events wait still. Those are of lines that the next start reads again.
  void store() EXCLUDES(mutex_);

  SourcesView view() const EXCLUDES(mutex_);
  std::vector<SourceStatusPtr> status() const { return view().sources; }
  /// Why counters would stand lower than before a restart; "" when they do not, and after kHoldMax.
  std::string hold() const EXCLUDES(mutex_);

 private:
  using Threads = std::vector<std::shared_ptr<SourceThread>>;
  /// A source that is not configured any more.
  struct Left {
    SignalCounters counters{};
    std::optional<HandedOver> unstored{};  ///< for its return
  };
  using AllLeft = std::map<std::string, Left>;
  Left end(SourceThread& thread) const;
  void tell_of_hanging(const SourceThread& thread) const;
  Threads threads() const EXCLUDES(mutex_);
  AllLeft begin_to_apply(const std::vector<SourceConfig>& configs) EXCLUDES(mutex_);

  const SourceParts parts_;
  std::shared_ptr<const Analysis> analysis_;  ///< of the sources that run
  mutable Mutex mutex_;
  Threads threads_ GUARDED_BY(mutex_);
  AllLeft left_ GUARDED_BY(mutex_);
  RuleSetVersion rules_ GUARDED_BY(mutex_);  ///< those of analysis_
  std::optional<MonoTime> started_ GUARDED_BY(mutex_);
  std::set<std::string> of_start_ GUARDED_BY(mutex_);  ///< names: no scrape has seen more of the others
};

}  // namespace picket::security
