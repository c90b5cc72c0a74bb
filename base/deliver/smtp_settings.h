// A mail server as configuration names it, with Alertmanager's keys: smarthost, auth_username, auth_password,
// require_tls, ... Read by alertd (with the prefix smtp_ in its global part) and by authd.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/deliver/email.h"

namespace picket {

struct SmtpSettings {
  std::string smarthost;  ///< host:port
  std::string from, hello, auth_username;
  Secret auth_password, auth_secret;
  std::optional<bool> require_tls;  ///< default true; port 465 is TLS from the start
  std::optional<TlsConfig> tls;

  /// Own values, with those of `defaults` where there are none.
  SmtpSettings over(const SmtpSettings& defaults) const;
};

/// Every key but `from`, each with `prefix` before it.
void read_smtp_server(MapReader& r, SmtpSettings& c, std::string_view prefix = "");
/// InvalidInput for a smarthost that is not host:port.
Result<SmtpConfig> to_smtp_config(const SmtpSettings& settings);

}  // namespace picket
