#include "alertd/dispatch/current_muters.h"

namespace picket::alertd {

Muters CurrentMuters::of(const std::shared_ptr<const DispatchConfig>& config, std::uint64_t version,
                         const std::function<std::vector<Alert>()>& firing) {
  if (config == config_ && version == version_) return muters_;
  config_ = config;
  version_ = version;
  intervals_.emplace(config->intervals);
  inhibition_.emplace(config->inhibit_rules, config->inhibit_rules.empty() ? std::vector<Alert>() : firing());
  muters_ = {&*intervals_, &*inhibition_};
  return muters_;
}

}  // namespace picket::alertd
