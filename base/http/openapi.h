// The OpenAPI 3.1 document of a daemon, made from its router so that no route can be missing, and a page that
// shows it without a script and without the network. Pure; rendered once at start.
#pragma once

#include <string>

#include "base/http/router.h"
#include "base/result/result.h"

namespace picket {

struct OpenApi {
  std::string title{}, version{}, description{};
  std::string schemas = "{}";           ///< JSON object: components.schemas
  std::string security_schemes = "{}";  ///< JSON object: components.securitySchemes
};

/// InvalidInput when one of the two is no JSON object, or a route names what they do not hold. Every
/// operation answers errors as RFC 9457, under the schema "Problem", which is added when it is not there.
Result<std::string> render_openapi(const Router& router, const OpenApi& about);

/// The same as a page, with a Content-Security-Policy that allows its own style and nothing else.
Result<Response> openapi_page(const Router& router, const OpenApi& about);

}  // namespace picket
