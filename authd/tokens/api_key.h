// API keys: "pak_<lookup id>_<256 random bits>". The lookup id is public: the store finds the row by it. Only
// an HMAC of the whole key is stored, under a key that is not in the database, and compared in constant time.
// No slow hash: 256 random bits cannot be guessed. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/crypto/random.h"

namespace picket::authd {

struct NewApiKey {
  Secret text;            ///< shown once
  std::string lookup_id;  ///< 16 letters and digits; fit for lists and logs
  std::string mac;        ///< what is stored, base64url
};

NewApiKey make_api_key(Random& random, const Secret& mac_key);

/// Meant as one of our API keys, whole or not.
bool has_api_key_prefix(std::string_view presented);

/// The lookup id of a presented key; nothing when it is not of the form.
std::optional<std::string> api_key_lookup_id(std::string_view presented);

bool api_key_matches(std::string_view presented, std::string_view stored_mac, const Secret& mac_key);

}  // namespace picket::authd
