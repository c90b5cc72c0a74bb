#include "exporters/security/exposition/security_collector.h"

#include "exporters/security/exposition/signal_families.h"
#include "exporters/security/exposition/source_families.h"

namespace picket::security {

std::unique_ptr<Collection> SecurityCollector::collect() {
  return collect_once([sources = parts_.sources()](MetricWriter& writer) {
    write_source_families(writer, sources);
    std::vector<SignalsSnapshot> signals;
    for (const auto& source : sources) signals.push_back(source->signals);
    write_signal_families(writer, signals);
  });
}

}  // namespace picket::security
