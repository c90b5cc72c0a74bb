// Sessions, checks of identity and signing keys on /metrics. The number of series is constant.
#pragma once

#include "authd/sessions/identity_check.h"
#include "authd/sessions/sessions.h"
#include "authd/sessions/signing_key_keeper.h"
#include "base/metrics/collector.h"

namespace picket::authd {

class SessionCollector final : public Collector {
 public:
  /// All must outlive it.
  SessionCollector(const Sessions& sessions, const IdentityCheck& check, const SigningKeyKeeper& keys)
      : sessions_(sessions), check_(check), keys_(keys) {}

  std::string_view name() const override { return "sessions"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const Sessions& sessions_;
  const IdentityCheck& check_;
  const SigningKeyKeeper& keys_;
};

}  // namespace picket::authd
