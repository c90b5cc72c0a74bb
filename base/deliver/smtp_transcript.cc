#include "base/deliver/smtp_transcript.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::size_t kReplyMax = 300;

DeliveryOutcome outcome_of_reply(int code) {
  if (code >= 200 && code < 300) return DeliveryOutcome::Delivered;
  return code >= 500 && code < 600 ? DeliveryOutcome::Permanent : DeliveryOutcome::Retry;
}

std::string printable(std::string_view line) {
  std::string out = repair_utf8(line);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') c = ' ';
  }
  return out;
}

// "250 2.0.0 Ok: queued as 4F3B21" (Postfix), "250 OK id=1rAbcd-000" (Exim).
std::string queue_id(std::string_view reply) {
  for (const std::string_view mark : {"queued as ", "id="}) {
    const std::size_t at = reply.find(mark);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = reply.substr(at + mark.size());
    return std::string(rest.substr(0, rest.find_first_of(" \t,;>")));
  }
  return "";
}

}  // namespace

void SmtpTranscript::command(std::string_view line) {
  const std::string_view trimmed = trim(line);
  const std::string verb = to_upper(trimmed.substr(0, 5));
  if (verb == "QUIT") ended_ = true;
  if (ended_) return;
  if (verb == "AUTH ") authentication_tried_ = true;
  greeted_ = verb == "EHLO ";
  if (greeted_) offers_smtputf8_ = false;
  recipient_.clear();
  last_ = {};
  if (verb == "RCPT ") {
    const std::size_t open = trimmed.find('<');
    const std::size_t close = trimmed.find('>');
    if (open != std::string_view::npos && close > open)
      recipient_ = trimmed.substr(open + 1, close - open - 1);
  }
}

void SmtpTranscript::reply_line(std::string_view line) {
  const std::string_view trimmed = trim(line);
  if (trimmed.empty() || ended_) return;
  constexpr std::size_t kCodeSize = 4;  // "250-"
  if (greeted_ && trimmed.size() > kCodeSize && iequals(trimmed.substr(kCodeSize), "SMTPUTF8"))
    offers_smtputf8_ = true;
  partial_.text += (partial_.text.empty() ? "" : " ") + printable(trimmed);
  partial_.text = truncate(partial_.text, kReplyMax);
  if (trimmed.size() > 3 && trimmed[3] == '-') return;
  partial_.code = static_cast<int>(parse_int(trimmed.substr(0, 3)).value_or(0));
  take_reply();
}

void SmtpTranscript::take_reply() {
  last_ = std::move(partial_);
  partial_ = {};
  if (message_sent_ && message_reply_.code == 0) message_reply_ = last_;
  if (recipient_.empty()) return;
  if (last_.code >= 200 && last_.code < 300) {
    ++accepted_;
  } else {
    refusals_.push_back({recipient_, last_});
  }
}

void SmtpTranscript::message_sent() {
  if (!message_sent_) last_ = {};
  message_sent_ = true;
}

std::string SmtpTranscript::list_refusals() const {
  std::string out;
  for (const Refusal& refusal : refusals_) {
    out += fmt::format("{}<{}>: {}", out.empty() ? "" : "; ", refusal.recipient, refusal.reply.text);
  }
  constexpr std::size_t kListMax = 1000;
  return truncate(out, kListMax);
}

DeliveryResult SmtpTranscript::judge_message() const {
  DeliveryResult result;
  result.code = message_reply_.code;
  result.detail = message_reply_.text;
  result.outcome = outcome_of_reply(result.code);
  if (result.outcome != DeliveryOutcome::Delivered) return result;
  result.provider_id = queue_id(message_reply_.text);
  if (refusals_.empty()) return result;
  result.detail = fmt::format("delivered to {} of {} recipients; refused {}", accepted_,
                              static_cast<std::size_t>(accepted_) + refusals_.size(), list_refusals());
  for (const Refusal& refusal : refusals_) {
    if (outcome_of_reply(refusal.reply.code) == DeliveryOutcome::Retry)
      result.deferred.push_back(refusal.recipient);
  }
  return result;
}

DeliveryResult SmtpTranscript::judge_refusals() const {
  // One that may be accepted later is reason enough to try again.
  const auto passing = std::ranges::find_if(
      refusals_, [](const Refusal& r) { return outcome_of_reply(r.reply.code) == DeliveryOutcome::Retry; });
  const Refusal& decisive = passing == refusals_.end() ? refusals_.front() : *passing;
  DeliveryResult result;
  result.code = decisive.reply.code;
  result.outcome = outcome_of_reply(result.code);
  result.detail = "every recipient was refused: " + list_refusals();
  return result;
}

DeliveryResult SmtpTranscript::judge(std::string_view failure) const {
  if (message_reply_.code != 0) return judge_message();
  DeliveryResult result;
  if (message_sent_) {
    result.maybe_delivered = true;
    result.detail = fmt::format("no answer after the message was sent: {}", failure);
    return result;
  }
  if (accepted_ == 0 && !refusals_.empty()) return judge_refusals();
  if (last_.code >= 400) {
    result.code = last_.code;
    result.outcome = outcome_of_reply(last_.code);
    result.detail = last_.text;
    return result;
  }
  result.detail = failure;
  return result;
}

}  // namespace picket
