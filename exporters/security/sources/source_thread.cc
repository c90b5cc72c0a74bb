#include "exporters/security/sources/source_thread.h"

#include <algorithm>

#include "base/exec/task_failures.h"
#include "exporters/security/tail/tail_wait.h"

namespace picket::security {

class SourceThread::Work {
 public:
  Work(std::string name, const SourceParts& parts, std::unique_ptr<SourceReader> reader)
      : task_("source " + std::move(name)), parts_(parts), reader_(std::move(reader)) {}

  void run(const std::stop_token& stop);
  void wake() { wait_.wake(); }
  /// Whether run() has ended.
  bool wait_for_end(Duration most) EXCLUDES(mutex_);
  void store();
  SourceReader& reader() { return *reader_; }

 private:
  void work_once(const std::stop_token& stop);
  Duration time_to_wait() const;
  void note_due();

  const std::string task_;
  const SourceParts& parts_;
  std::unique_ptr<SourceReader> reader_;
  TailWait wait_;
  MonoTime checkpoint_due_{}, publish_due_{};

  Mutex mutex_;
  ConditionVariable ended_;
  bool has_ended_ GUARDED_BY(mutex_) = false;
};

void SourceThread::Work::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const bool went_well = TaskFailures::of_process().run(task_, [&] { work_once(stop); });
    if (!went_well) wait_.wait(kCheckpointInterval);
  }
  TaskFailures::of_process().run(task_, [this] { reader_->publish(); });
  const MutexLock lock(mutex_);
  has_ended_ = true;
  ended_.notify_all();
}

bool SourceThread::Work::wait_for_end(Duration most) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, most,
                         [this]() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) { return has_ended_; });
}

void SourceThread::Work::store() {
  TaskFailures::of_process().run(task_, [this] {
    reader_->checkpoint_at_end();
    reader_->publish();
  });
}

void SourceThread::Work::work_once(const std::stop_token& stop) {
  const bool more = reader_->step();
  if (stop.stop_requested()) return;
  note_due();
  if (more) return;
  wait_.watch(reader_->watched());
  reader_->set_polling(wait_.polling());
  if (wait_.wait(time_to_wait()) == TailWait::Why::Folders) reader_->rescan();
}

Duration SourceThread::Work::time_to_wait() const {
  if (reader_->is_settled()) return kQuietInterval;
  return std::max(Duration{}, std::min(checkpoint_due_, publish_due_) - parts_.clock.mono());
}

void SourceThread::Work::note_due() {
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

SourceThread::SourceThread(const SourceConfig& config, const SourceParts& parts,
                           std::unique_ptr<SourceReader> reader)
    : config_(config), parts_(parts), work_(std::make_shared<Work>(config.name, parts, std::move(reader))) {
  thread_ = std::jthread([work = work_](const std::stop_token& stop) { work->run(stop); });
}

void SourceThread::ask_to_end() {
  if (!asked_at_) asked_at_ = parts_.clock.mono();
  thread_.request_stop();
  work_->wake();
}

bool SourceThread::end() {
  if (!thread_.joinable()) return !is_left_;
  ask_to_end();
  const Duration asked_for = parts_.clock.mono() - *asked_at_;
  is_left_ = !work_->wait_for_end(std::max(Duration{}, kEndPatience - asked_for));
  if (is_left_) {
    work_->reader().leave();
    thread_.detach();
  } else {
    thread_.join();
  }
  return !is_left_;
}

void SourceThread::store() {
  if (!is_left_) work_->store();
}

HandedOver SourceThread::hand_over() {
  return work_->reader().hand_over();
}

SourceStatusPtr SourceThread::status() const {
  return work_->reader().status();
}

}  // namespace picket::security
