// AES-256-GCM envelope for stored secrets: "v1.<key id>.<nonce>.<ciphertext+tag>" in base64url. The key id
// lets keys rotate; `context` (table:column:row) is authenticated with it, so that a value moved to another
// row does not open.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/result/result.h"

namespace picket {

class Keyring {  ///< immutable after construction; safe from any thread
 public:
  /// Each key is 32 bytes; `active` seals, all open. InvalidInput otherwise.
  static Result<Keyring> make(std::map<std::string, Secret> keys, std::string active);

  Result<std::string> seal(std::string_view plaintext, std::string_view context, Random& random) const;
  /// Corrupt when it was changed, moved or sealed under an unknown key.
  Result<std::string> open(std::string_view envelope, std::string_view context) const;
  /// True when it was not sealed with the active key: seal it again.
  bool is_stale(std::string_view envelope) const;

 private:
  Keyring(std::map<std::string, Secret> keys, std::string active)
      : keys_(std::move(keys)), active_(std::move(active)) {}
  std::map<std::string, Secret> keys_;
  std::string active_;
};

}  // namespace picket
