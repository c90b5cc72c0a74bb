#include "base/crypto/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::string_view kVersion = "v1";
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyIdMax = 64;
constexpr std::size_t kTextBytesMax = std::size_t{64} * 1024 * 1024;  // OpenSSL counts in int

struct CipherContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherContextDeleter>;

struct Envelope {
  std::string key_id;
  std::string nonce;
  std::string sealed;  ///< ciphertext, then the tag
};

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* octets(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

bool is_key_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !id.empty() && id.size() <= kKeyIdMax && std::ranges::all_of(id, allowed);
}

/// A key id has no dot, so no two pairs of key id and context give the same text.
std::string authenticated(std::string_view key_id, std::string_view context) {
  return fmt::format("{}.{}.{}", kVersion, key_id, context);
}

std::optional<Envelope> parse_envelope(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '.');
  if (parts.size() != 4 || parts[0] != kVersion || !is_key_id(parts[1])) return std::nullopt;
  Result<std::string> nonce = base64url_decode(parts[2]);
  Result<std::string> sealed = base64url_decode(parts[3]);
  if (!nonce || !sealed || nonce->size() != kNonceBytes) return std::nullopt;
  if (sealed->size() < kTagBytes || sealed->size() > kTextBytesMax + kTagBytes) return std::nullopt;
  return Envelope{std::string(parts[1]), std::move(*nonce), std::move(*sealed)};
}

/// Ciphertext and tag, or nothing when OpenSSL refuses.
std::optional<std::string> encrypt(const Secret& key, std::string_view nonce, std::string_view extra,
                                   std::string_view plaintext) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(plaintext.size() + kTagBytes, '\0');
  int size = 0;
  const bool sealed =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, octets(key.reveal()), octets(nonce)) ==
          1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, octets(extra), static_cast<int>(extra.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), octets(out), &size, octets(plaintext),
                        static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), octets(out) + plaintext.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, out.data() + plaintext.size()) == 1;
  if (!sealed) return std::nullopt;
  return out;
}

std::optional<std::string> decrypt(const Secret& key, const Envelope& envelope, std::string_view extra) {
  const CipherContext context(EVP_CIPHER_CTX_new());
  const std::size_t length = envelope.sealed.size() - kTagBytes;
  std::string tag = envelope.sealed.substr(length);
  std::string out(length, '\0');
  int size = 0;
  const bool opened =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, octets(key.reveal()),
                         octets(std::string_view(envelope.nonce))) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, octets(extra), static_cast<int>(extra.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), octets(out), &size, octets(std::string_view(envelope.sealed)),
                        static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), octets(out) + length, &size) == 1;
  if (!opened) return std::nullopt;
  return out;
}

}  // namespace

Result<Keyring> Keyring::make(std::map<std::string, Secret> keys, std::string active) {
  for (const auto& [id, key] : keys) {
    if (!is_key_id(id)) {
      return fail(ErrorKind::InvalidInput,
                  fmt::format("key id \"{}\" must be 1 to 64 letters, digits, _ or -", id));
    }
    if (key.reveal().size() != kKeyBytes) {
      return fail(ErrorKind::InvalidInput,
                  fmt::format("key \"{}\" must be {} bytes, not {}", id, kKeyBytes, key.reveal().size()));
    }
  }
  if (!keys.contains(active)) {
    return fail(ErrorKind::InvalidInput, fmt::format("active key \"{}\" is not among the keys", active));
  }
  return Keyring(std::move(keys), std::move(active));
}

Result<std::string> Keyring::seal(std::string_view plaintext, std::string_view context,
                                  Random& random) const {
  if (plaintext.size() > kTextBytesMax) {
    return fail(ErrorKind::InvalidInput, "too large to seal: more than 64 MiB");
  }
  const std::string nonce = random.bytes(kNonceBytes);
  const auto sealed = encrypt(keys_.at(active_), nonce, authenticated(active_, context), plaintext);
  if (!sealed) return fail(ErrorKind::Internal, "OpenSSL has no AES-256-GCM");
  return fmt::format("{}.{}.{}.{}", kVersion, active_, base64url_encode(nonce), base64url_encode(*sealed));
}

Result<std::string> Keyring::open(std::string_view envelope, std::string_view context) const {
  const std::optional<Envelope> parsed = parse_envelope(envelope);
  if (!parsed) return fail(ErrorKind::Corrupt, "sealed value is malformed");
  const auto key = keys_.find(parsed->key_id);
  if (key == keys_.end()) {
    return fail(ErrorKind::Corrupt, fmt::format("sealed under the unknown key \"{}\"", parsed->key_id));
  }
  auto plaintext = decrypt(key->second, *parsed, authenticated(parsed->key_id, context));
  if (!plaintext) return fail(ErrorKind::Corrupt, "sealed value was changed or moved, or its key is another");
  return std::move(*plaintext);
}

bool Keyring::is_stale(std::string_view envelope) const {
  const std::optional<Envelope> parsed = parse_envelope(envelope);
  return !parsed || parsed->key_id != active_;
}

}  // namespace picket
