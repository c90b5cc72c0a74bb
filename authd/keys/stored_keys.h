// The signing keys between their store and the ring that signs: loaded, and rotated when they are due or when
// an operator says so. Used by the daemon's timer and by `authctl keys`. Safe from any thread and beside
// other replicas: whoever is first decides, the others take his keys.
#pragma once

#include <optional>

#include "authd/accounts/credential_store.h"
#include "authd/tokens/key_ring.h"

namespace picket::authd {

/// Nothing when there is no key yet. Corrupt when the stored keys make no ring.
Result<std::optional<KeyRing>> load_key_ring(SigningKeyStore& store);

struct KeyRotation {
  KeyPolicy policy{};
  RotationWish wish = RotationWish::AsDue;
  WallTime now{};
  KeyMaker make_key = SigningKey::make;
};

/// Stores what rotate() finds due, and answers the ring that is stored then: with an active key, always.
Result<KeyRing> rotate_stored_keys(SigningKeyStore& store, const KeyRotation& rotation);

}  // namespace picket::authd
