// What was counted in the lines of one source, since its state began. Values only: they never fall, and the
// same lines make the same counts.
#pragma once

#include <map>
#include <string>

#include "base/json/json.h"
#include "exporters/security/signals/signal_names.h"

namespace picket::security {

using Count = std::uint64_t;

/// Upper bounds in bytes of security_transfer_size_bytes; one more bucket is above them.
inline constexpr std::array<double, 10> kTransferBounds{
    1024, 16384, 131072, 1048576, 8388608, 67108864, 268435456, 1073741824, 4294967296, 17179869184};

struct SignalCounters {
  static constexpr std::size_t kLimitsMax = 50;  ///< names; the rest is "other"

  std::array<std::array<Count, kStatusClasses.size()>, kHttpMethods.size()> requests{};
  std::array<Count, kCategories> attacks{};           ///< requests that match the category
  std::array<Count, kCategories> attacks_accepted{};  ///< ... and were answered below 400
  std::map<std::string, Count, std::less<>> rules{};  ///< requests by rule; the Detector's own ids alone

  std::array<Count, kLoginMethods> logins{};
  std::array<std::array<Count, kLoginFailures>, kLoginMethods> login_failures{};  ///< [method][reason]
  std::array<Count, kLockoutReasons.size()> lockouts{};
  std::array<Count, kLoginMethods> mfa_challenges{};  ///< answers to one: TOTP, SMS, email, recovery code
  std::array<Count, kLoginMethods> mfa_failures{};
  std::array<Count, kResetInitiators.size()> password_resets{};
  std::array<Count, kPrivilegeActions.size()> privilege_changes{};
  std::array<Count, kRevocationReasons.size()> revocations{};
  std::array<Count, kBlockReasons.size()> blocks{}, unblocks{};
  std::array<std::array<Count, kAuditOutcomes.size()>, kAuditActions.size()> audit{};  ///< [action][outcome]

  std::map<std::string, Count, std::less<>> limits{};  ///< requests over a limit, by its name

  std::array<Count, kDirections.size()> transfers{};
  std::array<std::array<Count, kTransferReasons.size()>, kDirections.size()> suspicious_transfers{};
  std::array<std::array<Count, kTransferBounds.size() + 1>, kDirections.size()> transfer_sizes{};
  std::array<Count, kDirections.size()> transfer_bytes{};  ///< the histogram's sum

  std::array<Count, kDetectionKinds.size()> detections{};  ///< begun
  std::array<Count, kCategories> events_left_out{};        ///< attacks beyond the events of a minute
  Count other_events_left_out = 0;  ///< detections and suspicious transfers beyond them
  Count clients_evicted = 0;        ///< from the full table of clients, while still active
  Count accounts_evicted = 0;
  Count times_refused = 0;  ///< lines whose time was impossible: the time of reading was taken
  Count clock_resets = 0;   ///< the log's clock went back for good: windows began anew

  bool operator==(const SignalCounters&) const = default;
};

/// The count of a limit: of "other" when it is one too many.
Count& limit_of(SignalCounters& counters, std::string_view name);
/// For families without the label `source`.
void add(SignalCounters& sum, const SignalCounters& counters);

nlohmann::json json_of(const SignalCounters& counters);
/// Corrupt on anything that json_of() does not write. Rules that are not known any more are kept by name, at
/// most 2,000.
Result<SignalCounters> counters_from_json(const nlohmann::json& json);

}  // namespace picket::security
