#include "authd/login/post.h"

#include <algorithm>

#include "base/deliver/retry.h"

namespace picket::authd {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kWaitingMax = 512;
constexpr std::size_t kKeyBytes = 16;
constexpr RetryPolicy kRetries{};

}  // namespace

Post::Post(PostSetup setup, PostParts parts)
    : parts_(parts),
      codes_(parts.registry.counter("authd_otp_sent_total",
                                    "Codes to be sent, by channel and what came of it (sent, failed, capped, "
                                    "dropped).")),
      notices_(
          parts.registry.counter("authd_notices_sent_total",
                                 "Mails with links and news, by what came of it (sent, failed, dropped).")),
      retries_(parts.registry.counter("authd_message_retries_total",
                                      "Mails and short messages that will be tried again, by channel.")),
      waiting_(parts.registry
                   .gauge("authd_messages_waiting", "Mails and short messages that wait for another try.")
                   .Add({})),
      setup_(std::make_shared<const PostSetup>(std::move(setup))),
      queue_(parts.scheduler, parts.clock, kWaitingMax,
             [this](Message message) { send(std::move(message)); }),
      pool_("authd-post", {.threads = kThreads, .queue = kWaitingMax}) {
  for (const OtpChannel channel : {OtpChannel::Sms, OtpChannel::Email}) {
    for (const char* result : {"sent", "failed", "capped", "dropped"})
      codes_.Add({{"channel", std::string(to_string(channel))}, {"result", result}});
    retries_.Add({{"channel", std::string(to_string(channel))}});
  }
  for (const char* result : {"sent", "failed", "dropped"}) notices_.Add({{"result", result}});
}

/// The queue hands on to the pool, which ends before it.
Post::~Post() {
  queue_.stop();
  for (const Message& message : queue_.take_all()) give_up(message, {}, "authd ends");
}

void Post::reload(PostSetup setup) {
  auto next = std::make_shared<const PostSetup>(std::move(setup));
  const MutexLock lock(mutex_);
  setup_.swap(next);
}

std::shared_ptr<const PostSetup> Post::setup() const {
  const MutexLock lock(mutex_);
  return setup_;
}

void Post::send_code(OtpChannel channel, Letter letter, Duration good_for) {
  send({.channel = channel,
        .is_code = true,
        .letter = std::move(letter),
        .ends = Deadline::after(parts_.clock, good_for),
        .key = parts_.random.hex(kKeyBytes)});
}

void Post::note_capped(OtpChannel channel) {
  count_code(channel, "capped");
}

void Post::notify(Letter letter, Duration good_for) {
  if (!can_email() || letter.to.empty()) return;
  send({.letter = std::move(letter), .ends = Deadline::after(parts_.clock, good_for)});
}

void Post::send(Message message) {
  waiting_.Set(static_cast<double>(queue_.size()));
  const auto shared = std::make_shared<Message>(std::move(message));
  if (submit([this, shared] { carry(std::move(*shared)); })) return;
  count(*shared, "dropped");
  parts_.log.warn("message dropped, too many wait", {{"channel", to_string(shared->channel)}});
}

void Post::carry(Message message) {
  ++message.attempts;
  const DeliveryResult result = deliver(message);
  switch (result.outcome) {
    case DeliveryOutcome::Delivered:
      return count(message, "sent");
    case DeliveryOutcome::Permanent:
      return give_up(message, result, "refused");
    case DeliveryOutcome::Retry:
      break;
  }
  try_again_later(std::move(message), result);
}

void Post::try_again_later(Message message, const DeliveryResult& result) {
  constexpr std::uint64_t kSteps = 1000;
  const double unit = static_cast<double>(parts_.random.below(kSteps)) / static_cast<double>(kSteps);
  const Duration wait = retry_wait(kRetries, message.attempts, result.retry_after, unit);
  if (is_ending()) return give_up(message, result, "authd ends");
  if (wait >= message.ends.remaining(parts_.clock)) return give_up(message, result, "worthless by then");
  const Message kept = message;
  if (!queue_.add(std::move(message), parts_.clock.mono() + wait))
    return give_up(kept, result, "too many wait");
  retries_.Add({{"channel", std::string(to_string(kept.channel))}}).Increment();
  waiting_.Set(static_cast<double>(queue_.size()));
  parts_.log.warn("message not delivered, trying again", {{"channel", to_string(kept.channel)},
                                                          {"attempt", kept.attempts},
                                                          {"wait", format_duration(wait)},
                                                          {"code", result.code},
                                                          {"detail", result.detail}});
}

void Post::give_up(const Message& message, const DeliveryResult& result, std::string_view why) {
  count(message, "failed");
  parts_.log.error("message given up", {{"channel", to_string(message.channel)},
                                        {"what", message.is_code ? "code" : "notice"},
                                        {"why", why},
                                        {"attempts", message.attempts},
                                        {"code", result.code},
                                        {"detail", result.detail}});
}

bool Post::later(std::function<Result<void>()> work) {
  const bool taken = submit([this, work = std::move(work)] {
    const auto done = work();
    if (done) return;
    count_notice("failed");
    parts_.log.warn("mail not made", {{"error", done.error()}});
  });
  if (!taken) count_notice("dropped");
  return taken;
}

bool Post::submit(std::function<void()> work) {
  {
    const MutexLock lock(mutex_);
    ++pending_;
  }
  const bool taken = pool_.submit([this, work = std::move(work)] {
    work();
    finished();
  });
  if (!taken) finished();
  return taken;
}

void Post::finished() {
  const MutexLock lock(mutex_);
  --pending_;
  idle_.notify_all();
}

void Post::wait_until_idle() PICKET_THREAD_ANNOTATION(no_thread_safety_analysis) {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return pending_ == 0; });
}

void Post::hurry(Duration patience) {
  {
    const MutexLock lock(mutex_);
    end_ = Deadline::after(parts_.clock, patience);
    ending_ = true;
  }
  for (Message& message : queue_.take_all()) send(std::move(message));
}

bool Post::is_ending() const {
  const MutexLock lock(mutex_);
  return ending_;
}

/// Of the time that a message may take, what its own end and the daemon's leave.
Duration Post::allowed(Duration timeout, const Message& message) const {
  const MutexLock lock(mutex_);
  return std::min({timeout, end_.remaining(parts_.clock), message.ends.remaining(parts_.clock)});
}

DeliveryResult Post::deliver(const Message& message) {
  const auto setup = this->setup();
  const bool by_email = message.channel == OtpChannel::Email;
  DeliveryResult none;
  none.outcome = DeliveryOutcome::Permanent;
  if (!(by_email ? setup->can_email() : setup->can_sms())) {
    none.detail = "nothing is set up to send it with";
    return none;
  }
  if (allowed(std::chrono::seconds(1), message) <= Duration::zero()) {
    none.detail = "there is no time left to send it";
    return none;
  }
  return by_email ? email(*setup, message) : sms(*setup, message);
}

DeliveryResult Post::email(const PostSetup& setup, const Message& message) {
  EmailMessage mail;
  mail.from = setup.from;
  mail.to = {message.letter.to};
  mail.subject = message.letter.subject;
  mail.text = message.letter.text;
  mail.headers.set("Auto-Submitted", "auto-generated");  // RFC 3834 5
  return setup.email->send(mail, allowed(setup.email_timeout, message));
}

DeliveryResult Post::sms(const PostSetup& setup, const Message& message) {
  return setup.sms->send({.from = setup.sms_from,
                          .to = message.letter.to,
                          .text = message.letter.text,
                          .idempotency_key = message.key},
                         allowed(setup.sms_timeout, message));
}

void Post::count(const Message& message, std::string_view result) {
  if (message.is_code) {
    count_code(message.channel, result);
  } else {
    count_notice(result);
  }
}

void Post::count_code(OtpChannel channel, std::string_view result) {
  codes_.Add({{"channel", std::string(to_string(channel))}, {"result", std::string(result)}}).Increment();
}

void Post::count_notice(std::string_view result) {
  notices_.Add({{"result", std::string(result)}}).Increment();
}

}  // namespace picket::authd
