// What goes wrong in the demo, and when: a list of half an hour that begins with the demo and then begins anew.
// The shop, the traffic and docs/demo.md follow it. Pure.
#pragma once

#include <span>
#include <string_view>

#include "base/text/duration.h"

namespace picket::demo {

enum class Incident {
  SlowCheckout,      ///< the shop answers checkouts after two seconds
  RefusedWebhooks,   ///< the shop's chat takes no messages: alertd tries again
  FailingCheckout,   ///< six of ten checkouts end with 500 or 503
  Attacks,           ///< SQL injection, cross-site scripting, path traversal, once a second
  GuessedPasswords,  ///< one client, one account of the old shop
  SprayedPasswords,  ///< one client, many accounts of the old shop
  StuffedPasswords,  ///< many clients, many accounts of authd, nearly all of them fail
  StolenToken,       ///< a refresh token that was used already
  LargeDownload,     ///< somebody takes the whole catalogue away
};

struct Staged {
  Incident incident;
  Duration begins, ends;  ///< since the beginning of the half hour; `ends` excluded
  std::string_view what;  ///< for the table in docs/demo.md
};

inline constexpr Duration kRound = std::chrono::minutes(30);

/// In the order in which they begin; each once.
std::span<const Staged> staged_incidents();

/// `since_start`: how long the demo has run.
bool goes_on(Incident incident, Duration since_start);

}  // namespace picket::demo
