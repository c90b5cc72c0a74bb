// Whether the database can be used: why not, for /-/ready, and authd_store_up. A database that was opened and
// does not answer any more is down. Safe from any thread.
#pragma once

#include <memory>
#include <string>

#include "authd/auth_core.h"
#include "base/exec/mutex.h"
#include "base/metrics/collector.h"

namespace picket::authd {

class StoreStatus final : public Collector {
 public:
  void opened(std::shared_ptr<AuthCore> core) EXCLUDES(mutex_);
  void failed(const Error& error) EXCLUDES(mutex_);
  /// The core that works on it, null until it is open. Takes it away for the end.
  std::shared_ptr<AuthCore> core() const EXCLUDES(mutex_);
  std::shared_ptr<AuthCore> close() EXCLUDES(mutex_);

  /// "" when it can be used.
  std::string unready_reason() const EXCLUDES(mutex_);

  std::string_view name() const override { return "store_status"; }
  std::unique_ptr<Collection> collect() override;

 private:
  mutable Mutex mutex_;
  std::shared_ptr<AuthCore> core_ GUARDED_BY(mutex_);
  std::string error_ GUARDED_BY(mutex_) = "it has not been opened yet";
};

}  // namespace picket::authd
