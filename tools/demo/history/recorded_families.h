// The past of the series that rules/recording.yml and rules/slo.yml record, as those of fleet_families.h would have made
// them.
#pragma once

#include "tools/demo/history/family.h"

namespace picket::demo {

std::vector<Family> recorded_families(const Past& past);

}  // namespace picket::demo
