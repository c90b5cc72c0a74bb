// Families about the scanned targets.
#pragma once

#include "base/metrics/metric_writer.h"
#include "exporters/security/posture/scanner.h"

namespace picket::security {

void write_posture_families(MetricWriter& writer, const PostureSnapshot& posture);

}  // namespace picket::security
