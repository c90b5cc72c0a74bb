// Families about what the lines of the sources say: attacks and requests by source, the rest of all together.
#pragma once

#include <span>

#include "base/metrics/metric_writer.h"
#include "exporters/security/signals/signals_snapshot.h"

namespace picket::security {

/// `left` is what sources counted that are not configured any more: families without the label `source` never fall.
void write_signal_families(MetricWriter& writer, std::span<const SignalsSnapshot> sources,
                           const SignalCounters& left = {});

}  // namespace picket::security
