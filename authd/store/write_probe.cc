#include "authd/store/write_probe.h"

#include "authd/store/columns.h"

namespace picket::authd {

Result<void> WriteProbe::run() {
  const auto written = database_.execute(
      "INSERT INTO write_marks (id, written_at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET written_at = "
      "excluded.written_at",
      {millis(clock_.wall())});
  // Another replica wrote the same row at the same moment.
  const bool is_held_up = !written && written.error().kind == ErrorKind::Conflict;
  const MutexLock lock(mutex_);
  failure_ = written || is_held_up ? "" : written.error().message;
  return failure_.empty() ? Result<void>() : fail(written);
}

std::string WriteProbe::failure() const {
  const MutexLock lock(mutex_);
  return failure_;
}

}  // namespace picket::authd
