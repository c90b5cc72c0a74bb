#include "authd/store/vault.h"

#include "base/text/strings.h"

namespace picket::authd {
namespace {

std::string context_of(const SealedPlace& place) {
  return fmt::format("{}:{}:{}", place.table, place.column, place.row);
}

/// The second part of "v1.<key id>.<nonce>.<ciphertext>".
std::string key_of(std::string_view envelope) {
  const auto parts = split(envelope, '.');
  return parts.size() > 1 ? std::string(parts[1]) : std::string();
}

}  // namespace

Vault::Vault(Keyring keyring, Random& random) : keyring_(std::move(keyring)), random_(random) {
  const auto sample = keyring_.seal("", "active key", random_);
  check(sample.has_value(), "a key ring seals");
  active_key_ = key_of(*sample);
}

Result<Sealed> Vault::seal(const SealedPlace& place, std::string_view plaintext) const {
  if (plaintext.empty()) return Sealed{};
  auto envelope = keyring_.seal(plaintext, context_of(place), random_);
  if (!envelope) return fail(envelope);
  return Sealed{std::move(*envelope), active_key_};
}

Result<std::string> Vault::open(const SealedPlace& place, std::string_view envelope) const {
  if (envelope.empty()) return std::string();
  auto plaintext = keyring_.open(envelope, context_of(place));
  if (!plaintext) return fail(plaintext, fmt::format("{}.{}", place.table, place.column));
  return plaintext;
}

}  // namespace picket::authd
