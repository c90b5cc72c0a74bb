#include "authd/pages/pages_parts.h"

#include "authd/http/problems.h"
#include "authd/pages/pages.h"

namespace picket::authd {

Response see_other(const std::string& where) {
  Response response{.status = 303};
  response.headers.set("Location", where);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Html csrf_field(const Visit& visit) {
  return hidden("csrf", visit.csrf);
}

Response trouble(const Visit& visit, const Error& error) {
  return failure_page(*visit.config, error);
}

Response failure_page(const FrontConfig& config, const Error& error) {
  const bool is_limited = error.kind == ErrorKind::Limited;
  const bool is_ours = !is_limited && error.kind != ErrorKind::InvalidInput &&
                       error.kind != ErrorKind::Denied && error.kind != ErrorKind::NotFound &&
                       error.kind != ErrorKind::Conflict;
  Response response = render(
      config.site,
      {.title = is_ours ? "Not possible right now" : "That did not work",
       .body = alert(is_ours ? "The service cannot reach its store. Try again in a moment." : error.message) +
               link("/auth/account", "Back to the account"),
       .status = is_ours ? 503 : 400});
  if (is_ours) response.headers.set("Retry-After", "1");
  if (!is_limited) return response;
  response.status = 429;
  set_retry_after(error, response.headers);
  return response;
}

}  // namespace picket::authd
