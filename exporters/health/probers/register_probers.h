// The table of all probers of health.yml.
#pragma once

#include "exporters/health/probe/prober_registry.h"

namespace picket::health {

ProberRegistry all_probers();

}  // namespace picket::health
