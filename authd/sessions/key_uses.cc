#include "authd/sessions/key_uses.h"

namespace picket::authd {

void KeyUses::add(const KeyUse& use) {
  counts_[{use.key_id, use.minute}] += use.count;
}

void KeyUses::note(const std::string& key_id, WallTime now) {
  const MutexLock lock(mutex_);
  add({key_id, std::chrono::floor<std::chrono::minutes>(now), 1});
}

std::vector<KeyUse> KeyUses::take() {
  std::map<std::pair<std::string, WallTime>, std::int64_t> counts;
  {
    const MutexLock lock(mutex_);
    counts.swap(counts_);
  }
  std::vector<KeyUse> uses;
  uses.reserve(counts.size());
  for (const auto& [key, count] : counts) uses.push_back({key.first, key.second, count});
  return uses;
}

void KeyUses::put_back(const KeyUse& use) {
  const MutexLock lock(mutex_);
  add(use);
}

}  // namespace picket::authd
