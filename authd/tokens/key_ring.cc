#include "authd/tokens/key_ring.h"

#include <algorithm>

namespace picket::authd {
namespace {

/// Active, next, retired: the order of the JWKS.
int place_of(const RingKey& key) {
  switch (key.state) {
    case KeyState::Active:
      return 0;
    case KeyState::Next:
      return 1;
    case KeyState::Retired:
      return 2;
  }
  return 2;
}

std::string render_jwks(const std::vector<RingKey>& keys) {
  std::string text = R"({"keys":[)";
  for (const RingKey& entry : keys) {
    if (!text.ends_with('[')) text += ',';
    text += entry.key.verify_key().jwk();
  }
  return text + "]}";
}

/// The rules of rotate(), one step each, on a copy of the ring's keys.
class Rotation {
 public:
  Rotation(WallTime now, const KeyPolicy& policy, const KeyMaker& make_key)
      : now_(now), policy_(policy), make_key_(make_key) {}

  std::vector<RingKey> keys;

  void drop_expired() {
    std::erase_if(keys, [this](const RingKey& key) {
      return key.state == KeyState::Retired && now_ >= key.retired_since + policy_.kept_after;
    });
  }

  /// A next key of an algorithm that is no longer wanted has never signed: it just goes.
  void drop_unwanted_next() {
    std::erase_if(keys, [this](const RingKey& key) {
      return key.state == KeyState::Next && key.key.verify_key().algorithm() != policy_.algorithm;
    });
  }

  RingKey* find(KeyState state) {
    const auto found = std::ranges::find(keys, state, &RingKey::state);
    return found == keys.end() ? nullptr : &*found;
  }

  Result<void> add(KeyState state) {
    Result<SigningKey> made = make_key_(policy_.algorithm);
    if (!made) return fail(made, "making a signing key");
    keys.push_back({std::move(*made), state, now_, state == KeyState::Active ? now_ : WallTime{}, {}});
    return {};
  }

  void promote_next() {
    RingKey* active = find(KeyState::Active);
    RingKey* next = find(KeyState::Next);
    active->state = KeyState::Retired;
    active->retired_since = now_;
    next->state = KeyState::Active;
    next->active_since = now_;
  }

  bool is_active_worn() {
    const RingKey* active = find(KeyState::Active);
    return active->key.verify_key().algorithm() != policy_.algorithm ||
           now_ >= active->active_since + policy_.active_for;
  }
  bool is_next_due() {
    const RingKey* active = find(KeyState::Active);
    return is_active_worn() || now_ >= active->active_since + policy_.active_for - policy_.published_ahead;
  }
  bool is_next_known() {
    const RingKey* next = find(KeyState::Next);
    return next != nullptr && now_ >= next->made_at + policy_.published_ahead;
  }

 private:
  const WallTime now_;
  const KeyPolicy& policy_;
  const KeyMaker& make_key_;
};

}  // namespace

std::string_view to_string(KeyState state) {
  switch (state) {
    case KeyState::Next:
      return "next";
    case KeyState::Active:
      return "active";
    case KeyState::Retired:
      return "retired";
  }
  return "retired";
}

KeyRing::KeyRing(std::vector<RingKey> keys) : keys_(std::move(keys)) {
  std::ranges::stable_sort(keys_, {}, place_of);
  jwks_ = render_jwks(keys_);
}

Result<KeyRing> KeyRing::make(std::vector<RingKey> keys) {
  const auto count = [&](KeyState state) { return std::ranges::count(keys, state, &RingKey::state); };
  if (count(KeyState::Active) != 1 || count(KeyState::Next) > 1) {
    return fail(ErrorKind::InvalidInput, "a key ring needs one active key and at most one next");
  }
  std::vector<std::string> kids;
  kids.reserve(keys.size());
  for (const RingKey& key : keys) kids.push_back(key.key.kid());
  std::ranges::sort(kids);
  if (std::ranges::adjacent_find(kids) != kids.end()) {
    return fail(ErrorKind::InvalidInput, "a key is in the ring twice");
  }
  return KeyRing(std::move(keys));
}

const RingKey& KeyRing::active() const {
  return keys_.front();
}

const RingKey* KeyRing::next() const {
  return keys_.size() > 1 && keys_[1].state == KeyState::Next ? &keys_[1] : nullptr;
}

const VerifyKey* KeyRing::find(std::string_view kid) const {
  const auto found =
      std::ranges::find_if(keys_, [kid](const RingKey& entry) { return entry.key.kid() == kid; });
  return found == keys_.end() ? nullptr : &found->key.verify_key();
}

Result<KeyRing> rotate(const KeyRing* ring, WallTime now, const KeyPolicy& policy, RotationWish wish,
                       const KeyMaker& make_key) {
  Rotation rotation(now, policy, make_key);
  if (ring == nullptr) {
    if (auto made = rotation.add(KeyState::Active); !made) return fail(made);
    return KeyRing::make(std::move(rotation.keys));
  }
  rotation.keys = ring->keys();
  rotation.drop_expired();
  rotation.drop_unwanted_next();
  const bool at_once = wish == RotationWish::Now;
  if (rotation.find(KeyState::Next) == nullptr && (at_once || rotation.is_next_due())) {
    if (auto made = rotation.add(KeyState::Next); !made) return fail(made);
  }
  if (at_once || (rotation.is_active_worn() && rotation.is_next_known())) rotation.promote_next();
  return KeyRing::make(std::move(rotation.keys));
}

bool same_keys(const KeyRing& a, const KeyRing& b) {
  return std::ranges::equal(a.keys(), b.keys(), [](const RingKey& x, const RingKey& y) {
    return x.key.kid() == y.key.kid() && x.state == y.state;
  });
}

std::shared_ptr<const KeyRing> PublishedKeys::current() const {
  const MutexLock lock(mutex_);
  return ring_;
}

void PublishedKeys::publish(KeyRing ring) {
  auto fresh = std::make_shared<const KeyRing>(std::move(ring));
  const MutexLock lock(mutex_);
  ring_.swap(fresh);
}

}  // namespace picket::authd
