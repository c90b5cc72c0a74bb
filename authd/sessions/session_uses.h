// When sessions were used last, until the store knows it: a request costs no write, and idleness is judged by
// the last one all the same. Holds what was used since the last flush or so. Used by IdentityCheck. Safe from
// any thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::authd {

struct SessionUse {
  std::string session_id;
  WallTime at{};
};

class SessionUses {
 public:
  void note(const SessionUse& use) EXCLUDES(mutex_);
  std::optional<WallTime> last(const std::string& session_id) const EXCLUDES(mutex_);
  /// Those that are to be written now: not written within `interval`, or all that are not written. Counts
  /// them as written; what was written long ago is forgotten.
  std::vector<SessionUse> take_due(MonoTime now, Duration interval) EXCLUDES(mutex_);
  /// It could not be written after all.
  void put_back(const SessionUse& use) EXCLUDES(mutex_);

 private:
  struct Use {
    WallTime at{};
    WallTime written{};       ///< the latest use that the store knows
    MonoTime written_when{};  ///< when it was told
    bool was_written = false;
  };

  mutable Mutex mutex_;
  std::unordered_map<std::string, Use> uses_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
