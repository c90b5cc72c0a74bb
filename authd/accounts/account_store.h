// Accounts in a store. Every method is safe from any thread and one transaction; whatever decides a race is
// in a statement's own condition. Errors: Unavailable or Timeout when the store does not answer, Corrupt when
// a sealed value does not open. Implemented by authd/store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "authd/accounts/credentials.h"
#include "authd/accounts/user.h"

namespace picket::authd {

struct UserFilter {
  std::optional<Role> role{};
  std::optional<Status> status{};
  std::string after_id{};  ///< paging: ids sort by creation
  int limit = 100;
};

/// What was granted and ended before its time: all that a user was granted under an epoch below `epoch`, or
/// (when `grant_id` is set) one session, one API key or one program's token.
struct EndedGrant {
  std::int64_t seq = 0;
  std::string user_id;
  std::int64_t epoch = 0;
  std::string grant_id;
};

struct EndedBatch {
  std::vector<EndedGrant> ended;  ///< may repeat earlier ones
  std::int64_t next_after = 0;    ///< what to ask with next time
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;

  /// Conflict when an account has the user name's or the mail's key already, as either of the two.
  virtual Result<void> create(const User& user) = 0;
  /// As create, but only while there is no owner: false when there is one.
  virtual Result<bool> create_first_owner(const User& user) = 0;
  /// The account that the link invites to; spends the link. False when the link is over, or when it is for
  /// the first owner and there is one. Conflict as create: the link stays good.
  virtual Result<bool> create_by(const Link& link, const User& user) = 0;
  virtual Result<std::optional<User>> find(const std::string& id) = 0;
  /// By user name or mail address, in canonical form.
  virtual Result<std::optional<User>> find_by_key(const std::string& key) = 0;
  virtual Result<std::vector<User>> list(const UserFilter& filter) = 0;  ///< by id
  virtual Result<std::int64_t> count_owners() = 0;

  /// Writes `after` over the version that it was read from, and answers what is stored now. The epoch goes up
  /// when grants must end; a new password ends the links that would set another; a new role ends the API
  /// keys. NotFound; Conflict when somebody changed it meanwhile or a key is taken; Denied when it would
  /// leave no active owner.
  virtual Result<User> update(const User& after) = 0;
  /// As update, and spends the link that allows it. One that sets a password ends the API keys. Nothing when
  /// the link is over.
  virtual Result<std::optional<User>> update_by(const Link& link, const User& after) = 0;
  /// With all that belongs to it. NotFound; Denied for the last active owner.
  virtual Result<void> remove(const std::string& id) = 0;

  /// Another hash of the same password, in place of `old_hash`: no grant ends. False when it changed
  /// meanwhile.
  virtual Result<bool> rehash(const std::string& id, const std::string& old_hash,
                              const std::string& new_hash) = 0;
  virtual Result<void> record_login(const std::string& id, WallTime now) = 0;
  /// "Log out everywhere": answers the new epoch. NotFound.
  virtual Result<std::int64_t> end_grants(const std::string& id) = 0;
  /// One token without a session, by its id.
  virtual Result<void> end_token(const std::string& token_id) = 0;
  /// Every grant that ended since, whichever store ended it, for the memory of every replica. Begin with 0.
  virtual Result<EndedBatch> ended_grants(std::int64_t after) = 0;
  virtual Result<std::int64_t> prune_ended_grants(WallTime before) = 0;
};

}  // namespace picket::authd
