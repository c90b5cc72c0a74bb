// Sends mails and short messages on threads of its own, so that nobody waits for a mail server and no answer
// tells by its time whether something was sent. Bounded: what finds no place is dropped and counted. Used by
// everything of the login that writes to people. Safe from any thread.
#pragma once

#include <functional>
#include <string>

#include "authd/otp/one_time_code.h"
#include "base/config/reader.h"
#include "base/deliver/email.h"
#include "base/deliver/sms.h"
#include "base/exec/mutex.h"
#include "base/exec/worker_pool.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"

namespace picket::authd {

struct PostConfig {
  std::string from;                ///< "Picket <auth@example.org>"
  std::string sms_from;            ///< a number, or a name
  std::string service = "Picket";  ///< in subjects and texts
  Duration timeout = std::chrono::seconds(20);
};
/// from, sms_from, service, timeout.
void read_yaml(MapReader& r, PostConfig& c);

struct Letter {
  std::string to, subject, text;
};

/// What there is to send with; null where there is nothing. Must outlive the post.
struct PostSenders {
  EmailSender* email = nullptr;
  SmsSender* sms = nullptr;
};

class Post {
 public:
  Post(PostSenders senders, PostConfig config, MetricRegistry& registry, Logger& log);
  /// What waits is still sent.
  ~Post() = default;
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  bool can_email() const { return senders_.email != nullptr && !config_.from.empty(); }
  bool can_sms() const { return senders_.sms != nullptr && !config_.sms_from.empty(); }
  const std::string& service() const { return config_.service; }

  void send_code(OtpChannel channel, Letter letter);  ///< of an SMS only `to` and `text`
  void note_capped(OtpChannel channel);               ///< a code that was not sent, by a cap
  void notify(Letter letter);
  /// Runs it beside the caller; it may send more, and its failure counts as one to send. False when there is
  /// no place.
  bool later(std::function<Result<void>()> work);
  /// Until nothing waits and nothing is under way. Not from what later() runs.
  void wait_until_idle() EXCLUDES(mutex_);

 private:
  bool submit(std::function<void()> work) EXCLUDES(mutex_);
  void finished() EXCLUDES(mutex_);
  bool deliver(OtpChannel channel, const Letter& letter);
  bool email(const Letter& letter);
  bool sms(const Letter& letter);
  void count_code(OtpChannel channel, std::string_view result);
  void count_notice(std::string_view result);

  const PostSenders senders_;
  const PostConfig config_;
  Logger& log_;
  prometheus::Family<prometheus::Counter>& codes_;
  prometheus::Family<prometheus::Counter>& notices_;
  Mutex mutex_;
  ConditionVariable idle_;
  std::size_t pending_ GUARDED_BY(mutex_) = 0;  ///< waiting or under way
  WorkerPool pool_;                             ///< last, so that it ends first
};

}  // namespace picket::authd
