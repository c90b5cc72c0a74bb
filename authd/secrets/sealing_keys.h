// The keys that seal the database's secrets, as a text of lines "<id> <32 bytes in base64url>": the first one
// seals, all of them open. Blank lines and lines that begin with # are passed over. A value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/aead.h"

namespace picket::authd {

struct SealingKey {
  std::string id{};
  Secret bytes{};
};

class SealingKeys {
 public:
  /// InvalidInput names the line; no key is in the message.
  static Result<SealingKeys> parse(const Secret& text);
  /// One new key.
  static SealingKeys generate(Random& random);

  const std::vector<SealingKey>& keys() const { return keys_; }  ///< never empty
  const std::string& active() const { return keys_.front().id; }
  /// A new key at the end: it opens and does not seal yet. Its id.
  std::string add(Random& random);
  /// Makes it the first one. NotFound.
  Result<void> activate(std::string_view id);
  /// For a file, with a few lines that say what it is.
  Secret text() const;
  Keyring ring() const;

 private:
  std::vector<SealingKey> keys_;
};

}  // namespace picket::authd
