// The cookies of authd: names, and how a browser is given or relieved of a session.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authd/browser/cookies.h"
#include "authd/browser/same_origin.h"
#include "authd/login/login.h"

namespace picket::authd {

inline constexpr std::string_view kDeviceTokenPrefix = "pdv_";

struct BrowserConfig {
  /// Scheme, host and port that our pages are reached at; the request's own Host is never trusted for it.
  std::vector<std::string> origins{};
  CookieStyle cookies{};
};

/// Nothing when it is absent or there twice.
std::optional<std::string> session_cookie_in(const Request& request, const BrowserConfig& config);
std::optional<std::string> device_cookie_in(const Request& request, const BrowserConfig& config);
/// Of devices known for the lockout: DeviceMarks.
std::optional<std::string> mark_cookie_in(const Request& request, const BrowserConfig& config);
/// Adds Set-Cookie for the mark of the device, where there is one.
void give_mark(const LoggedIn& login, const BrowserConfig& config, Headers& headers);
/// Adds Set-Cookie for the session, for the mark, and for the device when it is to be remembered.
void give_cookies(const LoggedIn& login, WallTime now, const BrowserConfig& config, Headers& headers);
/// The session's cookie is gone; the device stays known.
void take_session_cookie(const BrowserConfig& config, Headers& headers);

}  // namespace picket::authd
