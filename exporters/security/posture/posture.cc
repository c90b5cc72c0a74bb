#include "exporters/security/posture/posture.h"

#include <utility>

namespace picket::security {

Posture::Posture(const Services& services)
    : findings_(services.findings_file, {.files = services.files,
                                         .clock = services.scheduler.clock(),
                                         .log = services.log,
                                         .registry = services.registry}),
      resolver_(loop_),
      http_(loop_, resolver_),
      collector_({.loop = loop_,
                  .resolver = resolver_,
                  .http = http_,
                  .random = services.random,
                  .clock = services.scheduler.clock(),
                  .user_agent = services.user_agent}),
      scanner_(std::make_shared<Scanner>(Scanner::Services{
          .scheduler = services.scheduler,
          .random = services.random,
          .log = services.log,
          .collect =
              [this](std::shared_ptr<const ScanConfig> config, Deadline deadline, Collector::Done done) {
                collector_.collect(std::move(config), deadline, std::move(done));
              },
          .sink = services.events,
          .save = [this](const FindingsByTarget& open) { findings_.save(open); }})) {}

void Posture::apply(std::vector<ScanConfig> scans) {
  if (!std::exchange(is_loaded_, true)) scanner_->take_up(findings_.load());
  scanner_->apply(std::move(scans));
}

Posture::~Posture() {
  stop();
}

}  // namespace picket::security
