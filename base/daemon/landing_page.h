// The page at /: the service's own one, or what this daemon is; below it where to go.
#pragma once

#include <optional>

#include "base/daemon/daemon.h"
#include "base/http/router.h"
#include "base/web/layout.h"

namespace picket {

/// The frame of a daemon's pages, for the page at `target`.
web::Site site_of(const DaemonSpec& spec, const Target& target);
/// `own` is what the service shows; without it, the summary. Then the routes that are `on_landing`.
Response landing_page(const DaemonSpec& spec, const Router& router, const Target& target,
                      std::optional<web::Page> own);
/// /favicon.ico
Response favicon();

}  // namespace picket
