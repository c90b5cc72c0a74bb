// Keeps the ring of signing keys: loads it from the store, makes the first key, rotates as due, and publishes
// what is in force to this process. Beside other replicas: whatever may happen once is the store's. While the
// store is away the last good ring stays. Safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "authd/accounts/credential_store.h"
#include "authd/tokens/key_ring.h"

namespace picket::authd {

class SigningKeyKeeper {
 public:
  /// Fails while the store is away or a key of it does not open: without a key nothing can be signed. Both
  /// must outlive it.
  static Result<std::unique_ptr<SigningKeyKeeper>> start(SigningKeyStore& store, const Clock& clock,
                                                         const KeyPolicy& policy);

  /// What is due now; also takes what another replica or authctl did. Called by the scheduler, on a pool:
  /// once a minute, or oftener, since until then a key that was rotated at once is unknown here.
  Result<void> tick();
  /// The next key, or a new one, signs at once.
  Result<void> rotate_now();
  void reload(const KeyPolicy& policy) EXCLUDES(mutex_);

  const PublishedKeys& keys() const { return keys_; }
  /// When the key of that state goes to the next one: active and next keys are succeeded, the retired one
  /// that is last leaves the JWKS. Nothing when there is none.
  std::optional<WallTime> expiry(KeyState state) const EXCLUDES(mutex_);

 private:
  SigningKeyKeeper(SigningKeyStore& store, const Clock& clock, const KeyPolicy& policy, KeyRing ring);

  KeyPolicy policy() const EXCLUDES(mutex_);
  Result<void> settle(RotationWish wish);

  SigningKeyStore& store_;
  const Clock& clock_;
  PublishedKeys keys_;
  mutable Mutex mutex_;
  KeyPolicy policy_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
