// How often API keys were used, by minute, until the store knows it. Used by IdentityCheck. Safe from any
// thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::authd {

struct KeyUse {
  std::string key_id;
  WallTime minute{};  ///< its beginning
  std::int64_t count = 0;
};

class KeyUses {
 public:
  void note(const std::string& key_id, WallTime now) EXCLUDES(mutex_);
  std::vector<KeyUse> take() EXCLUDES(mutex_);
  /// It could not be written after all.
  void put_back(const KeyUse& use) EXCLUDES(mutex_);

 private:
  void add(const KeyUse& use) REQUIRES(mutex_);

  Mutex mutex_;
  std::map<std::pair<std::string, WallTime>, std::int64_t> counts_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
