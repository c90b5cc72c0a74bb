// An SMS provider as configuration names it: `provider`, `from`, and the keys of that provider. Read by
// alertd and by authd.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/config/reader.h"
#include "base/deliver/sms.h"

namespace picket {

enum class SmsProvider { Twilio, Vonage, Sns, Http };

struct SmsProviderConfig {
  SmsProvider provider = SmsProvider::Twilio;
  std::string from;                ///< number or name of the sender; may be "" for SNS
  TwilioConfig twilio;             // account_sid, auth_token, api_url
  VonageConfig vonage;             // api_key, api_secret, api_url
  SnsConfig sns;                   // region, access_key_id, secret_access_key, api_url
  HttpGatewayConfig gateway;       // url, content_type, body
  std::optional<HttpConfig> http;  ///< how any of them is connected to: http_config
};
/// A key of another provider is a problem. Read it last: what is missing is reported for the whole map.
void read_sms_provider(MapReader& r, SmsProviderConfig& c);

/// `client` and `clock` must outlive it.
std::unique_ptr<SmsSender> make_sms_sender(const SmsProviderConfig& config, HttpClient& client,
                                           const Clock& clock);

}  // namespace picket
