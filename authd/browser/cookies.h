// Cookies as the browser sends them (RFC 6265 5.4, read strictly) and as we set them: `__Host-`, Secure,
// HttpOnly, SameSite. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/http/message.h"
#include "base/text/duration.h"

namespace picket::authd {

enum class CookieFault : std::uint8_t {
  Absent,
  Twice,   ///< two of the name: another subdomain or path may have planted one (cookie tossing)
  TooMany  ///< more than 64 cookies or 16 KiB: nothing of it is read
};
std::string_view to_string(CookieFault fault);

/// The value of one of our cookies. Quotes around a value belong to it.
tl::expected<std::string, CookieFault> read_cookie(const Headers& headers, std::string_view name);

enum class SameSite : std::uint8_t { Lax, Strict };

/// How this daemon sets cookies. By default nothing but __Host- and Secure.
struct CookieStyle {
  SameSite same_site = SameSite::Lax;
  /// For http://127.0.0.1 in development alone: no Secure, and so no __Host- in front of names.
  bool insecure_development = false;

  /// "__Host-session" of "session".
  std::string name_of(std::string_view name) const;
};

struct CookieOptions {
  std::optional<Duration> max_age;  ///< whole seconds; nothing: until the browser is closed
  bool http_only = true;            ///< false only for what scripts must read, such as a CSRF token
};

/// The text of a Set-Cookie field for style.name_of(name). `name` and `value` must be cookie characters
/// (RFC 6265 4.1.1: no blank, comma, semicolon, quote, backslash, control): check().
std::string set_cookie(const CookieStyle& style, std::string_view name, std::string_view value,
                       const CookieOptions& options);
/// The one that makes the browser forget it.
std::string clear_cookie(const CookieStyle& style, std::string_view name);

}  // namespace picket::authd
