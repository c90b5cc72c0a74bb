// One Set-Cookie field, and what is wrong with it. Pure; any bytes may come in. Source: RFC 6265, RFC 6265bis
// (SameSite, name prefixes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket::security {

struct Cookie {
  enum class SameSite : std::uint8_t { Missing, Invalid, None, Lax, Strict };
  std::string name;  ///< as sent
  bool secure = false;
  bool http_only = false;
  bool has_domain = false;
  bool removed = false;  ///< the field takes the cookie away: Max-Age of 0, or Expires in 1970
  SameSite same_site = SameSite::Missing;
  std::string path;  ///< "" without one

  /// A name prefix (in any case of letters) promises what the attributes do not keep.
  bool breaks_prefix() const;
  /// The double-submit pattern needs it to be read by scripts.
  bool is_csrf_token() const;
};

/// Nothing for a field that browsers ignore (no name). The value is not kept.
std::optional<Cookie> parse_set_cookie(std::string_view field);

}  // namespace picket::security
