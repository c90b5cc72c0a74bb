// How the lines of a source are written: the part of a source's configuration that is about its format.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/config/reader.h"
#include "base/net/ip_address.h"

namespace picket::security {

enum class FormatType : std::uint8_t {
  Nginx,       ///< nginx's access log, any log_format
  Apache,      ///< Apache's access log, any LogFormat
  NginxError,  ///< nginx's error log
  Json,        ///< one JSON object a line: nginx, Caddy, Traefik, ECS
  Auth,        ///< sshd, PAM and sudo, as syslog writes them to auth.log
  AuthdAudit,  ///< authd's audit file
  AuthdLog     ///< authd's own log, logfmt or JSON
};
std::string_view to_string(FormatType type);  ///< "nginx", "apache", ...: the words of the key `type`

struct FormatConfig {
  FormatType type = FormatType::Nginx;
  /// nginx: combined, or a log_format with $variables. Apache: combined, common, combinedio, vhost_combined, or a
  /// LogFormat with %directives. Of no use to other types.
  std::string log_format = "combined";
  /// Where the client's address is. "": $remote_addr, %h (or %a), and the usual members of JSON.
  std::string client_field{};
  /// Peers that are believed what they say of the client in `client_field`, and in forwarded addresses.
  std::vector<Cidr> trusted_proxies{};
  /// Further texts to look at for attacks: name -> $variable, %directive or member path ("headers.Cookie[0]").
  std::map<std::string, std::string> fields{};
  /// JSON: where things are, instead of the usual places: time, method, target, host, status, ... -> member path.
  std::map<std::string, std::string> members{};
  /// authd's audit: of one of several authd on one database, whose other rows are in the files of the others.
  bool replica = false;
  /// Of times without one: syslog's, and those of nginx's error log. An IANA name, or the machine's own.
  std::string time_zone = "Local";

  bool operator==(const FormatConfig&) const = default;
};

/// The keys type, log_format, client_field, trusted_proxies, fields, members, replica and time_zone of a source's map; other keys are
/// left to the caller. Reports a format that cannot be compiled.
void read_yaml(MapReader& r, FormatConfig& x);

}  // namespace picket::security
