// AWS SNS Publish to a phone number (API version 2010-03-31).
#include <algorithm>
#include <array>
#include <tuple>

#include "base/deliver/sigv4.h"
#include "base/deliver/sms_delivery.h"

namespace picket {
namespace {

// Errors that pass although AWS answers them with 400 or 403.
constexpr std::array<std::string_view, 7> kPassingNames{
    "Throttling",     "ThrottlingException",  "Throttled",      "ThrottledException",
    "RequestExpired", "RequestLimitExceeded", "InternalFailure"};

// Text of the first <name> element; the fields that are read have neither children nor attributes.
std::string element(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t start = xml.find(open);
  if (start == std::string_view::npos) return "";
  const std::string_view rest = xml.substr(start + open.size());
  return std::string(rest.substr(0, rest.find('<')));
}

/// Host with port, and path: what is signed.
std::pair<std::string, std::string> host_and_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::string_view rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  return {std::string(rest.substr(0, slash)), slash < rest.size() ? std::string(rest.substr(slash)) : "/"};
}

/// A phone number or a short code, which AWS calls an origination number; letters are a name.
bool is_number(std::string_view from) {
  if (from.starts_with('+')) return true;
  return !from.empty() && std::ranges::all_of(from, [](char c) { return c >= '0' && c <= '9'; });
}

class SnsSender final : public SmsSender {
 public:
  SnsSender(SnsConfig config, HttpClient& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {
    url_ = join_url(config_.api_url.empty() ? fmt::format("https://sns.{}.amazonaws.com", config_.region)
                                            : config_.api_url,
                    "/");
  }

  DeliveryResult send(const SmsMessage& message, Duration timeout) override {
    if (auto refused = refuse_sms(message)) return *refused;
    HttpDelivery delivery = deliver_over_http(client_, signed_request(message, timeout), clock_);
    DeliveryResult& result = delivery.result;
    if (!delivery.answered) return result;
    const std::string& body = delivery.response.body;
    if (result.outcome == DeliveryOutcome::Delivered) {
      result.provider_id = element(body, "MessageId");
      result.detail = "accepted";
      return result;
    }
    const std::string code = element(body, "Code");
    if (!code.empty())
      result.detail = fmt::format("HTTP {}: {}: {}", result.code, code, element(body, "Message"));
    if (std::ranges::find(kPassingNames, code) != kPassingNames.end())
      result.outcome = DeliveryOutcome::Retry;
    return result;
  }

 private:
  OutboundRequest signed_request(const SmsMessage& message, Duration timeout) const {
    OutboundRequest request = form_post(url_, form_encode(fields(message)), config_.http, timeout);
    SigV4Request to_sign;
    to_sign.method = "POST";
    std::tie(to_sign.host, to_sign.path) = host_and_path(url_);
    to_sign.headers = request.headers;
    to_sign.body = request.body;
    const SigV4Scope scope{config_.region, "sns", config_.access_key_id, config_.secret_access_key};
    for (const auto& [name, value] : sign_v4(to_sign, scope, clock_.wall())) request.headers.add(name, value);
    return request;
  }

  static std::vector<std::pair<std::string, std::string>> fields(const SmsMessage& message) {
    std::vector<std::pair<std::string, std::string>> form{{"Action", "Publish"},
                                                          {"Version", "2010-03-31"},
                                                          {"PhoneNumber", message.to},
                                                          {"Message", message.text}};
    int count = 0;
    const auto attribute = [&](const std::string& name, const std::string& value) {
      const std::string prefix = fmt::format("MessageAttributes.entry.{}.", ++count);
      form.emplace_back(prefix + "Name", name);
      form.emplace_back(prefix + "Value.DataType", "String");
      form.emplace_back(prefix + "Value.StringValue", value);
    };
    attribute("AWS.SNS.SMS.SMSType", "Transactional");
    if (is_number(message.from)) {
      attribute("AWS.MM.SMS.OriginationNumber", message.from);
    } else if (!message.from.empty()) {
      attribute("AWS.SNS.SMS.SenderID", message.from);
    }
    return form;
  }

  const SnsConfig config_;
  std::string url_;
  HttpClient& client_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<SmsSender> make_sns_sender(SnsConfig config, HttpClient& client, const Clock& clock) {
  return std::make_unique<SnsSender>(std::move(config), client, clock);
}

}  // namespace picket
