// The page at /: how many services are in which state, and the services, the worst first. Pure.
#pragma once

#include "base/web/layout.h"
#include "exporters/health/pages/status_view.h"

namespace picket::health {

web::Page status_page(const StatusView& view);

}  // namespace picket::health
