// Whether the database can be used: why not, for /-/ready, and authd_store_up. A database that was opened and
// does not answer any more, or takes nothing, is down. Never waits for the database. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "authd/auth_core.h"
#include "base/daemon/store_opener.h"
#include "base/metrics/collector.h"

namespace picket::authd {

using AuthStore = StoreOpener<AuthCore, AuthdConfig>;

class StoreStatus final : public Collector {
 public:
  /// `store` outlives it.
  explicit StoreStatus(const AuthStore& store) : store_(store) {}

  /// "" when it can be used.
  std::string unready_reason() const;

  std::string_view name() const override { return "store_status"; }
  std::unique_ptr<Collection> collect() override;

 private:
  const AuthStore& store_;
};

}  // namespace picket::authd
