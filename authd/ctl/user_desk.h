// What authctl does with accounts, whether straight on the store or through a running daemon. Accounts are
// named by user name, mail address or id. One thread; blocks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/secret.h"
#include "base/result/result.h"

namespace picket::authd {

/// As it is shown: times in RFC 3339, "" for never.
struct AccountRow {
  std::string id{}, username{}, email{}, phone{}, role{}, status{};
  bool has_second_factor = false;
  std::string created_at{}, last_login_at{};
  std::string locked_until{};  ///< of show(): the latest end of the locks in force
  bool is_link_mailed = true;  ///< of one made through a daemon: false where it has no mail server
};

struct SessionRow {
  std::string id{}, user_id{}, ip{}, user_agent{}, created_at{}, last_seen_at{};
};

struct NewAccount {
  std::string username{}, email{}, phone{}, role{};
  std::optional<Secret> password{};
  bool force = false;  ///< an owner beside the owners that there are
};

struct AccountFilter {
  std::string role{}, status{};  ///< "" is any
};

/// With which somebody sets a new password, once, in time.
struct PasswordLink {
  Secret link{};            ///< empty when authd has mailed it
  std::string mailed_to{};  ///< whose mailbox it went to, as far as the caller may see it
};

enum class AccountAction { Suspend, Activate, Unlock, ResetSecondFactors };

class UserDesk {
 public:
  virtual ~UserDesk() = default;
  /// False where nobody sets another's password (ASVS 6.4.6): who is created gets a link by mail.
  virtual bool takes_passwords() const = 0;
  virtual Result<AccountRow> create(const NewAccount& account) = 0;
  virtual Result<std::vector<AccountRow>> list(const AccountFilter& filter) = 0;
  virtual Result<AccountRow> show(const std::string& name) = 0;
  virtual Result<AccountRow> act(const std::string& name, AccountAction action) = 0;
  virtual Result<AccountRow> set_role(const std::string& name, const std::string& role, bool force) = 0;
  virtual Result<void> remove(const std::string& name) = 0;
  virtual Result<PasswordLink> password_link(const std::string& name) = 0;
  virtual Result<std::vector<SessionRow>> sessions(const std::string& name) = 0;  ///< "": of everybody
  virtual Result<void> end_session(const std::string& id) = 0;
};

}  // namespace picket::authd
