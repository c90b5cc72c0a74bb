// The page at /, for a person on call: was anybody told, and what stands in the way. Pure.
#pragma once

#include "alertd/pages/alert_view.h"
#include "base/web/layout.h"

namespace picket::alertd {

web::Page alert_page(const AlertView& view);

}  // namespace picket::alertd
