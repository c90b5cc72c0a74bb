// Any gateway that takes a POST: the body is the operator's, with {from}, {to} and {text} put in.
#include <array>

#include "base/deliver/sms_delivery.h"
#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

std::string media_type(std::string_view content_type) {
  return to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

bool is_json(std::string_view type) {
  return type == "application/json" || type.ends_with("+json");
}

std::string escaped(std::string_view content_type, std::string_view value) {
  const std::string type = media_type(content_type);
  if (is_json(type)) return json_quote(value);
  if (type == "application/x-www-form-urlencoded") return percent_encode(value);
  return std::string(value);
}

// In one pass, so that a text with "{to}" in it stays as it is.
std::string fill(std::string_view pattern, const SmsMessage& message, std::string_view content_type) {
  const std::array<std::pair<std::string_view, std::string_view>, 3> fields{
      {{"{from}", message.from}, {"{to}", message.to}, {"{text}", message.text}}};
  std::string out;
  while (!pattern.empty()) {
    std::size_t taken = 1;
    for (const auto& [name, value] : fields) {
      if (!pattern.starts_with(name)) continue;
      out += escaped(content_type, value);
      taken = name.size();
      break;
    }
    if (taken == 1) out += pattern.front();
    pattern.remove_prefix(taken);
  }
  return out;
}

class HttpGatewaySender final : public SmsSender {
 public:
  HttpGatewaySender(HttpGatewayConfig config, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {}

  DeliveryResult send(const SmsMessage& message, Duration timeout) override {
    if (auto refused = refuse_sms(message)) return *refused;
    OutboundRequest request;
    request.method = Method::Post;
    request.url = config_.url;
    request.headers = {{"Content-Type", config_.content_type}};
    // An Internet-Draft's name (httpapi-idempotency-key-header) that many gateways know.
    if (!message.idempotency_key.empty()) request.headers.add("Idempotency-Key", message.idempotency_key);
    request.body = fill(config_.body, message, config_.content_type);
    request.config = config_.http;
    request.config.follow_redirects = false;
    request.timeout = timeout;
    request.max_response = 64_KiB;
    request.truncate_response = true;
    HttpDelivery delivery = deliver_over_http(client_, request, clock_);
    for (const std::string_view key : {"id", "message_id", "sid"}) {
      if (delivery.result.provider_id.empty())
        delivery.result.provider_id = json_text(delivery.response.body, key);
    }
    return delivery.result;
  }

 private:
  const HttpGatewayConfig config_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace

Result<void> check_gateway_body(const HttpGatewayConfig& config) {
  if (!is_json(media_type(config.content_type))) return {};
  SmsMessage sample;
  sample.from = sample.to = "+14155550100";
  sample.text = "text";
  if (parse_json(fill(config.body, sample, config.content_type))) return {};
  return fail(
      ErrorKind::InvalidInput,
      "is not JSON once the fields stand in it; they bring their quotes: {\"to\": {to}, \"text\": {text}}");
}

std::unique_ptr<SmsSender> make_http_gateway_sender(HttpGatewayConfig config, HttpClient& client,
                                                    const Clock& clock) {
  return std::make_unique<HttpGatewaySender>(std::move(config), client, clock);
}

}  // namespace picket
