// Runs a test of logins that last on SQLite and PostgreSQL: a replica (what one process holds in memory) on
// the store, and as many more of them as a test needs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "authd/sessions/identity_check.h"
#include "authd/sessions/sessions.h"
#include "tests/authd/store/store_fixture.h"
#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {

inline TokenConfig token_config() {
  TokenConfig config;
  config.issuer = "https://auth.example.org";
  return config;
}

inline Client client_of(const std::string& user_agent, const std::string& device_id = "") {
  return {.address = IpAddress::parse("192.0.2.7").value(), .user_agent = user_agent, .device_id = device_id};
}

inline const Client kFirefox = client_of("Firefox");

/// The memory of one process. All that lasts is in the store.
struct Replica {
  Replica(Stores& stores, const Clock& clock, Random& random, const TokenConfig& tokens = token_config(),
          const SessionConfig& config = {})
      : keys(ring_of(test_key(Algorithm::EdDsa))),
        ids(clock, random),
        ended(stores.accounts(), clock, std::chrono::minutes(16), std::chrono::seconds(2)),
        sessions({stores.accounts(), stores.sessions(), ended, keys, ids, random, clock}, tokens, config),
        check(
            {stores.accounts(), stores.sessions(), stores.api_keys(), ended, keys, clock, Secret("mac key")},
            tokens, config) {
    EXPECT_TRUE(ended.poll());
  }

  PublishedKeys keys;
  Ids ids;
  EndedGrants ended;
  Sessions sessions;
  IdentityCheck check;
};

class OnReplicas : public OnStores {
 protected:
  std::unique_ptr<Replica> replica(const TokenConfig& tokens = token_config(),
                                   const SessionConfig& config = {}) {
    return std::make_unique<Replica>(*stores_, clock_, random_, tokens, config);
  }
  Grant opened(Replica& on, const User& user, SessionMode mode = SessionMode::Token) {
    auto grant = on.sessions.open({user, {"pwd", "otp"}, mode, kFirefox});
    EXPECT_TRUE(grant) << grant.error().message;
    return grant ? *grant : Grant{};
  }
  /// Time passes, and every replica's poll goes on.
  void advance(Duration duration, const std::vector<Replica*>& replicas) {
    clock_.advance(duration);
    for (Replica* replica : replicas) EXPECT_TRUE(replica->ended.poll());
  }
  void hide(const std::string& table) { run(fmt::format("ALTER TABLE {} RENAME TO {}_away", table, table)); }
  void show(const std::string& table) { run(fmt::format("ALTER TABLE {}_away RENAME TO {}", table, table)); }
};

/// "rotated", "reuse", ... or the error.
inline std::string word(const Result<RefreshAnswer>& answer) {
  return answer ? std::string(to_string(answer->verdict)) : answer.error().message;
}

/// "believed", "denied", ...
inline std::string word(const Result<Identity>& identity) {
  return identity ? "believed" : std::string(to_string(identity.error().kind));
}

}  // namespace picket::authd
