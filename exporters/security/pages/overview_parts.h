// What the page at / shows of sources and signals. Pure.
#pragma once

#include <span>

#include "exporters/security/pages/overview_view.h"
#include "exporters/security/signals/signals_snapshot.h"
#include "exporters/security/sources/source_status.h"

namespace picket::security {

SourceView source_view(const SourceStatus& source);
/// Every category, with what was seen of it within the hour, of all sources together.
std::vector<ClassView> class_views(const SignalsSnapshot& signals);
std::vector<DetectionView> detection_views(const SourceStatus& source);
/// Of all sources together; empty lists are left out.
std::vector<TopList> top_lists(const SignalsSnapshot& signals);

}  // namespace picket::security
