// /api/v1/openapi.json and /api: the API as a document and as a page, made from the router.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

/// The router must be whole before the first request, and outlive the routes.
void add_openapi_routes(RouteTable& routes);

}  // namespace picket::authd
