// Vonage's SMS API: the HTTP status is always 200, each part of the message has a status of its own.
#include "base/deliver/sms_delivery.h"

#include "base/json/json.h"

namespace picket {
namespace {

using nlohmann::json;

struct Part {
  std::string id, status, error;
};

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<Part> parts_of(const std::string& body) {
  const auto parsed = parse_json(body);
  std::vector<Part> parts;
  if (!parsed || !parsed->is_object() || !parsed->contains("messages") || !parsed->at("messages").is_array())
    return parts;
  for (const json& message : parsed->at("messages")) {
    if (!message.is_object()) continue;
    parts.push_back(
        {text_of(message, "message-id"), text_of(message, "status"), text_of(message, "error-text")});
  }
  return parts;
}

// 1 throttled, 5 internal error, 10 too many open connections; the rest is about the request or the account.
bool is_passing(const std::string& status) {
  return status == "1" || status == "5" || status == "10";
}

void judge(DeliveryResult& result, const std::vector<Part>& parts) {
  std::size_t accepted = 0;
  const Part* refused = nullptr;
  for (const Part& part : parts) {
    if (part.status == "0") {
      ++accepted;
      if (result.provider_id.empty()) result.provider_id = part.id;
    } else if (refused == nullptr || is_passing(part.status)) {
      refused = &part;
    }
  }
  if (parts.empty()) {
    result.outcome = DeliveryOutcome::Retry;
    result.maybe_delivered = true;
    return;
  }
  if (refused == nullptr) {
    result.detail = fmt::format("accepted in {} part{}", parts.size(), parts.size() == 1 ? "" : "s");
    return;
  }
  result.detail = fmt::format("Vonage status {}: {}", refused->status, refused->error);
  // Parts that were accepted are not sent again.
  if (accepted > 0) {
    result.detail = fmt::format("{} of {} parts accepted; {}", accepted, parts.size(), result.detail);
    return;
  }
  result.outcome = is_passing(refused->status) ? DeliveryOutcome::Retry : DeliveryOutcome::Permanent;
}

class VonageSender final : public SmsSender {
 public:
  VonageSender(VonageConfig config, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {}

  DeliveryResult send(const SmsMessage& message, Duration timeout) override {
    if (auto refused = refuse_sms(message)) return *refused;
    const auto without_plus = [](const std::string& number) {
      return number.starts_with('+') ? number.substr(1) : number;
    };
    std::vector<std::pair<std::string, std::string>> form{{"api_key", config_.api_key},
                                                          {"api_secret", config_.api_secret.reveal()},
                                                          {"from", without_plus(message.from)},
                                                          {"to", without_plus(message.to)},
                                                          {"text", message.text}};
    if (count_segments(message.text).encoding == SmsEncoding::Ucs2) form.emplace_back("type", "unicode");
    constexpr std::size_t kReferenceMax = 100;
    if (!message.idempotency_key.empty()) {
      form.emplace_back("client-ref", message.idempotency_key.substr(0, kReferenceMax));
    }
    const OutboundRequest request =
        form_post(join_url(config_.api_url, "/sms/json"), form_encode(form), config_.http, timeout);
    HttpDelivery delivery = deliver_over_http(client_, request, clock_);
    const bool judged_by_body = delivery.result.outcome == DeliveryOutcome::Delivered;
    if (judged_by_body) judge(delivery.result, parts_of(delivery.response.body));
    return delivery.result;
  }

 private:
  const VonageConfig config_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<SmsSender> make_vonage_sender(VonageConfig config, HttpClient& client, const Clock& clock) {
  return std::make_unique<VonageSender>(std::move(config), client, clock);
}

}  // namespace picket
