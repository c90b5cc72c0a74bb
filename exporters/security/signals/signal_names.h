// The fixed label values of the signals. Whatever a log says, a label is one of these.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/detect/attack_rule.h"
#include "exporters/security/records/log_record.h"

namespace picket::security {

// An index into each of these is what the counters are kept by. The last of each takes what is not named.
inline constexpr std::array<std::string_view, 10> kHttpMethods{
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "TRACE", "PATCH", "other"};
inline constexpr std::array<std::string_view, 6> kStatusClasses{"1xx", "2xx", "3xx", "4xx", "5xx", "none"};
inline constexpr std::array<std::string_view, 6> kLockoutReasons{"account", "address",       "network",
                                                                 "device",  "administrator", "other"};
inline constexpr std::array<std::string_view, 3> kResetInitiators{"self", "administrator", "other"};
inline constexpr std::array<std::string_view, 6> kPrivilegeActions{
    "users.role", "users.create", "users.invite", "users.accept", "api_keys.create", "other"};
inline constexpr std::array<std::string_view, 7> kRevocationReasons{
    "session", "all_sessions", "token", "api_key", "device", "reuse", "other"};
inline constexpr std::array<std::string_view, 3> kBlockReasons{"administrator", "automatic", "other"};
inline constexpr std::array<std::string_view, 5> kAuditOutcomes{"success", "denied", "failed", "error",
                                                                "other"};

/// The actions of authd's audit log.
inline constexpr std::array<std::string_view, 54> kAuditActions{"api_keys.create",
                                                                "api_keys.revoke",
                                                                "audit.accept",
                                                                "audit.export",
                                                                "auth.challenge",
                                                                "auth.confirm_code",
                                                                "auth.confirm_password",
                                                                "auth.login",
                                                                "auth.owner_network",
                                                                "auth.password_change",
                                                                "auth.password_reset",
                                                                "auth.refresh",
                                                                "auth.reset_request",
                                                                "blocks.create",
                                                                "blocks.delete",
                                                                "blocks.webhook",
                                                                "crypto.accept_keys",
                                                                "crypto.activate_key",
                                                                "crypto.add_key",
                                                                "crypto.rotate",
                                                                "devices.forget",
                                                                "factors.backup_codes_renewed",
                                                                "factors.confirm_totp",
                                                                "factors.email_off",
                                                                "factors.email_on",
                                                                "factors.reset",
                                                                "factors.reset_begun",
                                                                "factors.sms_off",
                                                                "factors.sms_on",
                                                                "factors.totp_confirmed",
                                                                "factors.totp_removed",
                                                                "keys.rotate",
                                                                "limits.override",
                                                                "limits.override_end",
                                                                "limits.reset",
                                                                "sessions.end",
                                                                "sessions.end_all",
                                                                "tokens.revoke",
                                                                "users.accept",
                                                                "users.activate",
                                                                "users.confirm_phone",
                                                                "users.create",
                                                                "users.delete",
                                                                "users.email_verified",
                                                                "users.first_owner_offered",
                                                                "users.invite",
                                                                "users.password_link",
                                                                "users.phone_verified",
                                                                "users.reset_2fa",
                                                                "users.role",
                                                                "users.suspend",
                                                                "users.unlock",
                                                                "users.update",
                                                                "other"};

inline constexpr std::size_t kLoginMethods = static_cast<std::size_t>(LoginMethod::Other) + 1;
inline constexpr std::size_t kLoginFailures = static_cast<std::size_t>(LoginFailure::Other) + 1;
inline constexpr std::size_t kCategories = kAttackClasses.size();

enum class Direction : std::uint8_t { Sent, Received };  ///< sent: to the client
inline constexpr std::array kDirections{Direction::Sent, Direction::Received};
std::string_view to_string(Direction direction);  ///< "sent", "received"

enum class TransferReason : std::uint8_t {
  Size,      ///< one transfer is larger than allowed
  Rate,      ///< a client's bytes of an hour are more than allowed
  Baseline,  ///< ... or far more than clients move at this hour of the day
  Hour       ///< at an odd hour
};
inline constexpr std::array kTransferReasons{TransferReason::Size, TransferReason::Rate,
                                             TransferReason::Baseline, TransferReason::Hour};
std::string_view to_string(TransferReason reason);  ///< "size", "rate", "baseline", "hour"

enum class DetectionKind : std::uint8_t {
  BruteForce,   ///< many failures of one client, or of one account
  Spraying,     ///< one client, many accounts
  Stuffing,     ///< many clients, many accounts, nearly all failing
  Enumeration,  ///< one client looks for accounts or pages that do not exist
  Scraping      ///< one client reads very much
};
inline constexpr std::array kDetectionKinds{DetectionKind::BruteForce, DetectionKind::Spraying,
                                            DetectionKind::Stuffing, DetectionKind::Enumeration,
                                            DetectionKind::Scraping};
std::string_view to_string(DetectionKind kind);  ///< "brute_force", "spraying", "stuffing", ...

/// The windows of the estimates of distinct clients and accounts.
struct DistinctSpan {
  std::string_view name;   ///< label `window`
  std::int64_t slice = 0;  ///< seconds; the window rolls on by these
  std::size_t slices = 0;
};
inline constexpr std::array kDistinctSpans{DistinctSpan{"5m", 60, 5}, DistinctSpan{"1h", 600, 6}};

/// Where `name` stands in one of the lists above; the last place when it is not in it.
std::size_t index_in(std::span<const std::string_view> names, std::string_view name);
std::size_t status_class_of(int status);
std::size_t category_of(AttackClass kind);

}  // namespace picket::security
