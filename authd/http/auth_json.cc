#include "authd/http/auth_json.h"

#include <nlohmann/json.hpp>

#include "authd/rbac/user_view.h"
#include "base/json/json.h"
#include "base/time/timestamp.h"

namespace picket::authd {
namespace {

using nlohmann::json;

std::int64_t whole_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

json time_or_null(WallTime time) {
  return time == WallTime{} ? json(nullptr) : json(format_rfc3339(time));
}

json session_object(const Session& session, const std::string& current_id) {
  return {{"id", session.id},
          {"user_id", session.user_id},
          {"created_at", time_or_null(session.created_at)},
          {"last_seen_at", time_or_null(session.last_seen_at)},
          {"expires_at", time_or_null(std::min(session.idle_expires_at, session.absolute_expires_at))},
          {"ip", session.ip},
          {"user_agent", session.user_agent},
          {"methods", session.amr},
          {"current", session.id == current_id}};
}

/// What a login lacks to be whole; "" when nothing.
std::string_view lacks(const LoggedIn& login) {
  if (login.grant.user.must_change_password) return "password_change_required";
  return login.must_enrol ? "enrolment_required" : "";
}

json permissions_object(const Identity& identity) {
  json own = json::array();
  json all = json::array();
  for (const Permission& permission : permissions()) {
    if (!scopes_allow(identity.scopes, permission.name, "")) continue;
    const Reach reach = reach_of(identity.role, permission.name);
    if (reach == Reach::All) all.push_back(permission.name);
    if (reach == Reach::Own) own.push_back(permission.name);
  }
  return {{"own", own}, {"all", all}};
}

}  // namespace

json grant_object(const LoggedIn& login) {
  json object = {{"access_token", login.grant.access_token.reveal()},
                 {"token_type", "Bearer"},
                 {"expires_in", whole_seconds(login.grant.access_lifetime)},
                 {"refresh_token", login.grant.refresh_token.reveal()}};
  if (const std::string_view lacking = lacks(login); !lacking.empty()) object["status"] = lacking;
  const Secret& device = login.device_token.reveal().empty() ? login.device_mark : login.device_token;
  if (!device.reveal().empty()) object["device_token"] = device.reveal();
  return object;
}

std::string grant_json(const LoggedIn& login) {
  return to_json(grant_object(login));
}

json cookie_grant_object(const LoggedIn& login) {
  const std::string_view lacking = lacks(login);
  return {{"status", lacking.empty() ? "ok" : lacking}, {"csrf_token", login.grant.csrf.reveal()}};
}

std::string cookie_grant_json(const LoggedIn& login) {
  return to_json(cookie_grant_object(login));
}

std::string challenge_json(const SecondFactorRequired& required, WallTime now) {
  json object = {{"status", "second_factor_required"},
                 {"challenge", required.challenge.reveal()},
                 {"methods", required.methods},
                 {"expires_in", whole_seconds(required.expires_at - now)},
                 {"remember_for", whole_seconds(required.remember_for)}};
  if (!required.code_sent.empty()) object["code_sent"] = required.code_sent;
  return to_json(object);
}

std::string sessions_json(const std::vector<Session>& sessions, const std::string& current_id) {
  json list = json::array();
  for (const Session& session : sessions) list.push_back(session_object(session, current_id));
  return to_json(json{{"sessions", list}});
}

std::string devices_json(const std::vector<Device>& devices) {
  json list = json::array();
  for (const Device& device : devices) {
    list.push_back({{"id", device.id},
                    {"name", device.name},
                    {"ip", device.ip},
                    {"created_at", time_or_null(device.created_at)},
                    {"last_seen_at", time_or_null(device.last_seen_at)},
                    {"expires_at", time_or_null(device.expires_at)}});
  }
  return to_json(json{{"devices", list}});
}

std::string me_json(const Identity& identity, const User& user, const SecondFactors& factors,
                    const std::string& csrf) {
  json object = {{"id", user.id},
                 {"username", user.username},
                 {"email", user.email},
                 {"email_verified", user.email_verified},
                 {"role", to_string(user.role)},
                 {"status", to_string(user.status)},
                 {"phone", user.phone},
                 {"must_change_password", user.must_change_password},
                 {"last_login_at", time_or_null(user.last_login_at)},
                 {"second_factors",
                  {{"totp", factors.has_totp()}, {"email", factors.email_otp}, {"sms", factors.sms_otp}}},
                 {"session_id", identity.session_id},
                 {"methods", identity.methods},
                 {"scopes", identity.scopes},
                 {"permissions", permissions_object(identity)}};
  if (!csrf.empty()) object["csrf_token"] = csrf;
  return to_json(object);
}

std::string factors_json(const SecondFactors& factors, std::size_t backup_codes_left) {
  return to_json(json{{"totp", factors.has_totp()},
                      {"email", factors.email_otp},
                      {"sms", factors.sms_otp},
                      {"backup_codes_left", backup_codes_left}});
}

}  // namespace picket::authd
