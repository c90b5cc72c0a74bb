#include "authd/http/access_refusal.h"

#include <nlohmann/json.hpp>

#include "authd/http/problems.h"
#include "base/json/json.h"
#include "base/text/escape.h"

namespace picket::authd {
namespace {

using nlohmann::json;

Response see_page(const std::string& path) {
  Response response{.status = 303};
  response.headers.set("Location", path);
  return response;
}

/// The page itself; of a form, which cannot be opened again, the account.
std::string way_back(const Request& request) {
  return percent_encode(request.method == Method::Get ? request.target.raw : "/auth/account");
}

Response problem_of_type(std::string_view type, json members) {
  members["type"] = type;
  members["status"] = 403;
  Response response = Response::json(403, to_json(members));
  response.headers.set("Content-Type", "application/problem+json");
  return response;
}

Response wrong_caller(const std::string& detail) {
  return problem_of_type(kWrongCallerType, {{"title", "Forbidden"}, {"detail", detail}});
}

/// The challenge is RFC 9470's, which asks for 401; but the token is good for everything else.
Response ask_for_proof(const Visit& visit) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(visit.config->fresh_for).count();
  Response response = problem_of_type(
      kReauthenticateType,
      {{"title", "Reauthentication required"},
       {"detail", "Send the password or a code to /api/v1/auth/reauthenticate, then try again."},
       {"reauthenticate", "/api/v1/auth/reauthenticate"},
       {"max_age", seconds}});
  response.headers.add(
      "WWW-Authenticate",
      fmt::format(R"(Bearer realm="picket", error="insufficient_user_authentication", max_age="{}")",
                  seconds));
  return response;
}

/// Where a browser finds what is missing; "" when there is no such place.
std::string page_for(RouteVerdict verdict, const Request& request) {
  switch (verdict) {
    case RouteVerdict::LogIn:
      return "/auth/login?rd=" + way_back(request);
    case RouteVerdict::SetUpFactor:
      return "/auth/enrol";
    case RouteVerdict::ChangePassword:
      return "/auth/password";
    case RouteVerdict::ProveAgain:
      return "/auth/confirm?rd=" + way_back(request);
    default:
      return "";
  }
}

}  // namespace

bool is_page(const Request& request) {
  return request.target.path.starts_with("/auth/");
}

Response refusal_of(RouteVerdict verdict, const Access& access, const Visit& visit) {
  const std::string page = is_page(visit.request) ? page_for(verdict, visit.request) : "";
  if (!page.empty()) return see_page(page);
  switch (verdict) {
    case RouteVerdict::LogIn:
      return unauthorized();
    case RouteVerdict::SetUpFactor:
      return wrong_caller("Set up a second factor first.");
    case RouteVerdict::ChangePassword:
      return wrong_caller("Change the password first.");
    case RouteVerdict::ProveAgain:
      return ask_for_proof(visit);
    case RouteVerdict::NoPermission:
      return wrong_caller(fmt::format("The role lacks the permission {}.", access.permission));
    case RouteVerdict::NoScope:
      return wrong_caller(fmt::format("The scope {} is missing.", access.permission));
    default:
      return wrong_caller("Only people who are logged in may do this, no API key and no program.");
  }
}

}  // namespace picket::authd
