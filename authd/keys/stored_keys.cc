#include "authd/keys/stored_keys.h"

namespace picket::authd {
namespace {

KeyState state_of(StoredKeyState state) {
  switch (state) {
    case StoredKeyState::Next:
      return KeyState::Next;
    case StoredKeyState::Active:
      return KeyState::Active;
    case StoredKeyState::Retired:
      break;
  }
  return KeyState::Retired;
}

Result<RingKey> ring_key(const StoredSigningKey& stored) {
  auto key = SigningKey::load(stored.private_key);
  if (!key) return fail(key, fmt::format("signing key {}", stored.kid));
  return RingKey{std::move(*key), state_of(stored.state), stored.created_at, stored.activated_at,
                 stored.retired_at};
}

StoredSigningKey stored_key(const SigningKey& key, StoredKeyState state, WallTime now) {
  StoredSigningKey stored;
  stored.kid = key.kid();
  stored.algorithm = to_string(key.verify_key().algorithm());
  stored.private_key = key.save();
  stored.public_jwk = key.verify_key().jwk();
  stored.state = state;
  stored.created_at = now;
  if (state == StoredKeyState::Active) stored.activated_at = now;
  return stored;
}

/// Brings the store from `before` to `after`, one conditional step after the other.
class RingUpdate {
 public:
  RingUpdate(SigningKeyStore& store, const KeyRotation& rotation) : store_(store), rotation_(rotation) {}

  /// False when another replica was first: then nothing more is done.
  Result<bool> run(const KeyRing* before, const KeyRing& after) {
    if (before == nullptr) return add(after.active().key, StoredKeyState::Active);
    if (auto gone = remove_next(*before, after); !gone || !*gone) return gone;
    const std::string& active = after.active().key.kid();
    if (active != before->active().key.kid()) {
      if (auto moved = promote(*before, after.active().key); !moved || !*moved) return moved;
    }
    const RingKey* next = after.next();
    if (next != nullptr && before->find(next->key.kid()) == nullptr)
      return add(next->key, StoredKeyState::Next);
    return true;
  }

 private:
  Result<bool> add(const SigningKey& key, StoredKeyState state) {
    const auto added = store_.add(stored_key(key, state, rotation_.now));
    if (added) return true;
    if (added.error().kind == ErrorKind::Conflict) return false;
    return fail(added);
  }

  /// One that was published and is not wanted any more, since the algorithm was changed.
  Result<bool> remove_next(const KeyRing& before, const KeyRing& after) {
    const RingKey* next = before.next();
    if (next == nullptr || after.find(next->key.kid()) != nullptr) return true;
    return store_.remove_next(next->key.kid());
  }

  Result<bool> promote(const KeyRing& before, const SigningKey& key) {
    if (before.find(key.kid()) == nullptr) {
      if (auto added = add(key, StoredKeyState::Next); !added || !*added) return added;
    }
    return store_.promote(key.kid(), rotation_.now);
  }

  SigningKeyStore& store_;
  const KeyRotation& rotation_;
};

}  // namespace

Result<std::optional<KeyRing>> load_key_ring(SigningKeyStore& store) {
  const auto stored = store.list();
  if (!stored) return fail(stored);
  if (stored->empty()) return std::nullopt;
  std::vector<RingKey> keys;
  for (const StoredSigningKey& one : *stored) {
    auto key = ring_key(one);
    if (!key) return fail(key);
    keys.push_back(std::move(*key));
  }
  auto ring = KeyRing::make(std::move(keys));
  if (!ring) return fail(ErrorKind::Corrupt, "the stored signing keys: " + ring.error().message);
  return std::move(*ring);
}

Result<KeyRing> rotate_stored_keys(SigningKeyStore& store, const KeyRotation& rotation) {
  const auto before = load_key_ring(store);
  if (!before) return fail(before);
  const KeyRing* ring = *before ? &**before : nullptr;
  const auto after = rotate(ring, rotation.now, rotation.policy, rotation.wish, rotation.make_key);
  if (!after) return fail(after);
  if (const auto stored = RingUpdate(store, rotation).run(ring, *after); !stored) return fail(stored);
  const auto removed = store.remove_retired(rotation.now - rotation.policy.kept_after);
  if (!removed) return fail(removed);
  const auto now = load_key_ring(store);
  if (!now) return fail(now);
  if (!*now) return fail(ErrorKind::Corrupt, "the signing keys were deleted meanwhile");
  return **now;
}

}  // namespace picket::authd
