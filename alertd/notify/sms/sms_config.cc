#include "alertd/notify/sms/sms_config.h"

namespace picket::alertd {
namespace {

void require_secret(MapReader& r, std::string_view key, Secret& out) {
  r.read_secret(key, out);
  if (out.empty()) r.problem("", fmt::format("{} or {}_file is required", key, key));
}

void read_provider_keys(MapReader& r, SmsConfig& c) {
  switch (c.provider) {
    case SmsProvider::Twilio:
      r.require("account_sid", c.twilio.account_sid);
      require_secret(r, "auth_token", c.twilio.auth_token);
      r.read("api_url", c.twilio.api_url);
      return;
    case SmsProvider::Vonage:
      r.require("api_key", c.vonage.api_key);
      require_secret(r, "api_secret", c.vonage.api_secret);
      r.read("api_url", c.vonage.api_url);
      return;
    case SmsProvider::Sns:
      r.read("region", c.sns.region);
      r.require("access_key_id", c.sns.access_key_id);
      require_secret(r, "secret_access_key", c.sns.secret_access_key);
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

void read_yaml(MapReader& r, SmsConfig& c) {
  constexpr int kMostSegments = 10;
  r.read_enum("provider", c.provider,
              {{"twilio", SmsProvider::Twilio},
               {"vonage", SmsProvider::Vonage},
               {"sns", SmsProvider::Sns},
               {"http", SmsProvider::Http}});
  r.read("send_resolved", c.send_resolved);
  r.require("to", c.to);
  if (r.has("to") && c.to.empty()) r.problem("to", "must name at least one number");
  for (const std::string& number : c.to) {
    const Result<void> fine = check_phone_number(number);
    if (!fine) r.problem("to", fine.error().message);
  }
  r.read("from", c.from);
  if (c.from.empty() && c.provider != SmsProvider::Sns) r.problem("", "from is required");
  r.read("text", c.text);
  if (r.read("max_segments", c.max_segments) && (c.max_segments < 1 || c.max_segments > kMostSegments)) {
    r.problem("max_segments", "must be from 1 to 10");
  }
  read_provider_keys(r, c);
}

}  // namespace picket::alertd
