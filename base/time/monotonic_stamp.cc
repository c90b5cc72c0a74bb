#include "base/time/monotonic_stamp.h"

#include "base/time/timestamp.h"

namespace picket {

MonotonicStamp MonotonicStamps::next() {
  const MutexLock lock(mutex_);
  const std::int64_t now = unix_millis(clock_.wall());
  if (now > last_.millis) {
    last_ = {now, 0};
  } else if (++last_.count == per_millisecond_) {
    last_ = {last_.millis + 1, 0};
  }
  return last_;
}

}  // namespace picket
