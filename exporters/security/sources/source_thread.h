// A source with a thread of its own, so that a file that hangs (a dead network mount) holds up no other source.
// Safe from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "exporters/security/sources/source_reader.h"
#include "exporters/security/tail/tail_wait.h"

namespace picket::security {

class SourceThread {
 public:
  static constexpr Duration kCheckpointInterval = std::chrono::seconds(1);
  static constexpr Duration kCheckpointIntervalMax = std::chrono::seconds(5);
  static constexpr int kCheckpointShare = 10;  ///< a checkpoint takes one part of so many
  static constexpr Duration kPublishInterval = std::chrono::milliseconds(500);
  /// Windows move on and rotated files end also when nobody writes.
  static constexpr Duration kQuietInterval = std::chrono::seconds(2);

  /// `parts` outlives it.
  SourceThread(SourceConfig config, const SourceParts& parts, std::unique_ptr<SourceReader> reader);
  ~SourceThread() { end(); }
  SourceThread(const SourceThread&) = delete;
  SourceThread& operator=(const SourceThread&) = delete;

  /// Ends reading and joins; status() stays as it is then. Idempotent.
  void end();
  /// After end(): makes what was read durable, but not before its events are.
  void store();
  /// After end().
  HandedOver hand_over() { return reader_->hand_over(); }

  const SourceConfig& config() const { return config_; }
  SourceStatusPtr status() const { return reader_->status(); }

 private:
  void work(const std::stop_token& stop);
  void work_once();
  Duration time_to_wait() const;
  void note_due();

  const SourceConfig config_;
  const SourceParts& parts_;
  std::unique_ptr<SourceReader> reader_;
  TailWait wait_;
  MonoTime checkpoint_due_{}, publish_due_{};
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace picket::security
