// Refresh tokens as a pure judgement: which presented token gets which successor, and when a family dies. The
// store keeps one RefreshFamily per session and writes what judge_refresh() answers in one conditional
// statement (WHERE version = the version that was judged); when that changes no row, it reads and judges
// again. Times are of the wall clock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/crypto/random.h"
#include "base/time/clock.h"

namespace picket::authd {

// Token n of a family is "prt_" and base64url(family id, n, HMAC-SHA-256(family key, family id and n)). So
// the successor can be given again without being stored, nothing in the database is a token, and the key is
// sealed there. The family remembers n, the number of its one active token.
//
//                    present n                            present n
//   login --> [ n active ] ---------> [ n+1 active ] ---------> [ n+2 active ] --> ...
//                                       |        |
//               present n within 10 s,  |        |  present n later, same client,
//               same client             |        |  n+1 not used yet, not done before,
//               (a parallel request)    |        |  and the budget lasts (the answer was lost)
//                                       v        v
//                                    the same n+1 again
//
//   Anything else that the family did issue is Reuse, and the family is revoked: n from another client, n
//   late for the second time, every number below n, every number above the active one (the database was
//   restored). "Used" needs no flag of its own: when n+1 is used, n+2 is active and n is its grandparent.
//   A family ends absolutely 7 days after login, whatever was rotated, and a revoked one never comes back.
//
// Thereby one number at most can be rotated at any moment: there is one live leaf.

enum class RefreshVerdict : std::uint8_t {
  Rotate,           ///< give `next`; the presented token is spent
  ReplaySuccessor,  ///< give `next`, which was given before
  Reuse,            ///< revoke: somebody has a token that he should not have
  Expired,
  Revoked,      ///< presented to a family that is dead already: no second alarm
  Unknown,      ///< not a token of this family
  OwnerNetwork  ///< never judged here: an owner from elsewhere than his networks; nothing is spent
};

inline constexpr std::array kRefreshVerdicts{RefreshVerdict::Rotate,      RefreshVerdict::ReplaySuccessor,
                                             RefreshVerdict::Reuse,       RefreshVerdict::Expired,
                                             RefreshVerdict::Revoked,     RefreshVerdict::Unknown,
                                             RefreshVerdict::OwnerNetwork};

/// "rotated", "grace_replay", "reuse", "expired", "revoked", "unknown", "owner_network": fit for a metric
/// label.
std::string_view to_string(RefreshVerdict verdict);

/// What the tokens of a family are tied to: the caller's choice of things that stay while an address changes
/// (a device cookie, the client id, the user agent), hashed. Equal text is the same client.
struct ClientBinding {
  std::string hash;
  bool operator==(const ClientBinding&) const = default;
};

struct RefreshPolicy {
  Duration lifetime = std::chrono::hours(24 * 7);
  Duration grace = std::chrono::seconds(10);
  /// Lost answers that one family may have in its life; they cannot be told from a thief who was quick.
  int late_replays_max = 3;
};

struct RefreshFamily {
  std::string id;           ///< 16 random bytes
  Secret key;               ///< 32 random bytes
  std::int64_t active = 0;  ///< number of the one token that can be rotated
  WallTime expires_at{};
  WallTime rotated_at{};       ///< when `active` was given first
  ClientBinding rotated_by;    ///< to whom
  bool late_replayed = false;  ///< `active` was given to a late presenter of its parent
  int late_replays = 0;        ///< so far, over the family's life
  bool revoked = false;
  std::int64_t version = 0;  ///< goes up with each change

  bool operator==(const RefreshFamily&) const = default;
};

RefreshFamily make_refresh_family(Random& random, const ClientBinding& client, WallTime now,
                                  const RefreshPolicy& policy = {});

/// Token number `number` of the family. With `active` it is what login and a rotation hand out.
Secret refresh_token(const RefreshFamily& family, std::int64_t number);

/// A presented token, taken apart: the id finds the family. Nothing when it is not of the form.
struct PresentedRefresh {
  std::string family_id;
  std::int64_t number = 0;
  std::string mac;
  static std::optional<PresentedRefresh> parse(std::string_view text);
  bool operator==(const PresentedRefresh&) const = default;
};

struct RefreshJudgement {
  RefreshVerdict verdict = RefreshVerdict::Unknown;
  RefreshFamily family;        ///< as it must be stored; equal to the judged one when nothing changes
  std::optional<Secret> next;  ///< for Rotate and ReplaySuccessor
};

RefreshJudgement judge_refresh(const RefreshFamily& family, const PresentedRefresh& presented,
                               const ClientBinding& client, WallTime now, const RefreshPolicy& policy = {});

}  // namespace picket::authd
