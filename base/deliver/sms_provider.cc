#include "base/deliver/sms_provider.h"

namespace picket {
namespace {

void require_key(MapReader& r, std::string_view key, Secret& out) {
  r.read_secret(key, out);
  if (out.empty()) r.problem("", fmt::format("{} or {}_file is required", key, key));
}

void read_url(MapReader& r, std::string_view key, std::string& out) {
  if (r.read(key, out)) check_url(r, key, out);
}

void read_keys(MapReader& r, SmsProviderConfig& c) {
  switch (c.provider) {
    case SmsProvider::Twilio:
      r.require("account_sid", c.twilio.account_sid);
      require_key(r, "auth_token", c.twilio.auth_token);
      read_url(r, "api_url", c.twilio.api_url);
      return;
    case SmsProvider::Vonage:
      r.require("api_key", c.vonage.api_key);
      require_key(r, "api_secret", c.vonage.api_secret);
      read_url(r, "api_url", c.vonage.api_url);
      return;
    case SmsProvider::Sns:
      r.read("region", c.sns.region);
      r.require("access_key_id", c.sns.access_key_id);
      require_key(r, "secret_access_key", c.sns.secret_access_key);
      read_url(r, "api_url", c.sns.api_url);
      return;
    case SmsProvider::Http:
      if (!r.has("url")) r.problem("url", "is required");
      read_url(r, "url", c.gateway.url);
      r.read("content_type", c.gateway.content_type);
      r.read("body", c.gateway.body);
      if (const Result<void> fits = check_gateway_body(c.gateway); !fits)
        r.problem("body", fits.error().message);
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
  r.read("http_config", c.http);
  read_keys(r, c);
}

std::unique_ptr<SmsSender> make_sms_sender(const SmsProviderConfig& config, HttpClient& client,
                                           const Clock& clock) {
  const auto with_http = [&](auto provider) {
    if (config.http) provider.http = *config.http;
    return provider;
  };
  switch (config.provider) {
    case SmsProvider::Twilio:
      return make_twilio_sender(with_http(config.twilio), client, clock);
    case SmsProvider::Vonage:
      return make_vonage_sender(with_http(config.vonage), client, clock);
    case SmsProvider::Sns:
      return make_sns_sender(with_http(config.sns), client, clock);
    case SmsProvider::Http:
      return make_http_gateway_sender(with_http(config.gateway), client, clock);
  }
  return nullptr;
}

}  // namespace picket
