// Secrets on their way into columns and back: sealed with the key ring and bound to table, column and row, so
// that one copied to another place does not open. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto/aead.h"

namespace picket::authd {

struct SealedPlace {
  std::string_view table, column;
  std::string row;  ///< its primary key
};

struct Sealed {
  std::string envelope;
  std::string key_id;  ///< goes into the column `..._sealed_by`
};

class Vault {
 public:
  /// `random` must outlive it.
  Vault(Keyring keyring, Random& random);

  /// "" stays "", sealed by nobody.
  Result<Sealed> seal(const SealedPlace& place, std::string_view plaintext) const;
  /// Corrupt when it was changed or comes from another place.
  Result<std::string> open(const SealedPlace& place, std::string_view envelope) const;
  /// The key that seals now.
  const std::string& active_key() const { return active_key_; }

 private:
  Keyring keyring_;
  Random& random_;
  std::string active_key_;
};

}  // namespace picket::authd
