#include "authd/store_status.h"

namespace picket::authd {

std::string StoreStatus::unready_reason() const {
  const std::shared_ptr<AuthCore> core = store_.core();
  return core == nullptr ? "the database is not open: " + store_.error() : core->store_fault();
}

std::unique_ptr<Collection> StoreStatus::collect() {
  return collect_once([up = unready_reason().empty()](MetricWriter& writer) {
    writer
        .gauge("authd_store_up",
               "1 while the database is open, its keys fit, and it answers and can be written.")
        .sample({}, up ? 1 : 0);
  });
}

}  // namespace picket::authd
