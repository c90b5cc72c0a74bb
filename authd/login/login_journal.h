// Writes down what came of each attempt and each change: one event of the audit log and one count. Where the
// event cannot be written the attempt is refused by whoever made it. Safe from any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "authd/audit/audit_log.h"
#include "authd/sessions/client.h"
#include "base/log/logger.h"
#include "base/metrics/registry.h"

namespace picket::authd {

enum class Factor : std::uint8_t { Password, Totp, Email, Sms, BackupCode };
/// "password", "totp", "email", "sms", "backup_code": label values too.
std::string_view to_string(Factor factor);
/// Any but the password.
std::optional<Factor> parse_second_factor(std::string_view text);

/// Why an attempt did not succeed; None when it did.
enum class Refusal : std::uint8_t {
  None,
  Wrong,
  Unknown,    ///< no such account
  Locked,     ///< this way in, for a while
  Stopped,    ///< the account, for strangers
  Suspended,  ///< the account is not active
  Malformed,
  Expired,
  Exhausted,  ///< no try is left
  Spent,      ///< was right once
  Busy,
  Unavailable,
  OwnerNetwork,  ///< an owner from elsewhere than his networks
  Limited,       ///< too many failures from there, or a block
  Foreign        ///< another site's page has sent it
};
std::string_view to_string(Refusal refusal);  ///< "none", "wrong", ...: label values

struct AttemptNote {
  std::string_view action;  ///< "auth.login", "auth.challenge", "auth.confirm_password", ...
  Factor factor = Factor::Password;
  Refusal refusal = Refusal::None;
  std::string account{};  ///< whose it is said to be: an id, or what stands in for one
  std::string methods{};  ///< of a whole login: "pwd otp"
};

struct ChangeNote {
  std::string_view action;  ///< "factors.totp_confirmed", ...
  std::string user_id{};    ///< who did it; "" by a link
  std::string account{};    ///< whose it is
  std::initializer_list<std::pair<std::string_view, std::string_view>> details{};
  std::string_view result = "success";  ///< or "failed"
};

class LoginJournal {
 public:
  /// All must outlive it.
  LoginJournal(AuditLog& audit, const Clock& clock, MetricRegistry& registry, Logger& log);

  /// Counts it; writes it too, but for Busy, Unavailable and Limited, which say nothing about anybody. A
  /// refusal is a line of the log as well, limited per client, for fail2ban.
  Result<void> attempt(const AttemptNote& note, const Client& client);
  Result<void> change(const ChangeNote& note, const Client& client);

 private:
  Result<void> append(AuditEvent event, const Client& client);

  AuditLog& audit_;
  const Clock& clock_;
  Logger& log_;
  prometheus::Family<prometheus::Counter>& attempts_;
};

}  // namespace picket::authd
