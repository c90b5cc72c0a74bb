// The work on one source: lines of its files -> records -> signals, and the checkpoint of all of it. Driven by its
// owner (SourceThread), on one thread at a time but status().
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "base/detect/rule_set.h"
#include "base/exec/mutex.h"
#include "base/files/files.h"
#include "base/log/logger.h"
#include "exporters/security/formats/line_parser.h"
#include "exporters/security/signals/signals.h"
#include "exporters/security/sources/source_config.h"
#include "exporters/security/sources/source_status.h"
#include "exporters/security/sources/state_file.h"

namespace picket::security {

/// How records are judged, the same for every source.
struct Analysis {
  SignalsConfig signals;
  Detector detector;
  RuleSetVersion rules{};  ///< of the detector
};

/// What every source is given. All of it outlives them.
struct SourceParts {
  Files& files;
  const Clock& clock;
  Logger& log;
  std::string folder;                                      ///< where states are kept
  std::function<void(std::vector<SecurityEvent>)> events;  ///< safe from any thread; waits for nothing
  std::function<std::size_t()> events_waiting{};  ///< how many a crash would lose; safe from any thread
};

/// What a reader knew at its end, for the one that goes on with its source: also what could not be stored.
struct HandedOver {
  Checkpoint state{};
  bool caught_up = false;
  std::optional<WallTime> checkpoint_at{};
  std::uint64_t checkpoint_failures = 0;
  std::string checkpoint_problem{};
  bool is_stored = false;  ///< all of it
};

class SourceReader {
 public:
  static constexpr Bytes kBudget{1 << 20};  ///< of one step
  static constexpr Duration kEventsPatience = std::chrono::seconds(30);

  /// Goes on from what was handed over, or takes up the stored state. A stored one that cannot be used is set
  /// aside, and said so. `parser` is of the source's format: making it is what can fail.
  static std::unique_ptr<SourceReader> open(const SourceConfig& config, const SourceParts& parts,
                                            const Analysis& analysis, std::unique_ptr<LineParser> parser,
                                            std::optional<HandedOver> before);
  ~SourceReader();

  /// Reads at most about kBudget; false when nothing waits. The first one makes durable where reading begins.
  bool step();
  /// Makes what was read durable, when there is something new. A failure shows in the status.
  void checkpoint();
  /// The same, but not while events wait for their store: after a crash their lines are read again. No longer
  /// than kEventsPatience: a store may be gone for days. While there is none at all it is written at once: without any
  /// nobody knows of files that are rotated away.
  void checkpoint_behind_events();
  /// After the last step(). Without patience: lines whose events wait are read again, by the next start.
  void checkpoint_at_end();
  /// After the last step().
  HandedOver hand_over();
  /// While a step() hangs: whenever it ends, nothing comes of it. Safe from any thread.
  void leave() { is_left_ = true; }
  /// How long after it the next one may be written: a large state less often.
  Duration checkpoint_pause() const { return state_file_.pause(); }
  /// Renews what status() answers.
  void publish();
  /// Whether all that was read is durable and shown.
  bool is_settled() const { return !is_unstored_ && !is_unshown_; }
  void rescan() { tail_.rescan(); }
  TailWatched watched() const { return tail_.watched(); }
  void set_polling(std::string why) { polling_ = std::move(why); }

  /// Never null. Safe from any thread.
  SourceStatusPtr status() const EXCLUDES(mutex_);

 private:
  class Lines;
  struct Begin;
  SourceReader(const SourceConfig& config, const SourceParts& parts, const Analysis& analysis, Begin begin);
  void take_up(HandedOver& before);
  Checkpoint state();
  void begin();
  bool has_waiting_events() const;
  bool waits_for_events();
  void note_unsaved(const Error& error);
  void tell_of_problem(const std::string& problem);
  void tell_of_break(std::int64_t row);
  SourceCounts counts() const;

  const SourceConfig config_;
  const SourceParts& parts_;
  StateFile state_file_;
  FileTail tail_;
  std::unique_ptr<LineParser> parser_;
  Signals signals_;
  const SourceCounts before_;  ///< of the runs before
  SourceCounts now_;           ///< of this run; its `tail` is tail_.stats()
  std::vector<SecurityEvent> events_;
  bool has_begun_ = false;
  bool has_state_ = false;  ///< a file says where to begin after a crash
  bool caught_up_ = false;
  bool is_unstored_ = true, is_unshown_ = true;
  TailStats last_stats_;
  std::string polling_, told_problem_;
  std::optional<WallTime> checkpoint_at_;
  std::uint64_t checkpoint_failures_ = 0;
  std::string checkpoint_problem_;
  std::optional<MonoTime> events_wait_since_;
  MonoTime next_break_told_{};
  std::atomic<bool> is_left_{false};

  mutable Mutex mutex_;
  SourceStatusPtr status_ GUARDED_BY(mutex_);
};

}  // namespace picket::security
