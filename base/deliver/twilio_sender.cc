// Twilio's Messages resource, 2010-04-01.
#include <algorithm>
#include <array>

#include "base/deliver/sms_delivery.h"
#include "base/text/numbers.h"

namespace picket {
namespace {

// Errors that pass although their status is 4xx: too many requests, rate of the sender, queue full.
constexpr std::array<std::int64_t, 5> kPassingCodes{20429, 14107, 21611, 30001, 63018};

/// MG and 32 hexadecimal digits: Twilio picks the number of the messaging service. Other words are names of
/// senders.
bool is_messaging_service(std::string_view from) {
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return from.size() == 34 && from.starts_with("MG") && std::ranges::all_of(from.substr(2), is_hex);
}

class TwilioSender final : public SmsSender {
 public:
  TwilioSender(TwilioConfig config, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {}

  DeliveryResult send(const SmsMessage& message, Duration timeout) override {
    if (auto refused = refuse_sms(message)) return *refused;
    const std::string from = is_messaging_service(message.from) ? "MessagingServiceSid" : "From";
    OutboundRequest request =
        form_post(join_url(config_.api_url, "/2010-04-01/Accounts/" + config_.account_sid + "/Messages.json"),
                  form_encode({{"To", message.to}, {from, message.from}, {"Body", message.text}}),
                  config_.http, timeout);
    request.config.basic_auth = BasicAuth{config_.account_sid, config_.auth_token};
    HttpDelivery delivery = deliver_over_http(client_, request, clock_);
    DeliveryResult& result = delivery.result;
    if (!delivery.answered) return result;
    result.provider_id = json_text(delivery.response.body, "sid");
    if (result.outcome == DeliveryOutcome::Delivered) {
      result.detail = json_text(delivery.response.body, "status");
      return result;
    }
    const std::string code = json_text(delivery.response.body, "code");
    const std::string reason = json_text(delivery.response.body, "message");
    if (!reason.empty())
      result.detail = fmt::format("HTTP {}: {} (Twilio error {})", result.code, reason, code);
    if (std::ranges::find(kPassingCodes, parse_int(code).value_or(0)) != kPassingCodes.end()) {
      result.outcome = DeliveryOutcome::Retry;
      result.retry_after = retry_after(delivery.response.headers, clock_.wall());
    }
    return result;
  }

 private:
  const TwilioConfig config_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<SmsSender> make_twilio_sender(TwilioConfig config, HttpClient& client, const Clock& clock) {
  return std::make_unique<TwilioSender>(std::move(config), client, clock);
}

}  // namespace picket
