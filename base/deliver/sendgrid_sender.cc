// SendGrid v3 POST /v3/mail/send.
#include <algorithm>
#include "base/deliver/email.h"
#include "base/deliver/http_delivery.h"
#include "base/deliver/mailbox.h"
#include "base/deliver/mime.h"
#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

using nlohmann::json;

json mailbox_json(const std::string& text) {
  const auto mailbox = parse_mailbox(text);
  json out{{"email", mailbox ? mailbox->address : text}};
  if (mailbox && !mailbox->name.empty()) out["name"] = mailbox->name;
  return out;
}

json mailboxes_json(const std::vector<std::string>& addresses) {
  json out = json::array();
  for (const std::string& address : addresses) out.push_back(mailbox_json(address));
  return out;
}

json headers_json(const EmailMessage& message) {
  json out{{"Auto-Submitted", "auto-generated"}};
  for (const auto& [name, value] : message.headers) out[name] = value;
  if (!message.message_id.empty()) out["Message-ID"] = "<" + message.message_id + ">";
  if (!message.references.empty()) {
    out["References"] = "<" + message.references + ">";
    out["In-Reply-To"] = "<" + message.references + ">";
  }
  return out;
}

std::string payload(const EmailMessage& message) {
  json to{{"to", mailboxes_json(message.to)}};
  if (!message.cc.empty()) to["cc"] = mailboxes_json(message.cc);
  json content = json::array();
  if (!message.text.empty())
    content.push_back({{"type", "text/plain"}, {"value", repair_utf8(message.text)}});
  if (!message.html.empty()) content.push_back({{"type", "text/html"}, {"value", repair_utf8(message.html)}});
  return to_json(json{{"personalizations", json::array({to})},
                      {"from", mailbox_json(message.from)},
                      {"subject", one_line(message.subject)},
                      {"headers", headers_json(message)},
                      {"content", content}});
}

// {"errors": [{"message": "...", "field": "..."}]}
std::string first_error(const std::string& body) {
  const auto parsed = parse_json(body);
  if (!parsed || !parsed->is_object() || !parsed->contains("errors") || !parsed->at("errors").is_array())
    return "";
  for (const json& error : parsed->at("errors")) {
    if (error.is_object() && error.contains("message") && error["message"].is_string())
      return error["message"];
  }
  return "";
}

class SendGridSender final : public EmailSender {
 public:
  SendGridSender(SendGridConfig config, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {}

  DeliveryResult send(const EmailMessage& message, Duration timeout) override {
    const auto checked = check_email(message);
    DeliveryResult refused;
    refused.outcome = DeliveryOutcome::Permanent;
    if (!checked) refused.detail = checked.error().message;
    if (checked && message.to.empty()) refused.detail = "to: SendGrid needs a recipient beside cc";
    if (!refused.detail.empty()) return refused;

    OutboundRequest request;
    request.method = Method::Post;
    request.url = join_url(config_.api_url, "/v3/mail/send");
    request.headers = {{"Content-Type", "application/json"}};
    request.body = payload(message);
    request.config.authorization = config_.api_key;
    request.config.follow_redirects = false;
    request.timeout = timeout;
    request.max_response = 64_KiB;
    request.truncate_response = true;
    HttpDelivery delivery = deliver_over_http(client_, request, clock_);
    if (!delivery.answered) return delivery.result;
    delivery.result.provider_id = delivery.response.headers.get("X-Message-Id");
    const std::string error = first_error(delivery.response.body);
    if (!error.empty()) delivery.result.detail = fmt::format("HTTP {}: {}", delivery.result.code, error);
    if (delivery.result.code == 429 && !delivery.result.retry_after)
      delivery.result.retry_after = until_reset(delivery);
    return delivery.result;
  }

 private:
  // X-RateLimit-Reset is a moment in Unix seconds.
  std::optional<Duration> until_reset(const HttpDelivery& delivery) const {
    const auto reset = parse_int(delivery.response.headers.get("X-RateLimit-Reset"));
    if (!reset || *reset <= 0) return std::nullopt;
    constexpr std::int64_t kLatest = 9'000'000'000;  // the year 2255: what is later is as far away
    constexpr Duration kMax = std::chrono::hours(1);
    const Duration wait = from_unix_millis(std::min(*reset, kLatest) * 1000) - clock_.wall();
    return std::clamp(wait, Duration::zero(), kMax);
  }

  const SendGridConfig config_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<EmailSender> make_sendgrid_sender(SendGridConfig config, HttpClient& client,
                                                  const Clock& clock) {
  return std::make_unique<SendGridSender>(std::move(config), client, clock);
}

}  // namespace picket
