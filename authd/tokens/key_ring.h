// The keys that sign our tokens: one active, at most one next (published ahead, so that verifiers' caches of
// the JWKS know it before it signs), and retired ones until their last token has expired. A KeyRing is an
// immutable snapshot; rotate() makes another one; PublishedKeys is where the threads find the current one.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "authd/tokens/signing_key.h"
#include "base/exec/mutex.h"
#include "base/time/clock.h"

namespace picket::authd {

enum class KeyState : std::uint8_t { Next, Active, Retired };
std::string_view to_string(KeyState state);

/// One key and its history, as the store keeps it.
struct RingKey {
  SigningKey key;
  KeyState state = KeyState::Next;
  WallTime made_at{};
  WallTime active_since{};   ///< of Active and Retired
  WallTime retired_since{};  ///< of Retired
};

class KeyRing {
 public:
  /// InvalidInput unless exactly one is Active, at most one Next, and no key is there twice.
  static Result<KeyRing> make(std::vector<RingKey> keys);

  const RingKey& active() const;
  const RingKey* next() const;  ///< null when there is none
  /// Any key of the ring; null for an unknown id, which costs nothing but this look.
  const VerifyKey* find(std::string_view kid) const;
  const std::vector<RingKey>& keys() const { return keys_; }
  /// RFC 7517 5: {"keys":[...]}, active first. Rendered once.
  const std::string& jwks() const { return jwks_; }

 private:
  explicit KeyRing(std::vector<RingKey> keys);

  std::vector<RingKey> keys_;  ///< active, next, retired
  std::string jwks_;
};

struct KeyPolicy {
  Algorithm algorithm = Algorithm::EdDsa;
  Duration active_for = std::chrono::hours(24 * 30);
  /// How long a key is in the JWKS before it signs: longer than anyone caches the JWKS.
  Duration published_ahead = std::chrono::hours(24);
  /// How long a retired key is kept: the longest life of a token, and the leeway.
  Duration kept_after = std::chrono::minutes(20);
};

enum class RotationWish : std::uint8_t {
  AsDue,
  Now  ///< the next key (or a new one) signs at once: verifiers that cache the JWKS may refuse for a while
};

using KeyMaker = std::function<Result<SigningKey>(Algorithm)>;

/// The ring as it should be at `now`; pure but for `make_key`, which is called when a key is missing. No ring
/// at all (first start) gives one with an active key. Equal keys and states mean that nothing was due. The
/// error is that of `make_key`.
Result<KeyRing> rotate(const KeyRing* ring, WallTime now, const KeyPolicy& policy, RotationWish wish,
                       const KeyMaker& make_key);

/// True when both hold the same keys in the same states: then there is nothing to store or publish.
bool same_keys(const KeyRing& a, const KeyRing& b);

/// The ring in force. Safe from any thread.
class PublishedKeys {
 public:
  explicit PublishedKeys(KeyRing ring) : ring_(std::make_shared<const KeyRing>(std::move(ring))) {}

  std::shared_ptr<const KeyRing> current() const EXCLUDES(mutex_);
  void publish(KeyRing ring) EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const KeyRing> ring_ GUARDED_BY(mutex_);
};

}  // namespace picket::authd
