// /api/v1/users: accounts, as administrators see and change them, and everybody his own. Who may do what is
// rbac's; that the last owner stays is the store's.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

void add_user_routes(RouteTable& routes);

}  // namespace picket::authd
