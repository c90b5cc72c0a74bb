// A source with a thread of its own, so that a file that hangs (a dead network mount) holds up no other source,
// and neither a reload nor the end. Safe from any thread, but end() and what comes after it.
#pragma once

#include <memory>
#include <thread>

#include "exporters/security/sources/source_reader.h"

namespace picket::security {

class SourceThread {
 public:
  static constexpr Duration kCheckpointInterval = std::chrono::seconds(1);
  static constexpr Duration kCheckpointIntervalMax = std::chrono::seconds(5);
  static constexpr int kCheckpointShare = 10;  ///< a checkpoint takes one part of so many
  static constexpr Duration kPublishInterval = std::chrono::milliseconds(500);
  /// Windows move on and rotated files end also when nobody writes.
  static constexpr Duration kQuietInterval = std::chrono::seconds(2);
  /// More than a step and a checkpoint of full tables take on a slow disk.
  static constexpr Duration kEndPatience = std::chrono::seconds(10);

  /// `parts` outlives it.
  SourceThread(const SourceConfig& config, const SourceParts& parts, std::unique_ptr<SourceReader> reader);
  ~SourceThread() { end(); }
  SourceThread(const SourceThread&) = delete;
  SourceThread& operator=(const SourceThread&) = delete;

  /// Asks for the end, and does not wait for it.
  void ask_to_end();
  /// Ends reading and joins; status() stays as it is then. False when the reader hangs for kEndPatience since the end
  /// was asked for: its thread is left behind, and says and stores nothing more. Idempotent.
  bool end();
  /// After end(): makes what was read durable, but not before its events are.
  void store();
  /// After an end() that was true.
  HandedOver hand_over();

  const SourceConfig& config() const { return config_; }
  SourceStatusPtr status() const;

 private:
  class Work;

  const SourceConfig config_;
  const SourceParts& parts_;
  const std::shared_ptr<Work> work_;  ///< a thread that is left behind keeps it
  std::optional<MonoTime> asked_at_;
  bool is_left_ = false;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace picket::security
