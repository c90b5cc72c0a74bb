#include "alertd/notify/email/email_config.h"

#include <algorithm>

#include "base/net/ip_address.h"
#include "base/text/strings.h"

namespace picket::alertd {
namespace {

const std::string& or_else(const std::string& own, const std::string& other) {
  return own.empty() ? other : own;
}
const Secret& or_else(const Secret& own, const Secret& other) {
  return own.empty() ? other : own;
}

void read_recipients(MapReader& r, EmailConfig& c) {
  std::string to;
  if (!r.require("to", to)) return;
  for (const std::string_view address : split(to, ',')) {
    if (!trim(address).empty()) c.to.emplace_back(trim(address));
  }
  EmailMessage sample;
  sample.from = "picket@localhost.invalid";
  sample.to = c.to;
  sample.subject = sample.text = "x";
  const Result<void> fine = check_email(sample);
  if (!fine) r.problem("to", fine.error().message);
}

void read_smtp(MapReader& r, SmtpSettings& c) {
  if (r.read("smarthost", c.smarthost)) {
    const Result<HostPort> endpoint = HostPort::parse(c.smarthost);
    if (!endpoint) r.problem("smarthost", endpoint.error().message);
  }
  r.read("from", c.from);
  r.read("hello", c.hello);
  r.read("auth_username", c.auth_username);
  r.read_secret("auth_password", c.auth_password);
  r.read_secret("auth_secret", c.auth_secret);
  r.ignore("auth_identity");
  r.read("require_tls", c.require_tls);
  r.read("tls_config", c.tls);
}

// At load, so that no mail is refused for a header when it matters.
void check_headers(MapReader& r, const EmailConfig& c) {
  EmailMessage sample;
  sample.from = "picket@localhost.invalid";
  sample.to = {sample.from};
  sample.text = "x";
  for (const auto& [name, value] : c.headers) sample.headers.add(name, "x");
  const Result<void> fine = check_email(sample);
  if (!fine) r.problem("headers", fine.error().message);
}

}  // namespace

SmtpSettings SmtpSettings::over(const SmtpSettings& defaults) const {
  SmtpSettings merged;
  merged.smarthost = or_else(smarthost, defaults.smarthost);
  merged.from = or_else(from, defaults.from);
  merged.hello = or_else(hello, defaults.hello);
  merged.auth_username = or_else(auth_username, defaults.auth_username);
  merged.auth_password = or_else(auth_password, defaults.auth_password);
  merged.auth_secret = or_else(auth_secret, defaults.auth_secret);
  merged.require_tls = require_tls ? require_tls : defaults.require_tls;
  merged.tls = tls ? tls : defaults.tls;
  return merged;
}

Result<SmtpConfig> to_smtp_config(const SmtpSettings& settings) {
  constexpr std::uint16_t kImplicitTlsPort = 465;
  const Result<HostPort> endpoint = HostPort::parse(settings.smarthost);
  if (!endpoint) return fail(endpoint, "smarthost");
  SmtpConfig config;
  config.host = endpoint->host;
  config.port = endpoint->port;
  const bool tls = settings.require_tls.value_or(true);
  config.security = tls ? SmtpSecurity::StartTls : SmtpSecurity::None;
  if (tls && endpoint->port == kImplicitTlsPort) config.security = SmtpSecurity::ImplicitTls;
  if (!settings.hello.empty()) config.hello = settings.hello;
  config.username = settings.auth_username;
  config.password = settings.auth_password;
  config.cram_md5_secret = settings.auth_secret;
  if (settings.tls) config.tls = *settings.tls;
  return config;
}

void read_yaml(MapReader& r, EmailConfig& c) {
  r.read("send_resolved", c.send_resolved);
  read_recipients(r, c);
  read_smtp(r, c.smtp);
  r.read("subject", c.subject);
  r.read("html", c.html);
  r.read("text", c.text);
  if (!r.read("headers", c.headers)) return;
  const auto subject =
      std::ranges::find_if(c.headers, [](const auto& h) { return iequals(h.first, "Subject"); });
  if (subject != c.headers.end()) {
    c.subject = {subject->second, r.at("headers")->node().position};
    c.headers.erase(subject);
  }
  check_headers(r, c);
}

}  // namespace picket::alertd
