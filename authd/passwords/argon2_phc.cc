#include "authd/passwords/argon2_phc.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/text/encoding.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

constexpr std::size_t kTextMax = 256;
constexpr std::size_t kStoredSaltMin = 8;
constexpr std::size_t kStoredTagMin = 16;
constexpr std::size_t kFieldMax = 64;

Failure refuse(std::string_view reason) {
  return fail(ErrorKind::InvalidInput, fmt::format("argon2 hash {}", reason));
}

/// One spelling a number: no sign, no leading zero.
std::optional<std::uint32_t> parse_cost(std::string_view text) {
  constexpr std::size_t kDigitsMax = 10;
  const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || text.size() > kDigitsMax || !digits || text.front() == '0') return std::nullopt;
  const auto number = parse_int(text);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

/// "m=19456,t=2,p=1", in this order.
std::optional<Argon2Params> parse_costs(std::string_view text) {
  constexpr std::array<std::string_view, 3> kKeys{"m=", "t=", "p="};
  std::array<std::uint32_t, kKeys.size()> costs{};
  const auto fields = split(text, ',');
  if (fields.size() != kKeys.size()) return std::nullopt;
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    if (!fields[i].starts_with(kKeys[i])) return std::nullopt;
    const auto cost = parse_cost(fields[i].substr(2));
    if (!cost) return std::nullopt;
    costs[i] = *cost;
  }
  return Argon2Params{costs[0], costs[1], costs[2]};
}

std::string without_padding(std::string text) {
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

Result<std::string> parse_bytes_of(std::string_view text) {
  if (text.find('=') != std::string_view::npos) return refuse("must have base64 without padding");
  std::string padded(text);
  padded.append((4 - text.size() % 4) % 4, '=');
  auto bytes = base64_decode(padded);
  if (!bytes) return refuse("has broken base64");
  return bytes;
}

}  // namespace

Result<Argon2Hash> parse_argon2_phc(std::string_view text) {
  if (text.size() > kTextMax) return refuse("is too long");
  const auto fields = split(text, '$');  // "", argon2id, v=19, costs, salt, tag
  if (fields.size() < 2 || !fields[0].empty() || fields[1] != "argon2id")
    return refuse("must begin with $argon2id$ (argon2i and argon2d are not taken)");
  if (fields.size() != 6 || fields[2] != "v=19") return refuse("must have v=19, costs, salt and tag");
  const auto params = parse_costs(fields[3]);
  if (!params) return refuse("must have its costs as m=,t=,p=");
  if (auto fine = check_argon2_params(*params); !fine) return fail(fine);
  auto salt = parse_bytes_of(fields[4]);
  if (!salt) return fail(salt);
  auto tag = parse_bytes_of(fields[5]);
  if (!tag) return fail(tag);
  if (salt->size() < kStoredSaltMin || salt->size() > kFieldMax || tag->size() < kStoredTagMin ||
      tag->size() > kFieldMax)
    return refuse("has a salt or tag of unusual length");
  return Argon2Hash{*params, std::move(*salt), std::move(*tag)};
}

std::string format_argon2_phc(const Argon2Hash& hash) {
  return fmt::format("$argon2id$v=19$m={},t={},p={}${}${}", hash.params.memory_kib, hash.params.passes,
                     hash.params.lanes, without_padding(base64_encode(hash.salt)),
                     without_padding(base64_encode(hash.tag)));
}

}  // namespace picket::authd
