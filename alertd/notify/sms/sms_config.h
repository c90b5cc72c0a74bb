// `sms_configs:` of a receiver: Twilio, Vonage, AWS SNS or any HTTP gateway.
#pragma once

#include <string>
#include <vector>

#include "alertd/notify/message_templates.h"
#include "base/deliver/sms_provider.h"

namespace picket::alertd {

struct SmsConfig {
  std::string content_key;  ///< of the list entry that this was read from (content_key.h)
  SmsProviderConfig provider;
  bool send_resolved = true;
  std::vector<std::string> to;
  TemplateText text{R"({{ template "picket.sms" . }})", {}};
  int max_segments = 3;
};
void read_yaml(MapReader& r, SmsConfig& c);

}  // namespace picket::alertd
