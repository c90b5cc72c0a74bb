// The page at /: what this is, its version, and where to go. No scripts; the style sheet is allowed by its
// hash.
#pragma once

#include "base/daemon/daemon.h"
#include "base/http/router.h"

namespace picket {

/// Lists the routes that are `on_landing`; made once, when all routes are there.
Response landing_page(const DaemonSpec& spec, const Router& router);
/// /favicon.ico
Response favicon();

}  // namespace picket
