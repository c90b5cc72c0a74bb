// Two authd on one PostgreSQL and one Redis, with the same keys: what tests of replicas and of outages share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/e2e/authd/auth_daemon.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace picket::test {

class AuthReplicasTest : public ::testing::Test {
 protected:
  /// `tiers` stand in the configuration's ratelimit.
  explicit AuthReplicasTest(const std::string& tiers = "auth: {limit: 1000}, tight: {limit: 6, window: 1h}")
      : dsn_(postgres_.create_database()) {
    const std::string config =
        "tokens: {issuer: \"https://auth.example.org\"}\n"
        "ratelimit:\n"
        "  redis: {address: \"" +
        redis_.target() +
        "\"}\n"
        "  violations: {count: 0}\n"
        "  tiers: {" +
        tiers + "}\n";
    one_ = std::make_unique<AuthDaemon>(AuthDaemonOptions{.config = config, .dsn = dsn_});
    two_ = std::make_unique<AuthDaemon>(
        AuthDaemonOptions{.config = config, .dsn = dsn_, .secrets_from = one_->folder()});
  }
  static int me(const AuthDaemon& daemon, const std::string& access) {
    return daemon.get("/api/v1/auth/me", access).status;
  }

  PostgresServer postgres_;
  RedisServer redis_;
  const std::string dsn_;
  std::unique_ptr<AuthDaemon> one_, two_;
};

}  // namespace picket::test
