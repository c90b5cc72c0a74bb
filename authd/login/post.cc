#include "authd/login/post.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr std::size_t kThreads = 2;
constexpr std::size_t kWaitingMax = 512;

}  // namespace

Post::Post(PostSetup setup, const Clock& clock, MetricRegistry& registry, Logger& log)
    : clock_(clock),
      log_(log),
      codes_(registry.counter("authd_otp_sent_total",
                              "Codes to be sent, by channel and what came of it (sent, failed, capped, "
                              "dropped).")),
      notices_(registry.counter("authd_notices_sent_total",
                                "Mails with links and news, by what came of it (sent, failed, dropped).")),
      setup_(std::make_shared<const PostSetup>(std::move(setup))),
      pool_("authd-post", {.threads = kThreads, .queue = kWaitingMax}) {
  for (const OtpChannel channel : {OtpChannel::Sms, OtpChannel::Email}) {
    for (const char* result : {"sent", "failed", "capped", "dropped"})
      codes_.Add({{"channel", std::string(to_string(channel))}, {"result", result}});
  }
  for (const char* result : {"sent", "failed", "dropped"}) notices_.Add({{"result", result}});
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

void Post::send_code(OtpChannel channel, Letter letter) {
  const bool taken = submit([this, channel, letter = std::move(letter)] {
    count_code(channel, deliver(channel, letter) ? "sent" : "failed");
  });
  if (!taken) count_code(channel, "dropped");
}

void Post::note_capped(OtpChannel channel) {
  count_code(channel, "capped");
}

void Post::notify(Letter letter) {
  if (!can_email() || letter.to.empty()) return;
  const bool taken =
      submit([this, letter = std::move(letter)] { count_notice(email(letter) ? "sent" : "failed"); });
  if (!taken) count_notice("dropped");
}

bool Post::later(std::function<Result<void>()> work) {
  const bool taken = submit([this, work = std::move(work)] {
    const auto done = work();
    if (done) return;
    count_notice("failed");
    log_.warn("mail not made", {{"error", done.error()}});
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
  const MutexLock lock(mutex_);
  end_ = Deadline::after(clock_, patience);
}

/// Of the time that a message may take, what the end leaves.
Duration Post::allowed(Duration timeout) const {
  const MutexLock lock(mutex_);
  return std::min(timeout, end_.remaining(clock_));
}

bool Post::deliver(OtpChannel channel, const Letter& letter) {
  return channel == OtpChannel::Email ? email(letter) : sms(letter);
}

bool Post::email(const Letter& letter) {
  const auto setup = this->setup();
  if (!setup->can_email()) return false;
  const Duration timeout = allowed(setup->email_timeout);
  if (timeout <= Duration(0)) return false;
  EmailMessage message;
  message.from = setup->from;
  message.to = {letter.to};
  message.subject = letter.subject;
  message.text = letter.text;
  message.headers.set("Auto-Submitted", "auto-generated");  // RFC 3834 5
  const DeliveryResult result = setup->email->send(message, timeout);
  if (result.outcome == DeliveryOutcome::Delivered) return true;
  log_.warn("mail not delivered", {{"code", result.code}, {"detail", result.detail}});
  return false;
}

bool Post::sms(const Letter& letter) {
  const auto setup = this->setup();
  if (!setup->can_sms()) return false;
  const Duration timeout = allowed(setup->sms_timeout);
  if (timeout <= Duration(0)) return false;
  const DeliveryResult result = setup->sms->send(
      {.from = setup->sms_from, .to = letter.to, .text = letter.text, .idempotency_key = ""}, timeout);
  if (result.outcome == DeliveryOutcome::Delivered) return true;
  log_.warn("short message not delivered", {{"code", result.code}, {"detail", result.detail}});
  return false;
}

void Post::count_code(OtpChannel channel, std::string_view result) {
  codes_.Add({{"channel", std::string(to_string(channel))}, {"result", std::string(result)}}).Increment();
}

void Post::count_notice(std::string_view result) {
  notices_.Add({{"result", std::string(result)}}).Increment();
}

}  // namespace picket::authd
