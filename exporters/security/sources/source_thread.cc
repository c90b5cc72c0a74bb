#include "exporters/security/sources/source_thread.h"

#include <algorithm>

#include "base/exec/task_failures.h"

namespace picket::security {

SourceThread::SourceThread(SourceConfig config, const SourceParts& parts,
                           std::unique_ptr<SourceReader> reader)
    : config_(std::move(config)), parts_(parts), reader_(std::move(reader)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void SourceThread::end() {
  thread_.request_stop();
  wait_.wake();
  if (thread_.joinable()) thread_.join();
}

void SourceThread::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool went_well = TaskFailures::of_process().run("source " + config_.name, [this] { work_once(); });
    if (!went_well) wait_.wait(kCheckpointInterval);
  }
  TaskFailures::of_process().run("source " + config_.name, [this] { reader_->publish(); });
}

void SourceThread::store() {
  TaskFailures::of_process().run("source " + config_.name, [this] {
    reader_->checkpoint_at_end();
    reader_->publish();
  });
}

void SourceThread::work_once() {
  const bool more = reader_->step();
  note_due();
  if (more) return;
  wait_.watch(reader_->watched());
  reader_->set_polling(wait_.polling());
  if (wait_.wait(time_to_wait()) == TailWait::Why::Folders) reader_->rescan();
}

Duration SourceThread::time_to_wait() const {
  if (reader_->is_settled()) return kQuietInterval;
  return std::max(Duration{}, std::min(checkpoint_due_, publish_due_) - parts_.clock.mono());
}

void SourceThread::note_due() {
  const MonoTime now = parts_.clock.mono();
  if (now >= checkpoint_due_) {
    reader_->checkpoint_behind_events();
    // Full tables make a state of megabytes: making it takes a tenth of the time at most, and disks wear out.
    const Duration took = parts_.clock.mono() - now;
    const Duration pause = std::max<Duration>(kCheckpointShare * took, reader_->checkpoint_pause());
    checkpoint_due_ = now + std::clamp(pause, kCheckpointInterval, kCheckpointIntervalMax);
  }
  if (now >= publish_due_) {
    reader_->publish();
    publish_due_ = now + kPublishInterval;
  }
}

}  // namespace picket::security
