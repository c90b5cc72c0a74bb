// Messages that could not be delivered and wait for another try: bounded, in memory, looked through once a
// second. For Post. Safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "authd/otp/one_time_code.h"
#include "base/exec/mutex.h"
#include "base/time/scheduler.h"

namespace picket::authd {

struct Letter {
  std::string to, subject, text;
};

struct Message {
  OtpChannel channel = OtpChannel::Email;
  bool is_code = false;  ///< else a link or news
  Letter letter{};
  Deadline ends{};    ///< worthless afterwards
  std::string key{};  ///< for providers that recognise a repetition by it
  int attempts = 0;
};

class RetryQueue {
 public:
  /// `again` is given each message that is due; it hands it on and returns at once.
  RetryQueue(Scheduler& scheduler, const Clock& clock, std::size_t capacity,
             std::function<void(Message)> again);
  ~RetryQueue() { stop(); }
  RetryQueue(const RetryQueue&) = delete;
  RetryQueue& operator=(const RetryQueue&) = delete;

  /// `again` does not run any more when it returns, and nothing is added any more.
  void stop() EXCLUDES(mutex_);
  /// False when it is full or was stopped.
  bool add(Message message, MonoTime due) EXCLUDES(mutex_);
  /// All that wait, whether they are due or not; they wait no more.
  std::vector<Message> take_all() EXCLUDES(mutex_);
  std::size_t size() const EXCLUDES(mutex_);

 private:
  struct Gate;  ///< shut before the queue goes: the timer may be running still
  void run_due() EXCLUDES(mutex_);

  Scheduler& scheduler_;
  const Clock& clock_;
  const std::size_t capacity_;
  const std::function<void(Message)> again_;
  mutable Mutex mutex_;
  std::multimap<MonoTime, Message> waiting_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<Gate> gate_;
  TimerId timer_{};
};

}  // namespace picket::authd
