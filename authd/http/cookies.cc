#include "authd/http/cookies.h"

namespace picket::authd {
namespace {

constexpr std::string_view kSession = "picket_session";
constexpr std::string_view kDevice = "picket_device";
constexpr std::string_view kMark = "picket_known";

std::optional<std::string> cookie_in(const Request& request, const BrowserConfig& config,
                                     std::string_view name) {
  auto value = read_cookie(request.headers, config.cookies.name_of(name));
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

}  // namespace

std::optional<std::string> session_cookie_in(const Request& request, const BrowserConfig& config) {
  return cookie_in(request, config, kSession);
}

std::optional<std::string> device_cookie_in(const Request& request, const BrowserConfig& config) {
  return cookie_in(request, config, kDevice);
}

std::optional<std::string> mark_cookie_in(const Request& request, const BrowserConfig& config) {
  return cookie_in(request, config, kMark);
}

void give_mark(const LoggedIn& login, const BrowserConfig& config, Headers& headers) {
  if (login.device_mark.reveal().empty()) return;
  headers.add("Set-Cookie", set_cookie(config.cookies, kMark, login.device_mark.reveal(),
                                       {.max_age = kDeviceMarkLifetime}));
}

void give_cookies(const LoggedIn& login, WallTime now, const BrowserConfig& config, Headers& headers) {
  const Duration lasts = login.grant.session.absolute_expires_at - now;
  headers.add("Set-Cookie",
              set_cookie(config.cookies, kSession, login.grant.cookie.reveal(), {.max_age = lasts}));
  give_mark(login, config, headers);
  if (login.device_token.reveal().empty()) return;
  headers.add("Set-Cookie", set_cookie(config.cookies, kDevice, login.device_token.reveal(),
                                       {.max_age = login.remembered_for}));
}

void take_session_cookie(const BrowserConfig& config, Headers& headers) {
  headers.add("Set-Cookie", clear_cookie(config.cookies, kSession));
}

}  // namespace picket::authd
