#include "authd/http/problems.h"

#include <algorithm>

namespace picket::authd {
namespace {

constexpr std::int64_t kRetryUnknown = 60;  ///< seconds

}  // namespace

Response unauthorized(std::string_view challenge) {
  Response response = Response::problem(401, "Unauthorized", "Log in first.");
  response.headers.add("WWW-Authenticate", std::string(challenge));
  return response;
}

Response login_failed() {
  return Response::problem(401, "Login failed", "The name, the password or the code is not right.");
}

Response forbidden(std::string_view detail) {
  return Response::problem(403, "Forbidden", detail);
}

Response bad_request(std::string_view detail) {
  return Response::problem(400, "Bad request", detail);
}

Response not_found(std::string_view what) {
  return Response::problem(404, "Not found", what);
}

Response busy(std::chrono::seconds retry_after) {
  Response response = Response::problem(503, "Busy", "Too many logins are being checked. Try again.");
  response.headers.add("Retry-After", std::to_string(std::max<long>(1, retry_after.count())));
  return response;
}

void set_retry_after(const Error& error, Headers& headers) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(error.retry_after).count();
  headers.set("Retry-After", std::to_string(seconds > 0 ? seconds : kRetryUnknown));
}

Response problem_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::InvalidInput:
      return bad_request(error.message);
    case ErrorKind::Denied:
      return forbidden(error.message);
    case ErrorKind::Limited: {
      Response response = Response::problem(429, "Too many requests", error.message);
      set_retry_after(error, response.headers);
      return response;
    }
    case ErrorKind::NotFound:
      return not_found(error.message);
    case ErrorKind::Conflict:
      return Response::problem(409, "Conflict", error.message);
    default: {
      Response response = Response::problem(503, "Unavailable", "The store does not answer. Try again.");
      response.headers.add("Retry-After", "1");
      return response;
    }
  }
}

Response private_json(int status, std::string body) {
  Response response = Response::json(status, std::move(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace picket::authd
