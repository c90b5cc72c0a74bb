// Families about how the sources are read.
#pragma once

#include <vector>

#include "base/metrics/metric_writer.h"
#include "exporters/security/sources/source_status.h"

namespace picket::security {

void write_source_families(MetricWriter& writer, const std::vector<SourceStatusPtr>& sources);

}  // namespace picket::security
