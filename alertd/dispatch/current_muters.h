// The muters that every flush asks in turn, made anew only when what fires or the configuration has changed.
// Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "alertd/dispatch/dispatch_config.h"
#include "alertd/dispatch/flush.h"

namespace picket::alertd {

class CurrentMuters {
 public:
  /// `version` is of what fires (OpenAlerts::version); `firing` is asked for it when it is another one. Valid
  /// until the next call.
  Muters of(const std::shared_ptr<const DispatchConfig>& config, std::uint64_t version,
            const std::function<std::vector<Alert>()>& firing);

 private:
  std::shared_ptr<const DispatchConfig> config_;
  std::uint64_t version_ = 0;
  std::optional<IntervalMuter> intervals_;
  std::optional<Inhibition> inhibition_;
  std::array<const Muter*, 2> muters_{};
};

}  // namespace picket::alertd
