#include "authd/store_status.h"

namespace picket::authd {

void StoreStatus::opened(std::shared_ptr<AuthCore> core) {
  const MutexLock lock(mutex_);
  core_ = std::move(core);
}

void StoreStatus::failed(const Error& error) {
  const MutexLock lock(mutex_);
  error_ = error.message;
}

std::shared_ptr<AuthCore> StoreStatus::core() const {
  const MutexLock lock(mutex_);
  return core_;
}

std::shared_ptr<AuthCore> StoreStatus::close() {
  const MutexLock lock(mutex_);
  return std::move(core_);
}

std::string StoreStatus::unready_reason() const {
  std::shared_ptr<AuthCore> core;
  {
    const MutexLock lock(mutex_);
    if (core_ == nullptr) return "the database is not open: " + error_;
    core = core_;
  }
  return core->store_answers() ? "" : "the database does not answer: " + core->store_error();
}

std::unique_ptr<Collection> StoreStatus::collect() {
  return collect_once([up = unready_reason().empty()](MetricWriter& writer) {
    writer.gauge("authd_store_up", "1 while the database is open, its keys fit, and it answers.")
        .sample({}, up ? 1 : 0);
  });
}

}  // namespace picket::authd
