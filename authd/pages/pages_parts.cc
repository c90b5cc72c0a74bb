#include "authd/pages/pages_parts.h"

#include "authd/http/problems.h"
#include "authd/pages/pages.h"

namespace picket::authd {

web::Site page_site(const FrontConfig& config, const picket::Target& target) {
  web::Site site;
  site.name = config.site;
  site.product.clear();
  site.root = web::root_of(target);
  site.home = "auth/account";
  site.icon = "auth/favicon.ico";
  return site;
}

Response render(const Visit& visit, const web::Page& page) {
  return web::render(page_site(*visit.config, visit.request.target), page);
}

Response card(const Visit& visit, web::Page page) {
  page.width = web::Width::Narrow;
  return render(visit, page);
}

Response see_other(const std::string& where) {
  Response response{.status = 303};
  response.headers.set("Location", where);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Html csrf_field(const Visit& visit) {
  return web::csrf_field(visit.csrf);
}

Html account_name(std::string_view username) {
  return web::void_element("input", {{"type", "text"},
                                     {"name", "account"},
                                     {"autocomplete", "username"},
                                     {"value", std::string(username)},
                                     {"hidden", ""},
                                     {"readonly", ""}}) +
         "\n";
}

Response trouble(const Visit& visit, const Error& error) {
  return failure_page(*visit.config, visit.request.target, error);
}

Response failure_page(const FrontConfig& config, const picket::Target& target, const Error& error) {
  const bool is_limited = error.kind == ErrorKind::Limited;
  const bool is_ours = !is_limited && error.kind != ErrorKind::InvalidInput &&
                       error.kind != ErrorKind::Denied && error.kind != ErrorKind::NotFound &&
                       error.kind != ErrorKind::Conflict;
  Response response = web::render(
      page_site(config, target),
      {.title = is_ours ? "Not possible right now" : "That did not work",
       .body = alert(is_ours ? "The service cannot reach its store. Try again in a moment." : error.message) +
               link("/auth/account", "Back to the account"),
       .status = is_ours ? 503 : 400,
       .width = web::Width::Narrow});
  if (is_ours) response.headers.set("Retry-After", "1");
  if (!is_limited) return response;
  response.status = 429;
  set_retry_after(error, response.headers);
  return response;
}

}  // namespace picket::authd
