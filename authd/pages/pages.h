// The pages of authd: they work without a script, and a browser that runs none loses nothing.
#pragma once

#include "authd/http/route_table.h"

namespace picket::authd {

/// Says that something failed, fit for the error: for whatever of a page could not be answered.
Response failure_page(const FrontConfig& config, const picket::Target& target, const Error& error);

void add_login_pages(RouteTable& routes);
void add_recovery_pages(RouteTable& routes);
void add_enrol_pages(RouteTable& routes);
void add_account_pages(RouteTable& routes);
void add_confirm_pages(RouteTable& routes);
void add_phone_pages(RouteTable& routes);

}  // namespace picket::authd
