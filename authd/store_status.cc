#include "authd/store_status.h"

namespace picket::authd {

std::string StoreStatus::unready_reason() const {
  const std::shared_ptr<AuthCore> core = store_.core();
  if (core == nullptr) return "the database is not open: " + store_.error();
  return core->store_answers() ? "" : "the database does not answer: " + core->store_error();
}

std::unique_ptr<Collection> StoreStatus::collect() {
  return collect_once([up = unready_reason().empty()](MetricWriter& writer) {
    writer.gauge("authd_store_up", "1 while the database is open, its keys fit, and it answers.")
        .sample({}, up ? 1 : 0);
  });
}

}  // namespace picket::authd
