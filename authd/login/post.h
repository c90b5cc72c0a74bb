// Sends mails and short messages on threads of its own, so that nobody waits for a mail server and no answer
// tells by its time whether something was sent. What could not be delivered for now is tried again until it
// is worthless (base/deliver/retry.h). Bounded: what finds no place is dropped; that, and what is given up,
// is counted and logged. Used by everything of the login that writes to people. Safe from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "authd/login/retry_queue.h"
#include "base/crypto/random.h"
#include "base/deliver/email.h"
#include "base/deliver/sms.h"
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

/// All of it outlives the post.
struct PostParts {
  Scheduler& scheduler;
  const Clock& clock;
  Random& random;
  MetricRegistry& registry;
  Logger& log;
};

class Post {
 public:
  /// News are tried for so long.
  static constexpr Duration kNewsGoodFor = std::chrono::hours(6);

  Post(PostSetup setup, PostParts parts);
  ~Post();
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  /// What is under way is sent as before; what waits is sent anew.
  void reload(PostSetup setup) EXCLUDES(mutex_);
  bool can_email() const EXCLUDES(mutex_) { return setup()->can_email(); }
  bool can_sms() const EXCLUDES(mutex_) { return setup()->can_sms(); }
  std::string service() const EXCLUDES(mutex_) { return setup()->service; }

  /// Of an SMS only `to` and `text`. `good_for`: how long the code is.
  void send_code(OtpChannel channel, Letter letter, Duration good_for);
  void note_capped(OtpChannel channel);  ///< a code that was not sent, by a cap
  /// `good_for`: how long its link is.
  void notify(Letter letter, Duration good_for = kNewsGoodFor);
  /// Runs it beside the caller; it may send more, and its failure counts as one to send. False when there is
  /// no place.
  bool later(std::function<Result<void>()> work);
  /// Until nothing is to be tried at once and nothing is under way. Not from what later() runs.
  void wait_until_idle() EXCLUDES(mutex_);
  /// Before the end: what waits for another try gets its last one now, and no message is begun after
  /// `patience`, so that a mail server that hangs does not hold the daemon. What is not sent counts as
  /// failed.
  void hurry(Duration patience) EXCLUDES(mutex_);

 private:
  std::shared_ptr<const PostSetup> setup() const EXCLUDES(mutex_);
  Duration allowed(Duration timeout, const Message& message) const EXCLUDES(mutex_);
  bool is_ending() const EXCLUDES(mutex_);
  bool submit(std::function<void()> work) EXCLUDES(mutex_);
  void finished() EXCLUDES(mutex_);
  void send(Message message);
  void carry(Message message);
  void try_again_later(Message message, const DeliveryResult& result);
  void give_up(const Message& message, const DeliveryResult& result, std::string_view why);
  DeliveryResult deliver(const Message& message);
  DeliveryResult email(const PostSetup& setup, const Message& message);
  DeliveryResult sms(const PostSetup& setup, const Message& message);
  void count(const Message& message, std::string_view result);
  void count_code(OtpChannel channel, std::string_view result);
  void count_notice(std::string_view result);

  const PostParts parts_;
  prometheus::Family<prometheus::Counter>& codes_;
  prometheus::Family<prometheus::Counter>& notices_;
  prometheus::Family<prometheus::Counter>& retries_;
  prometheus::Gauge& waiting_;
  mutable Mutex mutex_;
  std::shared_ptr<const PostSetup> setup_ GUARDED_BY(mutex_);
  Deadline end_ GUARDED_BY(mutex_){};  ///< of all that is sent
  bool ending_ GUARDED_BY(mutex_) = false;
  ConditionVariable idle_;
  std::size_t pending_ GUARDED_BY(mutex_) = 0;  ///< waiting for a thread, or under way
  RetryQueue queue_;
  WorkerPool pool_;  ///< last, so that it ends first
};

}  // namespace picket::authd
