#include "base/deliver/sms_delivery.h"

#include "base/json/json.h"

namespace picket {

std::optional<DeliveryResult> refuse_sms(const SmsMessage& message) {
  DeliveryResult refused;
  refused.outcome = DeliveryOutcome::Permanent;
  const auto number = check_phone_number(message.to);
  if (!number) refused.detail = "to: " + number.error().message;
  if (message.text.empty()) refused.detail = "text: is empty";
  if (refused.detail.empty()) return std::nullopt;
  return refused;
}

OutboundRequest form_post(std::string url, std::string form, const HttpConfig& http, Duration timeout) {
  OutboundRequest request;
  request.method = Method::Post;
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  request.body = std::move(form);
  request.config = http;
  request.config.basic_auth.reset();
  request.config.authorization = Secret();
  request.config.follow_redirects = false;
  request.timeout = timeout;
  request.max_response = 64_KiB;
  request.truncate_response = true;
  return request;
}

std::string json_text(std::string_view json, std::string_view key) {
  const auto parsed = parse_json(json);
  if (!parsed || !parsed->is_object()) return "";
  const auto found = parsed->find(key);
  if (found == parsed->end()) return "";
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() ? to_json(*found) : "";
}

}  // namespace picket
