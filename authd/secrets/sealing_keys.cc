#include "authd/secrets/sealing_keys.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::string_view kPreface =
    "# Keys that seal what is secret in authd's database: the first one seals, all of them open.\n"
    "# The same on every replica. What was sealed with a key that is lost is lost: keep a copy elsewhere.\n";

/// The id follows from the key, so that two keys never share one.
SealingKey make_key(Random& random) {
  constexpr std::size_t kIdBytes = 5;
  Secret bytes(random.bytes(kKeyBytes));
  std::string id = "k" + hex_encode(sha256(bytes.reveal()).substr(0, kIdBytes));
  return {std::move(id), std::move(bytes)};
}

Result<SealingKey> parse_line(std::string_view line) {
  const std::size_t gap = line.find_first_of(" \t");
  if (gap == std::string_view::npos) {
    return fail(ErrorKind::InvalidInput, "must be an id, a blank, and a key in base64url");
  }
  auto bytes = base64url_decode(trim(line.substr(gap)));
  if (!bytes || bytes->size() != kKeyBytes) {
    return fail(ErrorKind::InvalidInput, "the key must be 32 bytes in base64url");
  }
  return SealingKey{std::string(line.substr(0, gap)), Secret(std::move(*bytes))};
}

/// Whatever Keyring takes: it knows what an id may be.
Result<Keyring> make_ring(const std::vector<SealingKey>& keys) {
  std::map<std::string, Secret> ring;
  for (const SealingKey& key : keys) ring.emplace(key.id, key.bytes);
  return Keyring::make(std::move(ring), keys.front().id);
}

}  // namespace

Result<SealingKeys> SealingKeys::parse(const Secret& text) {
  SealingKeys parsed;
  int number = 0;
  for (const std::string_view raw : split(text.reveal(), '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    auto key = parse_line(line);
    if (!key) return fail(key, fmt::format("line {}", number));
    if (std::ranges::find(parsed.keys_, key->id, &SealingKey::id) != parsed.keys_.end()) {
      return fail(ErrorKind::InvalidInput,
                  fmt::format("line {}: the id \"{}\" is there twice", number, key->id));
    }
    parsed.keys_.push_back(std::move(*key));
  }
  if (parsed.keys_.empty()) return fail(ErrorKind::InvalidInput, "holds no key");
  if (const auto ring = make_ring(parsed.keys_); !ring) return fail(ring);
  return parsed;
}

SealingKeys SealingKeys::generate(Random& random) {
  SealingKeys made;
  made.keys_.push_back(make_key(random));
  return made;
}

std::string SealingKeys::add(Random& random) {
  keys_.push_back(make_key(random));
  return keys_.back().id;
}

Result<void> SealingKeys::activate(std::string_view id) {
  const auto found = std::ranges::find(keys_, id, &SealingKey::id);
  if (found == keys_.end()) {
    return fail(ErrorKind::NotFound, fmt::format("there is no sealing key \"{}\"", id));
  }
  std::rotate(keys_.begin(), found, found + 1);
  return {};
}

Secret SealingKeys::text() const {
  std::string text(kPreface);
  for (const SealingKey& key : keys_) {
    text += fmt::format("{} {}\n", key.id, base64url_encode(key.bytes.reveal()));
  }
  return Secret(std::move(text));
}

Keyring SealingKeys::ring() const {
  auto ring = make_ring(keys_);
  check(ring.has_value(), "the keys were checked when they came in");
  return std::move(*ring);
}

}  // namespace picket::authd
