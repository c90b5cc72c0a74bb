// The page at /: what was let through first. Pure.
#pragma once

#include "base/web/layout.h"
#include "exporters/security/pages/overview_view.h"

namespace picket::security {

/// The newest of them.
inline constexpr std::size_t kEventsShown = 10;

web::Page overview_page(const OverviewView& view);

}  // namespace picket::security
