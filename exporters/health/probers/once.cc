#include "exporters/health/probers/once.h"

namespace picket::health {

void run_blocking(const ProberServices& services, const std::shared_ptr<Once>& once,
                  std::function<ProbeResult()> work, ProbeResult late) {
  services.scheduler.at(once->deadline().at, [once, late = std::move(late)] { once->answer(late); });
  const bool queued = services.blocking.submit([once, work = std::move(work)] {
    if (!once->answered()) once->answer(work());
  });
  if (queued) return;
  ProbeResult refused;
  refused.fail_with(FailureReason::Internal, "every worker for blocking probes is busy");
  once->answer(std::move(refused));
}

}  // namespace picket::health
