// The toy application of the demo: a shop that is slow and fails as the incidents say. It knows nobody's
// password: who a visitor is, the proxy in front of it says (Remote-User).
#pragma once

#include <memory>

#include "base/daemon/service.h"

namespace picket::demo {

std::unique_ptr<Service> make_shop(DaemonContext& context);

}  // namespace picket::demo
