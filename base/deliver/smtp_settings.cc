#include "base/deliver/smtp_settings.h"

#include "base/net/ip_address.h"

namespace picket {
namespace {

const std::string& or_else(const std::string& own, const std::string& other) {
  return own.empty() ? other : own;
}
const Secret& or_else(const Secret& own, const Secret& other) {
  return own.empty() ? other : own;
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

void read_smtp_server(MapReader& r, SmtpSettings& c, std::string_view prefix) {
  const auto key = [&](std::string_view name) { return fmt::format("{}{}", prefix, name); };
  if (r.read(key("smarthost"), c.smarthost)) {
    const Result<HostPort> endpoint = HostPort::parse(c.smarthost);
    if (!endpoint) r.problem(key("smarthost"), endpoint.error().message);
  }
  r.read(key("hello"), c.hello);
  r.read(key("auth_username"), c.auth_username);
  r.read_secret(key("auth_password"), c.auth_password);
  r.read_secret(key("auth_secret"), c.auth_secret);
  r.ignore(key("auth_identity"));
  r.read(key("require_tls"), c.require_tls);
  r.read(key("tls_config"), c.tls);
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

}  // namespace picket
