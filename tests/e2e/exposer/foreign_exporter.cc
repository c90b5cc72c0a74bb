#include "tests/e2e/exposer/foreign_exporter.h"

#include <vector>

#include "tests/support/free_port.h"

namespace picket::test {

ForeignExporter::ForeignExporter()
    : port_(free_port()),
      jobs_(prometheus::BuildCounter()
                .Name("jobs_finished_total")
                .Help("Jobs.")
                .Register(*registry_)
                .Add({{"queue", "büro \"A\""}})),
      queue_(prometheus::BuildGauge()
                 .Name("queue_depth")
                 .Help("Jobs that wait.")
                 .Register(*registry_)
                 .Add({{"queue", "mail"}})) {
  start();
}

void ForeignExporter::start() {
  exposer_ = std::make_unique<prometheus::Exposer>(std::vector<std::string>{
      "listening_ports", target() + "," + target(kOtherAddress), "num_threads", "4"});
  exposer_->RegisterCollectable(registry_);
  exposer_->RegisterCollectable(registry_, "/private");
  exposer_->RegisterAuth([](const std::string& user,
                            const std::string& password) { return user == kUser && password == kPassword; },
                         "foreign", "/private");
}

}  // namespace picket::test
