// The pages of authd: they work without a script, and a browser that runs none loses nothing.
#pragma once

#include "authd/http/front.h"

namespace picket::authd {

void add_login_pages(Router& router, Front& front);
void add_recovery_pages(Router& router, Front& front);
void add_enrol_pages(Router& router, Front& front);
void add_account_pages(Router& router, Front& front);
void add_phone_pages(Router& router, Front& front);

}  // namespace picket::authd
