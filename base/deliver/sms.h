// Sends one SMS over Twilio, Vonage, AWS SNS or a generic HTTP gateway. Base URLs are settable. Safe from any
// thread; blocks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/deliver/delivery.h"
#include "base/http/client.h"
#include "base/time/clock.h"

namespace picket {

struct SmsMessage {
  std::string from;             ///< number or alphanumeric sender
  std::string to;               ///< E.164: "+14155550100"
  std::string text;             ///< UTF-8
  std::string idempotency_key;  ///< given to providers that know one
};

/// "+" and 8 to 15 digits, the first not 0. InvalidInput otherwise.
Result<void> check_phone_number(std::string_view number);

enum class SmsEncoding { Gsm7, Ucs2 };
struct SmsSegments {
  SmsEncoding encoding = SmsEncoding::Gsm7;
  int units = 0;     ///< septets (escape counts) or UTF-16 units
  int segments = 0;  ///< 160/153 septets, 70/67 units (3GPP TS 23.038, 23.040)
};
SmsSegments count_segments(std::string_view text);
/// Cut at a character so that it fits into `max_segments`, ending in "..." when cut.
std::string fit_segments(std::string_view text, int max_segments);

class SmsSender {
 public:
  virtual ~SmsSender() = default;
  virtual DeliveryResult send(const SmsMessage& message, Duration timeout) = 0;
};

struct TwilioConfig {
  std::string account_sid;
  Secret auth_token;
  std::string api_url = "https://api.twilio.com";
  HttpConfig http = {};  ///< proxy and TLS; the provider has a login of its own
};
struct VonageConfig {
  std::string api_key;
  Secret api_secret;
  std::string api_url = "https://rest.nexmo.com";
  HttpConfig http = {};  ///< proxy and TLS; the provider has a login of its own
};
struct SnsConfig {
  std::string region = "us-east-1";
  std::string access_key_id;
  Secret secret_access_key;
  std::string api_url;   ///< default: https://sns.<region>.amazonaws.com
  HttpConfig http = {};  ///< proxy and TLS; the provider has a login of its own
};
/// POSTs `body` with {from}, {to} and {text} replaced (each a JSON string with its quotes, form-encoded or
/// raw, by the content type).
struct HttpGatewayConfig {
  std::string url;
  std::string content_type = "application/json";
  std::string body = R"({"from": {from}, "to": {to}, "text": {text}})";
  HttpConfig http;
};
/// InvalidInput when `body` is to be JSON and is none once the fields stand in it.
Result<void> check_gateway_body(const HttpGatewayConfig& config);

std::unique_ptr<SmsSender> make_twilio_sender(TwilioConfig config, HttpClient& client, const Clock& clock);
std::unique_ptr<SmsSender> make_vonage_sender(VonageConfig config, HttpClient& client, const Clock& clock);
std::unique_ptr<SmsSender> make_sns_sender(SnsConfig config, HttpClient& client, const Clock& clock);
std::unique_ptr<SmsSender> make_http_gateway_sender(HttpGatewayConfig config, HttpClient& client,
                                                    const Clock& clock);

}  // namespace picket
