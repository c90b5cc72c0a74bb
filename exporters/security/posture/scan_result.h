// What a finished scan says of a target: the source of the families security_tls_*, security_http_header_*,
// security_cookie_noncompliant and security_posture_*, of the page and of the events. Immutable once made.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/net/tls.h"
#include "base/time/clock.h"
#include "exporters/security/posture/check.h"
#include "exporters/security/posture/tls_hello.h"

namespace picket::security {

struct HeaderVerdict {
  std::string_view header;  ///< "strict-transport-security": of a fixed set
  bool present = false;
  std::optional<bool> compliant;  ///< nothing: it is not known, or the header means nothing here
};

/// Cookies that miss an attribute.
struct CookieCounts {
  unsigned secure = 0, http_only = 0, same_site = 0;
};

struct ScanResult {
  WallTime finished{};
  std::vector<CheckResult> checks;  ///< every one of checks(), in its order
  std::optional<double> score;      ///< 0 to 1; nothing when no check is known

  std::vector<std::pair<TlsProtocol, bool>> protocols;  ///< accepted or not; without those that are not known
  /// Weak suites that are accepted, by IANA's names; nothing when that is not known.
  std::optional<std::vector<std::string_view>> weak_ciphers;
  std::vector<CertificateFacts> certificates;  ///< as served, leaf first
  std::optional<bool> trusted;                 ///< the chain verifies, whatever name it is for
  std::vector<HeaderVerdict> headers;          ///< empty when the page did not answer
  std::optional<CookieCounts> cookies;         ///< nothing when the page did not answer

  const CheckResult* find(std::string_view id) const;  ///< null when there is no such check
  /// Checks that failed, of that severity.
  unsigned findings(Severity severity) const;
};

}  // namespace picket::security
