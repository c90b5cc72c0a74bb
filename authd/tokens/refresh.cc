#include "authd/tokens/refresh.h"

#include <limits>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::authd {
namespace {

constexpr std::string_view kRefreshPrefix = "prt_";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kTokenBytes = kIdBytes + kNumberBytes + kMacBytes;

std::string to_bytes(std::int64_t number) {
  std::string bytes;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    bytes += static_cast<char>((static_cast<std::uint64_t>(number) >> (shift - 8)) & 0xffU);
  }
  return bytes;
}

/// Nothing for what is below zero.
std::optional<std::int64_t> read_number(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = (number << 8U) | static_cast<unsigned char>(c);
  if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string mac_of(const RefreshFamily& family, std::int64_t number) {
  return hmac_sha256(family.key.reveal(), family.id + to_bytes(number));
}

/// Clocks of two replicas differ a little, and a clock may be set back: the grace holds to both sides, so
/// that a step backwards does not make it longer than itself.
bool is_within_grace(const RefreshFamily& family, WallTime now, const RefreshPolicy& policy) {
  const Duration passed = now - family.rotated_at;
  return passed <= policy.grace && passed >= -policy.grace;
}

RefreshVerdict judge_parent(const RefreshFamily& family, const ClientBinding& client, WallTime now,
                            const RefreshPolicy& policy) {
  if (client != family.rotated_by) return RefreshVerdict::Reuse;
  if (is_within_grace(family, now, policy)) return RefreshVerdict::ReplaySuccessor;
  if (family.late_replayed || family.late_replays >= policy.late_replays_max) return RefreshVerdict::Reuse;
  return RefreshVerdict::ReplaySuccessor;
}

RefreshVerdict verdict_of(const RefreshFamily& family, const PresentedRefresh& presented,
                          const ClientBinding& client, const RefreshPolicy& policy, WallTime now) {
  const bool is_ours = presented.family_id == family.id &&
                       equal_constant_time(presented.mac, mac_of(family, presented.number));
  if (!is_ours) return RefreshVerdict::Unknown;
  if (family.revoked) return RefreshVerdict::Revoked;
  if (now >= family.expires_at) return RefreshVerdict::Expired;
  if (presented.number == family.active) return RefreshVerdict::Rotate;
  if (presented.number == family.active - 1) return judge_parent(family, client, now, policy);
  return RefreshVerdict::Reuse;
}

}  // namespace

std::string_view to_string(RefreshVerdict verdict) {
  switch (verdict) {
    case RefreshVerdict::Rotate:
      return "rotated";
    case RefreshVerdict::ReplaySuccessor:
      return "grace_replay";
    case RefreshVerdict::Reuse:
      return "reuse";
    case RefreshVerdict::Expired:
      return "expired";
    case RefreshVerdict::Revoked:
      return "revoked";
    case RefreshVerdict::Unknown:
      return "unknown";
    case RefreshVerdict::OwnerNetwork:
      return "owner_network";
  }
  return "unknown";
}

RefreshFamily make_refresh_family(Random& random, const ClientBinding& client, WallTime now,
                                  const RefreshPolicy& policy) {
  RefreshFamily family;
  family.id = random.bytes(kIdBytes);
  family.key = Secret(random.bytes(kMacBytes));
  family.expires_at = now + policy.lifetime;
  family.rotated_at = now;
  family.rotated_by = client;
  return family;
}

Secret refresh_token(const RefreshFamily& family, std::int64_t number) {
  return Secret(std::string(kRefreshPrefix) +
                base64url_encode(family.id + to_bytes(number) + mac_of(family, number)));
}

std::optional<PresentedRefresh> PresentedRefresh::parse(std::string_view text) {
  if (!text.starts_with(kRefreshPrefix) || text.find('=') != std::string_view::npos) return std::nullopt;
  if (text.size() > kRefreshPrefix.size() + 2 * kTokenBytes) return std::nullopt;
  const auto bytes = base64url_decode(text.substr(kRefreshPrefix.size()));
  if (!bytes || bytes->size() != kTokenBytes) return std::nullopt;
  const auto number = read_number(std::string_view(*bytes).substr(kIdBytes, kNumberBytes));
  if (!number) return std::nullopt;
  return PresentedRefresh{bytes->substr(0, kIdBytes), *number, bytes->substr(kIdBytes + kNumberBytes)};
}

RefreshJudgement judge_refresh(const RefreshFamily& family, const PresentedRefresh& presented,
                               const ClientBinding& client, WallTime now, const RefreshPolicy& policy) {
  RefreshJudgement judgement{verdict_of(family, presented, client, policy, now), family, std::nullopt};
  RefreshFamily& after = judgement.family;
  if (judgement.verdict == RefreshVerdict::Rotate) {
    after.active += 1;
    after.rotated_at = now;
    after.rotated_by = client;
    after.late_replayed = false;
  } else if (judgement.verdict == RefreshVerdict::ReplaySuccessor && !is_within_grace(family, now, policy)) {
    after.late_replayed = true;
    after.late_replays += 1;
  } else if (judgement.verdict == RefreshVerdict::Reuse) {
    after.revoked = true;
  }
  if (after != family) after.version += 1;
  const bool gives =
      judgement.verdict == RefreshVerdict::Rotate || judgement.verdict == RefreshVerdict::ReplaySuccessor;
  if (gives) judgement.next = refresh_token(after, after.active);
  return judgement;
}

}  // namespace picket::authd
