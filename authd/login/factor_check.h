// Compares what was typed with the second factors that an account has, and spends what was right: each time
// step, backup code and sent code once, whoever else tries at the same time. Comparing spends nothing. Used
// by Login. Safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "authd/accounts/factor_store.h"
#include "authd/accounts/session_store.h"
#include "authd/accounts/user.h"
#include "authd/login/login_config.h"
#include "authd/login/login_journal.h"
#include "authd/login/post.h"

namespace picket::authd {

struct TotpStepProof {
  std::int64_t step = 0;
};
struct BackupCodeProof {
  StoredBackupCode code{};
};
struct SentCodeProof {};  ///< spent together with its challenge
using FactorProof = std::variant<TotpStepProof, BackupCodeProof, SentCodeProof>;

struct FactorParts {
  FactorStore& store;
  const Post& post;
  const LoginSettings& settings;
  const Clock& clock;
};

/// RFC 8176 names of a whole login by password and this factor.
std::vector<std::string> methods_of(Factor factor);

/// A stored TOTP secret as a key.
Result<TotpKey> totp_key(const TotpEnrolment& enrolment);

class FactorCheck {
 public:
  /// `pepper` hashes sent codes.
  FactorCheck(FactorParts parts, Secret pepper) : parts_(parts), pepper_(std::move(pepper)) {}

  struct Choice {
    bool enrolled = false;               ///< some factor is: one must be shown
    std::vector<std::string> methods{};  ///< that work now; may be none
  };
  Result<Choice> choice_of(const User& user);
  /// Nothing when it is wrong. `challenge` is as stored, before this try was counted.
  Result<std::optional<FactorProof>> compare(const User& user, const Challenge& challenge, Factor factor,
                                             const std::string& code);
  /// False when it was spent by somebody else meanwhile.
  Result<bool> spend(const User& user, const FactorProof& proof);
  /// What is stored of a code that is sent for this challenge.
  std::string sent_code_hash(const Challenge& challenge, OtpChannel channel, const std::string& code) const;

 private:
  Result<std::optional<FactorProof>> compare_totp(const User& user, const std::string& code);
  Result<std::optional<FactorProof>> compare_backup_code(const User& user, const std::string& code);
  std::optional<FactorProof> compare_sent(const Challenge& challenge, OtpChannel channel,
                                          const std::string& code) const;

  const FactorParts parts_;
  const Secret pepper_;
};

}  // namespace picket::authd
