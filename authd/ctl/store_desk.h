// UserDesk straight on authd's store: what an operator with the machine may do. Every change is audited.
#pragma once

#include <functional>
#include <memory>

#include "authd/ctl/user_desk.h"
#include "authd/ctl/workplace.h"

namespace picket::authd {

class StoreDesk final : public UserDesk {
 public:
  explicit StoreDesk(std::unique_ptr<Workplace> place) : place_(std::move(place)) {}

  bool takes_passwords() const override { return true; }
  Result<AccountRow> create(const NewAccount& account) override;
  Result<std::vector<AccountRow>> list(const AccountFilter& filter) override;
  Result<AccountRow> show(const std::string& name) override;
  Result<AccountRow> act(const std::string& name, AccountAction action) override;
  Result<AccountRow> set_role(const std::string& name, const std::string& role, bool force) override;
  Result<void> remove(const std::string& name) override;
  Result<PasswordLink> password_link(const std::string& name) override;
  Result<std::vector<SessionRow>> sessions(const std::string& name) override;
  Result<void> end_session(const std::string& id) override;

 private:
  Result<User> draft(const NewAccount& account);
  Result<std::string> hash(const Secret& password, const User& owner);
  Result<void> put(const User& user, bool force);
  Result<void> check_more_owners(bool force);
  Result<User> apply(const User& user, AccountAction action);
  Result<User> set_status(User user, Status status);
  Result<User> unlock(User user);
  Result<User> reset_second_factors(const User& user);
  Result<PasswordLink> make_link(const User& user);

  std::unique_ptr<Workplace> place_;
};

}  // namespace picket::authd
