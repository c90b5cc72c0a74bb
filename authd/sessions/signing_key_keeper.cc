#include "authd/sessions/signing_key_keeper.h"

#include <algorithm>

#include "authd/keys/stored_ring.h"

namespace picket::authd {

SigningKeyKeeper::SigningKeyKeeper(SigningKeyStore& store, const Clock& clock, const KeyPolicy& policy,
                                   KeyRing ring)
    : store_(store), clock_(clock), keys_(std::move(ring)), policy_(policy) {}

Result<std::unique_ptr<SigningKeyKeeper>> SigningKeyKeeper::start(SigningKeyStore& store, const Clock& clock,
                                                                  const KeyPolicy& policy) {
  auto ring = StoredRing(store).settled(policy, clock.wall(), RotationWish::AsDue);
  if (!ring) return fail(ring, "loading the signing keys");
  return std::unique_ptr<SigningKeyKeeper>(new SigningKeyKeeper(store, clock, policy, std::move(*ring)));
}

KeyPolicy SigningKeyKeeper::policy() const {
  const MutexLock lock(mutex_);
  return policy_;
}

void SigningKeyKeeper::reload(const KeyPolicy& policy) {
  const MutexLock lock(mutex_);
  policy_ = policy;
}

Result<void> SigningKeyKeeper::settle(RotationWish wish) {
  auto ring = StoredRing(store_).settled(policy(), clock_.wall(), wish);
  if (!ring) return fail(ring, "rotating the signing keys");
  if (!same_keys(*ring, *keys_.current())) keys_.publish(std::move(*ring));
  return {};
}

Result<void> SigningKeyKeeper::tick() {
  return settle(RotationWish::AsDue);
}

Result<void> SigningKeyKeeper::rotate_now() {
  return settle(RotationWish::Now);
}

std::optional<WallTime> SigningKeyKeeper::expiry(KeyState state) const {
  const auto ring = keys_.current();
  const KeyPolicy policy = this->policy();
  const WallTime active_end = ring->active().active_since + policy.active_for;
  if (state == KeyState::Active) return active_end;
  if (state == KeyState::Next) {
    if (ring->next() == nullptr) return std::nullopt;
    return active_end + policy.active_for;
  }
  std::optional<WallTime> last;
  for (const RingKey& entry : ring->keys()) {
    if (entry.state == KeyState::Retired) last = std::max(last.value_or(WallTime{}), entry.retired_since);
  }
  if (last) *last += policy.kept_after;
  return last;
}

}  // namespace picket::authd
