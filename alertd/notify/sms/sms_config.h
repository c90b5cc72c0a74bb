// `sms_configs:` of a receiver: Twilio, Vonage, AWS SNS or any HTTP gateway.
#pragma once

#include <string>
#include <vector>

#include "alertd/notify/message_templates.h"
#include "base/deliver/sms.h"

namespace picket::alertd {

enum class SmsProvider { Twilio, Vonage, Sns, Http };

struct SmsConfig {
  SmsProvider provider = SmsProvider::Twilio;
  bool send_resolved = true;
  std::vector<std::string> to;
  std::string from;
  TemplateText text{R"({{ template "picket.sms" . }})", {}};
  int max_segments = 3;
  TwilioConfig twilio;        // account_sid, auth_token, api_url
  VonageConfig vonage;        // api_key, api_secret, api_url
  SnsConfig sns;              // region, access_key_id, secret_access_key, api_url
  HttpGatewayConfig gateway;  // url, content_type, body, http_config
};
/// The keys depend on `provider`; a key of another provider is a problem.
void read_yaml(MapReader& r, SmsConfig& c);

}  // namespace picket::alertd
