#include "base/deliver/sms_provider.h"

namespace picket {
namespace {

void require_key(MapReader& r, std::string_view key, Secret& out) {
  r.read_secret(key, out);
  if (out.empty()) r.problem("", fmt::format("{} or {}_file is required", key, key));
}

void read_keys(MapReader& r, SmsProviderConfig& c) {
  switch (c.provider) {
    case SmsProvider::Twilio:
      r.require("account_sid", c.twilio.account_sid);
      require_key(r, "auth_token", c.twilio.auth_token);
      r.read("api_url", c.twilio.api_url);
      return;
    case SmsProvider::Vonage:
      r.require("api_key", c.vonage.api_key);
      require_key(r, "api_secret", c.vonage.api_secret);
      r.read("api_url", c.vonage.api_url);
      return;
    case SmsProvider::Sns:
      r.read("region", c.sns.region);
      r.require("access_key_id", c.sns.access_key_id);
      require_key(r, "secret_access_key", c.sns.secret_access_key);
      r.read("api_url", c.sns.api_url);
      return;
    case SmsProvider::Http:
      r.require("url", c.gateway.url);
      r.read("content_type", c.gateway.content_type);
      r.read("body", c.gateway.body);
      r.read("http_config", c.gateway.http);
      return;
  }
}

}  // namespace

void read_sms_provider(MapReader& r, SmsProviderConfig& c) {
  r.read_enum("provider", c.provider,
              {{"twilio", SmsProvider::Twilio},
               {"vonage", SmsProvider::Vonage},
               {"sns", SmsProvider::Sns},
               {"http", SmsProvider::Http}});
  r.read("from", c.from);
  if (c.from.empty() && c.provider != SmsProvider::Sns) r.problem("", "from is required");
  read_keys(r, c);
}

std::unique_ptr<SmsSender> make_sms_sender(const SmsProviderConfig& config, HttpClient& client,
                                           const Clock& clock) {
  switch (config.provider) {
    case SmsProvider::Twilio:
      return make_twilio_sender(config.twilio, client, clock);
    case SmsProvider::Vonage:
      return make_vonage_sender(config.vonage, client, clock);
    case SmsProvider::Sns:
      return make_sns_sender(config.sns, client, clock);
    case SmsProvider::Http:
      return make_http_gateway_sender(config.gateway, client, clock);
  }
  return nullptr;
}

}  // namespace picket
