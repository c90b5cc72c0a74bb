#include "exporters/security/exposition/security_collector.h"

#include "exporters/security/exposition/posture_families.h"
#include "exporters/security/exposition/signal_families.h"
#include "exporters/security/exposition/source_families.h"

namespace picket::security {

std::unique_ptr<Collection> SecurityCollector::collect() {
  return collect_once([view = parts_.sources(), posture = parts_.posture()](MetricWriter& writer) {
    write_source_families(writer, view.sources);
    std::vector<SignalsSnapshot> signals;
    signals.reserve(view.sources.size());
    for (const auto& source : view.sources) signals.push_back(source->signals);
    write_signal_families(writer, signals, view.left);
    write_posture_families(writer, *posture);
    FamilyWriter& rules =
        writer.info("security_ruleset_info", "Constant 1, active rules.", {"version", "sha256"});
    if (!view.rules.sha256.empty()) rules.sample({view.rules.version, view.rules.sha256}, 1);
  });
}

}  // namespace picket::security
