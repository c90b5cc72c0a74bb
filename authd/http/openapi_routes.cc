#include "authd/http/openapi_routes.h"

#include <memory>
#include <mutex>

#include "authd/http/problems.h"
#include "authd/http/schemas.h"
#include "base/daemon/version.h"
#include "base/http/openapi.h"

namespace picket::authd {
namespace {

OpenApi about() {
  return {
      .title = "authd",
      .version = std::string(version()),
      .description =
          "Logins, tokens, second factors, roles, limits and forward-auth. A login's access token or an API "
          "key goes into Authorization: Bearer; browsers have a cookie, and send X-CSRF-Token with "
          "whatever changes something.",
      .schemas = std::string(api_schemas()),
      .security_schemes =
          R"({"login":{"type":"http","scheme":"bearer","description":"An access token or an API key."}})"};
}

/// Rendered at the first request: then every route is there.
struct Rendered {
  std::once_flag once;
  Result<std::string> document = fail(ErrorKind::Internal, "not rendered");
  Result<Response> page = fail(ErrorKind::Internal, "not rendered");

  void make(const Router& router) {
    std::call_once(once, [&] {
      document = render_openapi(router, about());
      page = openapi_page(router, about());
    });
  }
};

}  // namespace

void add_openapi_routes(RouteTable& routes) {
  const auto rendered = std::make_shared<Rendered>();
  const Router& router = routes.router();
  routes.get_plain("/api/v1/openapi.json",
                   [rendered, &router](const Request&) {
                     rendered->make(router);
                     return rendered->document ? Response::json(200, *rendered->document)
                                               : problem_of(rendered->document.error());
                   },
                   {.name = "openapi",
                    .summary = "This API as an OpenAPI 3.1 document",
                    .on_landing = true,
                    .response_schema = "Document"});
  routes.get_plain("/api",
                   [rendered, &router](const Request&) {
                     rendered->make(router);
                     return rendered->page ? *rendered->page : problem_of(rendered->page.error());
                   },
                   {.name = "openapi_page", .summary = "This API as a page", .on_landing = true});
}

}  // namespace picket::authd
