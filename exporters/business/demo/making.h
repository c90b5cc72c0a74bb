// Production of the demo company: batches, their defects, and measurements against their limits.
#pragma once

#include "exporters/business/demo/stage.h"

namespace picket::business {

/// The limits that are measured against.
void set_limits(Ledger& ledger);

void make(Stage& stage, Period slice);

}  // namespace picket::business
