// /api/v1/openapi.json and /api: the API as a document and as a page, made from the router.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

/// `router` must be whole before the first request, and outlive the routes.
void add_openapi_routes(Router& router, Front& front);

}  // namespace picket::authd
