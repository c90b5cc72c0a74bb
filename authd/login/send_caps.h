// How many codes, links and notices leave, by number or mailbox, by account and over all: kept in the store,
// so that neither a restart nor a second replica gives more. Each purpose has a budget of its own: whoever
// asks for links to somebody's mailbox uses up none of their login codes. A window that slides is estimated
// from two that stand, the earlier one's messages taken as spread evenly. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "authd/accounts/guard_store.h"
#include "authd/login/login_config.h"
#include "base/config/secret.h"

namespace picket::authd {

enum class SendPurpose : std::uint8_t {
  Code,
  Link,
  Notice  ///< of what a stranger can bring about: once a day
};

struct Recipient {
  OtpChannel channel = OtpChannel::Email;
  std::string target{};      ///< number or mail address: stored as a keyed hash only
  std::string account_id{};  ///< "" for an invitation
  SendPurpose purpose = SendPurpose::Code;
};

class SendCaps {
 public:
  /// `key` hashes targets. All must outlive it.
  SendCaps(FailureStore& store, const Clock& clock, const LoginSettings& settings, Secret key)
      : store_(store), clock_(clock), settings_(settings), key_(std::move(key)) {}

  /// Takes one message. False when it is over a cap: say nothing and send nothing.
  Result<bool> take(const Recipient& recipient);

 private:
  struct Cap {
    std::string key;
    int limit = 0;
    Duration window{};
  };
  Result<bool> take_turn(const std::string& key, Duration pause);
  Result<bool> take_of(const Cap& cap);

  FailureStore& store_;
  const Clock& clock_;
  const LoginSettings& settings_;
  const Secret key_;
};

}  // namespace picket::authd
