// UserDesk and BlockDesk through the API of a running daemon, with an access token or an API key. What it may
// do is the daemon's to say, which audits it as well.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "authd/ctl/block_desk.h"
#include "authd/ctl/ctl_line.h"
#include "authd/ctl/user_desk.h"

namespace picket::authd {

class RemoteDesk final : public UserDesk, public BlockDesk {
 public:
  /// Reads the token. InvalidInput for a URL that is none, or that would carry the token in clear to another
  /// machine.
  static Result<RemoteDesk> connect(const CtlFlags& flags);

  bool takes_passwords() const override { return false; }
  Result<AccountRow> create(const NewAccount& account) override;
  Result<std::vector<AccountRow>> list(const AccountFilter& filter) override;
  Result<AccountRow> show(const std::string& name) override;
  Result<AccountRow> act(const std::string& name, AccountAction action) override;
  Result<AccountRow> set_role(const std::string& name, const std::string& role, bool force) override;
  Result<void> remove(const std::string& name) override;
  Result<PasswordLink> password_link(const std::string& name) override;
  Result<std::vector<SessionRow>> sessions(const std::string& name) override;
  Result<void> end_session(const std::string& id) override;

  Result<std::vector<BlockRow>> blocks() override;
  Result<void> block(const NewBlock& block) override;
  Result<void> unblock(const std::string& prefix) override;

 private:
  struct Call {
    std::string method, path;  ///< below /api/v1
    std::string body{};
  };
  RemoteDesk(std::string origin, std::string prefix, Secret token, std::string ca_file)
      : origin_(std::move(origin)),
        prefix_(std::move(prefix)),
        token_(std::move(token)),
        ca_file_(std::move(ca_file)) {}
  Result<nlohmann::json> call(const Call& call) const;
  Result<AccountRow> account(const Call& call) const;
  /// The path of a user, whom it looks for when `name` is no id.
  Result<std::string> path_of(const std::string& name);

  std::string origin_, prefix_;
  Secret token_;
  std::string ca_file_;
};

}  // namespace picket::authd
