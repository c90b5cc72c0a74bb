#include "tools/demo/incidents.h"

#include <algorithm>
#include <array>

namespace picket::demo {
namespace {

using std::chrono::minutes;

constexpr std::array kStaged{
    Staged{Incident::SlowCheckout, minutes(1), minutes(8), "checkouts take 2 s"},
    Staged{Incident::RefusedWebhooks, minutes(2), minutes(6), "the chat refuses alertd's messages"},
    Staged{Incident::Attacks, minutes(2), minutes(9), "attack patterns in requests, once a second"},
    Staged{Incident::GuessedPasswords, minutes(2), minutes(7), "one client guesses at one account"},
    Staged{Incident::StolenToken, minutes(4), minutes(5), "a refresh token is used twice"},
    Staged{Incident::LargeDownload, minutes(5), minutes(6), "one client takes the whole catalogue away"},
    Staged{Incident::SprayedPasswords, minutes(6), minutes(10), "one client tries many accounts"},
    Staged{Incident::FailingCheckout, minutes(7), minutes(15), "six of ten checkouts fail"},
    Staged{Incident::StuffedPasswords, minutes(9), minutes(13), "many clients try many accounts"},
};

}  // namespace

std::span<const Staged> staged_incidents() {
  return kStaged;
}

bool goes_on(Incident incident, Duration since_start) {
  if (since_start < Duration::zero()) return false;
  const Duration at = since_start % kRound;
  return std::ranges::any_of(staged_incidents(), [&](const Staged& staged) {
    return staged.incident == incident && at >= staged.begins && at < staged.ends;
  });
}

}  // namespace picket::demo
