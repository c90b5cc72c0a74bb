// A probe's result under blackbox_exporter's metric names.
#pragma once

#include <string>

#include "exporters/health/blackbox/module.h"

namespace picket::health {

std::string probe_metrics(const Module& module, const ProbeResult& result);

}  // namespace picket::health
