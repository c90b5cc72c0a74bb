// Sends mails and short messages on threads of its own, so that nobody waits for a mail server and no answer
// tells by its time whether something was sent. Bounded: what finds no place is dropped and counted. Used by
// everything of the login that writes to people. Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "authd/otp/one_time_code.h"
#include "base/deliver/email.h"
#include "base/deliver/sms.h"
#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"

namespace picket::authd {

/// What there is to send with, and as whom. Swapped whole at reload.
struct PostSetup {
  std::shared_ptr<EmailSender> email{};  ///< null: no mail
  std::shared_ptr<SmsSender> sms{};      ///< null: no SMS
  std::string from{};                    ///< "Picket <auth@example.org>"
  std::string sms_from{};                ///< a number, or a name
  std::string service = "Picket";        ///< in subjects and texts
  Duration email_timeout = std::chrono::seconds(20);
  Duration sms_timeout = std::chrono::seconds(20);

  bool can_email() const { return email != nullptr && !from.empty(); }
  bool can_sms() const { return sms != nullptr && !sms_from.empty(); }
};

struct Letter {
  std::string to, subject, text;
};

class Post {
 public:
  Post(PostSetup setup, const Clock& clock, MetricRegistry& registry, Logger& log);
  ~Post() = default;
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  /// What is under way is sent as before; what waits is sent anew.
  void reload(PostSetup setup) EXCLUDES(mutex_);
  bool can_email() const EXCLUDES(mutex_) { return setup()->can_email(); }
  bool can_sms() const EXCLUDES(mutex_) { return setup()->can_sms(); }
  std::string service() const EXCLUDES(mutex_) { return setup()->service; }

  void send_code(OtpChannel channel, Letter letter);  ///< of an SMS only `to` and `text`
  void note_capped(OtpChannel channel);               ///< a code that was not sent, by a cap
  void notify(Letter letter);
  /// Runs it beside the caller; it may send more, and its failure counts as one to send. False when there is
  /// no place.
  bool later(std::function<Result<void>()> work);
  /// Until nothing waits and nothing is under way. Not from what later() runs.
  void wait_until_idle() EXCLUDES(mutex_);
  /// Before the end: no message is begun after `patience`, so that a mail server that hangs does not hold the
  /// daemon. What is not sent counts as failed.
  void hurry(Duration patience) EXCLUDES(mutex_);

 private:
  std::shared_ptr<const PostSetup> setup() const EXCLUDES(mutex_);
  Duration allowed(Duration timeout) const EXCLUDES(mutex_);
  bool submit(std::function<void()> work) EXCLUDES(mutex_);
  void finished() EXCLUDES(mutex_);
  bool deliver(OtpChannel channel, const Letter& letter);
  bool email(const Letter& letter);
  bool sms(const Letter& letter);
  void count_code(OtpChannel channel, std::string_view result);
  void count_notice(std::string_view result);

  const Clock& clock_;
  Logger& log_;
  prometheus::Family<prometheus::Counter>& codes_;
  prometheus::Family<prometheus::Counter>& notices_;
  mutable Mutex mutex_;
  std::shared_ptr<const PostSetup> setup_ GUARDED_BY(mutex_);
  Deadline end_ GUARDED_BY(mutex_){};  ///< of all that is sent
  ConditionVariable idle_;
  std::size_t pending_ GUARDED_BY(mutex_) = 0;  ///< waiting or under way
  WorkerPool pool_;                             ///< last, so that it ends first
};

}  // namespace picket::authd
