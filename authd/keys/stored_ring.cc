#include "authd/keys/stored_ring.h"

namespace picket::authd {
namespace {

// Each try that fails is a step of another replica.
constexpr int kTriesMax = 10;

KeyState state_of(StoredKeyState state) {
  switch (state) {
    case StoredKeyState::Next:
      return KeyState::Next;
    case StoredKeyState::Active:
      return KeyState::Active;
    case StoredKeyState::Retired:
      return KeyState::Retired;
  }
  return KeyState::Retired;
}

Result<RingKey> ring_key_of(const StoredSigningKey& stored) {
  auto key = SigningKey::load(stored.private_key);
  if (!key) return fail(key);
  if (key->kid() != stored.kid) return fail(ErrorKind::Corrupt, "a stored signing key has another id");
  return RingKey{std::move(*key), state_of(stored.state), stored.created_at, stored.activated_at,
                 stored.retired_at};
}

StoredSigningKey stored_of(const RingKey& entry, StoredKeyState state, WallTime now) {
  StoredSigningKey stored;
  stored.kid = entry.key.kid();
  stored.algorithm = to_string(entry.key.verify_key().algorithm());
  stored.private_key = entry.key.save();
  stored.public_jwk = entry.key.verify_key().jwk();
  stored.state = state;
  stored.created_at = entry.made_at;
  if (state == StoredKeyState::Active) stored.activated_at = now;
  return stored;
}

}  // namespace

Result<std::optional<KeyRing>> StoredRing::read() {
  const auto stored = store_.list();
  if (!stored) return fail(stored);
  if (stored->empty()) return std::nullopt;
  std::vector<RingKey> keys;
  keys.reserve(stored->size());
  for (const StoredSigningKey& one : *stored) {
    auto key = ring_key_of(one);
    if (!key) return fail(key);
    keys.push_back(std::move(*key));
  }
  auto ring = KeyRing::make(std::move(keys));
  if (!ring) return fail(ErrorKind::Corrupt, "the stored signing keys: " + ring.error().message);
  return std::move(*ring);
}

/// A key that is to be active at once is next first, unless there is no active one at all.
Result<bool> StoredRing::add_missing(const std::optional<KeyRing>& before, const KeyRing& wanted,
                                     WallTime now) {
  const StoredKeyState state = before ? StoredKeyState::Next : StoredKeyState::Active;
  for (const RingKey& entry : wanted.keys()) {
    if (before && before->find(entry.key.kid()) != nullptr) continue;
    const auto added = store_.add(stored_of(entry, state, now));
    if (!added && added.error().kind == ErrorKind::Conflict) return false;
    if (!added) return fail(added);
  }
  return true;
}

Result<bool> StoredRing::write(const std::optional<KeyRing>& before, const KeyRing& wanted, WallTime now) {
  const RingKey* old_next = before ? before->next() : nullptr;
  if (old_next != nullptr && wanted.find(old_next->key.kid()) == nullptr) {
    auto removed = store_.remove_next(old_next->key.kid());
    if (!removed || !*removed) return removed;
  }
  auto added = add_missing(before, wanted, now);
  if (!added || !*added || !before) return added;
  if (wanted.active().key.kid() == before->active().key.kid()) return true;
  return store_.promote(wanted.active().key.kid(), now);
}

Result<std::optional<KeyRing>> StoredRing::step(std::optional<KeyRing> before, const Rotation& rotation) {
  const auto wanted =
      rotate(before ? &*before : nullptr, rotation.now, rotation.policy, rotation.wish, SigningKey::make);
  if (!wanted) return fail(wanted);
  if (before && same_keys(*before, *wanted)) return before;
  const auto written = write(before, *wanted, rotation.now);
  if (!written) return fail(written);
  return std::optional<KeyRing>();
}

Result<KeyRing> StoredRing::settled(const KeyPolicy& policy, WallTime now, RotationWish wish) {
  std::optional<std::string> first_active;
  for (int tries = 0; tries < kTriesMax; ++tries) {
    // Up to that very moment, as rotate() has it.
    const auto removed = store_.remove_retired(now - policy.kept_after + std::chrono::milliseconds(1));
    if (!removed) return fail(removed);
    auto before = read();
    if (!before) return fail(before);
    const std::string active = *before ? (*before)->active().key.kid() : "";
    if (!first_active) first_active = active;
    if (active != *first_active) wish = RotationWish::AsDue;  // somebody granted it meanwhile
    auto ring = step(std::move(*before), {policy, now, wish});
    if (!ring) return fail(ring);
    if (*ring) return std::move(**ring);
  }
  return fail(ErrorKind::Unavailable, "the signing keys change faster than they can be read");
}

}  // namespace picket::authd
