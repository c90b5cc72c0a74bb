// The ring of signing keys in the store: read, and brought to what rotate() asks for, beside other replicas
// that do the same. For the daemon's SigningKeyKeeper and `authctl keys`. Safe from any thread.
#pragma once

#include <optional>

#include "authd/accounts/credential_store.h"
#include "authd/tokens/key_ring.h"

namespace picket::authd {

class StoredRing {
 public:
  /// Must outlive it.
  explicit StoredRing(SigningKeyStore& store) : store_(store) {}

  /// Nothing while the store has no key yet. Corrupt when what it has makes no ring.
  Result<std::optional<KeyRing>> read();
  /// The ring with nothing left to do at `now`. A wish to rotate now is granted once, whoever did it.
  Result<KeyRing> settled(const KeyPolicy& policy, WallTime now, RotationWish wish);

 private:
  struct Rotation {
    const KeyPolicy& policy;
    WallTime now;
    RotationWish wish;
  };
  /// The ring when nothing is to be changed; nothing after a change, which is then to be read.
  Result<std::optional<KeyRing>> step(std::optional<KeyRing> before, const Rotation& rotation);
  /// One step from `before` to `wanted`, or several; false when another replica took one meanwhile.
  Result<bool> write(const std::optional<KeyRing>& before, const KeyRing& wanted, WallTime now);
  Result<bool> add_missing(const std::optional<KeyRing>& before, const KeyRing& wanted, WallTime now);

  SigningKeyStore& store_;
};

}  // namespace picket::authd
