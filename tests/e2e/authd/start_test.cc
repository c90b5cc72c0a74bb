// What authd says of its flags, its configuration and its files before and while it runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/e2e/authd/auth_daemon.h"

namespace picket::test {
namespace {

TEST(AuthStartTest, TheCheckTakesWhatTheStartTakesAndAnUnknownDatabaseEndsIt) {
  const TempDir dir;
  const std::string file = dir.write("authd.yml", "");
  const auto authd = [&](std::vector<std::string> flags) {
    std::vector<std::string> argv{std::string(PICKET_BIN_DIR) + "/authd",
                                  "--config.file",
                                  file,
                                  "--storage.path",
                                  dir.path(),
                                  "--web.listen-address",
                                  "127.0.0.1:" + std::to_string(free_port())};
    argv.insert(argv.end(), flags.begin(), flags.end());
    return run_to_end({.argv = std::move(argv), .env = {}, .cwd = {}, .stdin_text = {}});
  };
  for (const std::vector<std::string>& flags :
       {std::vector<std::string>{"--config.check"},
        std::vector<std::string>{"--config.check", "--web.external-url", "https://auth.example.org"}}) {
    const Finished checked = authd(flags);
    EXPECT_EQ(checked.exit_code, 0) << checked.errors;
    EXPECT_EQ(checked.output, "ok\n");
  }
  const Finished refused = authd({"--storage.dsn", "mysql://x/y"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, testing::HasSubstr("--storage.dsn: unknown database"));
}

TEST(AuthStartTest, WhatOthersMayChangeIsWarnedOf) {
  const AuthDaemon daemon{AuthDaemonOptions{.config = kRaisedLimits}};
  EXPECT_EQ(daemon.log().find("others may change"), std::string::npos) << daemon.log();
  for (const char* name : {"/authd.yml", "/authd.db"})
    ASSERT_EQ(::chmod((daemon.folder() + name).c_str(), 0666), 0);
  ASSERT_EQ(http_post(daemon.url("/-/reload"), "").status, 200);
  for (const char* name : {"/authd.yml", "/authd.db"})
    EXPECT_NE(daemon.log().find("chmod go-w " + daemon.folder() + name), std::string::npos) << daemon.log();
}

}  // namespace
}  // namespace picket::test
