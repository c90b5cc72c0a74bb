#include "exporters/security/posture/cookie.h"

#include "base/text/strings.h"

namespace picket::security {

namespace {

Cookie::SameSite same_site_of(std::string_view value) {
  if (iequals(value, "none")) return Cookie::SameSite::None;
  if (iequals(value, "lax")) return Cookie::SameSite::Lax;
  if (iequals(value, "strict")) return Cookie::SameSite::Strict;
  return Cookie::SameSite::Invalid;
}

bool is_in_1970(std::string_view date) {
  return date.find(" 1970 ") != std::string_view::npos || date.find("-1970 ") != std::string_view::npos;
}

void read_attribute(std::string_view name, std::string_view value, Cookie& cookie) {
  if (iequals(name, "secure")) cookie.secure = true;
  if (iequals(name, "httponly")) cookie.http_only = true;
  if (iequals(name, "domain")) cookie.has_domain = !value.empty();
  if (iequals(name, "path")) cookie.path = std::string(value);
  if (iequals(name, "samesite")) cookie.same_site = same_site_of(value);
  if (iequals(name, "max-age")) cookie.removed = value == "0" || value.starts_with('-');
  if (iequals(name, "expires") && is_in_1970(value)) cookie.removed = true;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return iequals(name.substr(0, prefix.size()), prefix);
}

}  // namespace

bool Cookie::breaks_prefix() const {
  if (has_prefix(name, "__Host-")) return !secure || has_domain || path != "/";
  return has_prefix(name, "__Secure-") && !secure;
}

bool Cookie::is_csrf_token() const {
  const std::string lower = to_lower(name);
  return lower.find("csrf") != std::string::npos || lower.find("xsrf") != std::string::npos;
}

std::optional<Cookie> parse_set_cookie(std::string_view field) {
  Cookie cookie;
  bool first = true;
  for (const std::string_view part : split(field, ';')) {
    const std::size_t equals = part.find('=');
    const std::string_view name = trim(part.substr(0, equals));
    const std::string_view value = equals == std::string_view::npos ? "" : trim(part.substr(equals + 1));
    if (!first) {
      read_attribute(name, value, cookie);
      continue;
    }
    if (equals == std::string_view::npos || name.empty()) return std::nullopt;
    cookie.name = std::string(name);
    first = false;
  }
  return cookie;
}

}  // namespace picket::security
