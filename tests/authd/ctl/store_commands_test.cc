#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text/strings.h"
#include "tests/authd/ctl/ctl_fixture.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using StoreCommands = CtlOnStore;

TEST(CtlWithoutStore, ReadsAndChangesNothingWhereThereIsNoDatabase) {
  const test::TempDir empty;
  const std::vector<std::vector<std::string>> commands{
      {"audit", "verify"},        {"audit", "export"}, {"audit", "query"}, {"user", "list"},
      {"user", "suspend", "ann"}, {"keys", "list"},    {"block", "list"},  {"crypto", "verify"}};
  for (const auto& command : commands) {
    std::vector<std::string> all{"--storage.path", empty.path()};
    all.insert(all.end(), command.begin(), command.end());
    const Said said = run_ctl(all);
    EXPECT_EQ(said.status, 1) << command.at(1);
    EXPECT_NE(said.err.find("there is no database at " + empty.path() + "/authd.db"), std::string::npos)
        << said.err;
    EXPECT_EQ(said.out, "");
  }
  EXPECT_TRUE(std::filesystem::is_empty(empty.path()));
}

TEST_F(StoreCommands, ListAndRotateSigningKeys) {
  ASSERT_EQ(create("ann").status, 0);
  EXPECT_THAT(run({"keys", "list"}).err, HasSubstr("There is no key yet"));
  ASSERT_EQ(run({"keys", "rotate"}).status, 0);
  const std::string first = run({"keys", "list"}).out;
  EXPECT_THAT(first, AllOf(HasSubstr("active"), HasSubstr("EdDSA"), Not(HasSubstr("retired "))));
  const Said rotated = run({"keys", "rotate"});
  EXPECT_THAT(rotated.out, AllOf(HasSubstr("active"), HasSubstr("retired")));
  EXPECT_THAT(run({"audit", "query", "--action", "keys.rotate"}).out, HasSubstr("key:"));
}

TEST_F(StoreCommands, RotateToTheAlgorithmOfTheConfiguration) {
  const std::string config = state_.write("authd.yml", "tokens: {algorithm: ES256}\n");
  ASSERT_EQ(create("ann").status, 0);
  ASSERT_EQ(run({"keys", "rotate"}).status, 0);
  EXPECT_THAT(run({"--config.file", config, "keys", "rotate"}).out, HasSubstr("active   ES256"));
}

TEST_F(StoreCommands, KeepTheModeOfTheSealingKeysAndRefuseUnknownOnes) {
  ASSERT_EQ(create("ann").status, 0);
  ASSERT_EQ(run({"crypto", "add-key"}).status, 0);
  struct stat status {};
  ASSERT_EQ(::stat(state_.file("secrets/sealing.keys").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  const Said unknown = run({"crypto", "rotate", "--to", "k0"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no sealing key \"k0\""));
}

TEST_F(StoreCommands, AcceptKeysAndNoteIt) {
  ASSERT_EQ(create("ann").status, 0);
  EXPECT_THAT(run({"crypto", "accept-keys"}).err, HasSubstr("are the database's from now on"));
  EXPECT_THAT(run({"audit", "query"}).out, HasSubstr("crypto.accept_keys"));
}

TEST_F(StoreCommands, ExportTheAuditLogAsJsonLines) {
  ASSERT_EQ(create("ann").status, 0);
  ASSERT_EQ(create("bob").status, 0);
  const std::string text = run({"audit", "export"}).out;
  const auto lines = split(trim(text), '\n');
  ASSERT_EQ(lines.size(), 2U);
  const auto row = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(row["action"], "users.create");
  EXPECT_EQ(row["userId"], "");
  EXPECT_EQ(row["details"]["via"], "authctl");
  EXPECT_EQ(row["seq"], 1);
  EXPECT_THAT(run({"audit", "query", "--action", "audit.export"}).out, HasSubstr("\"rows\":\"2\""));
}

TEST_F(StoreCommands, QueryTheAuditLog) {
  for (const char* name : {"ann", "bob", "cat"}) ASSERT_EQ(create(name).status, 0);
  EXPECT_EQ(split(trim(run({"audit", "query", "--limit", "2", "--format", "json"}).out), '\n').size(), 2U);
  EXPECT_THAT(run({"audit", "query", "--since", "1h"}).out, HasSubstr("ann"));
  EXPECT_THAT(run({"audit", "query", "--until", "1h"}).out, Not(HasSubstr("ann")));
  EXPECT_THAT(run({"audit", "query", "--user", "ann"}).out, Not(HasSubstr("users.create")));
  const Said wrong = run({"audit", "query", "--since", "yesterday"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("--since: \"yesterday\" is neither a duration"));
}

TEST_F(StoreCommands, ImportOrTellWhyNot) {
  const std::string good = state_.write("good.csv", "username,email\nann,a@example.org\nbob,b@example.org\n");
  const Said dry = run({"import", "--format", "csv", good, "--dry-run"});
  EXPECT_EQ(dry.status, 0);
  EXPECT_EQ(dry.out, "2 good, 0 bad, 0 written\n");
  EXPECT_EQ(run({"import", "--format", "csv", good}).out, "2 good, 0 bad, 2 written\n");
  EXPECT_THAT(run({"audit", "query"}).out,
              AllOf(HasSubstr(R"("import":"csv")"), HasSubstr("ann"), HasSubstr("bob")));
  const Said again = run({"import", "--format", "csv", good});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err,
              AllOf(HasSubstr("good.csv:2: ann: \"ann\" is taken by ann"), HasSubstr("--skip-bad")));
  const std::string mixed =
      state_.write("mixed.csv", "username,email\ncat,c@example.org\nann,a@example.org\n");
  const Said skipped = run({"import", "--format", "csv", mixed, "--skip-bad"});
  EXPECT_EQ(skipped.status, 1);
  EXPECT_EQ(skipped.out, "1 good, 1 bad, 1 written\n");
}

TEST_F(StoreCommands, ImportGroupsAsRoles) {
  const std::string file =
      state_.write("users.yml", "users:\n  ann: {email: a@example.org, groups: [admins]}\n");
  EXPECT_EQ(run({"import", "--format", "authelia", file, "--group-role", "admins=king"}).status, 1);
  EXPECT_EQ(run({"import", "--format", "authelia", file, "--group-role", "admins"}).status, 1);
  EXPECT_EQ(run({"import", "--format", "authelia", file, "--group-role", "admins=admin"}).status, 0);
  EXPECT_THAT(run({"user", "show", "ann"}).out, HasSubstr("admin"));
}

TEST_F(StoreCommands, FindHashParametersForThisMachine) {
  const Said said = run_ctl({"kdf", "calibrate", "--target", "1ms", "--memory-max", "20MiB"});
  EXPECT_EQ(said.status, 0) << said.err;
  EXPECT_EQ(said.out, "hashing:\n  algorithm: argon2id\n  argon2_memory: 19MiB\n  argon2_passes: 2\n");
  EXPECT_EQ(run_ctl({"kdf", "calibrate", "--target", "soon"}).status, 1);
}

TEST_F(StoreCommands, ExplainWhichLimitsARequestMeets) {
  const Said stranger = run({"limits", "explain", "--ip", "2001:db8::1", "--path", "/api/v1/auth/login"});
  ASSERT_EQ(stranger.status, 0) << stranger.err;
  EXPECT_THAT(stranger.out,
              AllOf(HasSubstr("auth           "), HasSubstr("5 in 15m"),
                    HasSubstr("counts failures, whatever path they come by"),
                    HasSubstr("counts what proxies ask about the apps"), HasSubstr("below /api"),
                    HasSubstr("2001:db8::/64"), HasSubstr("for users who are logged in"),
                    HasSubstr("only where a service asks for it by name"),
                    HasSubstr("/api/v1/auth/login is not below its paths")));
  const Said user = run({"limits", "explain", "--ip", "192.0.2.1", "--path", "/x", "--user", "u1"});
  EXPECT_THAT(user.out, AllOf(HasSubstr("user:u1"), HasSubstr("for strangers")));
}

TEST_F(StoreCommands, ExplainOwnLimitsExemptionsAndBlocks) {
  ASSERT_EQ(create("ann").status, 0);
  const std::string shown = run({"user", "show", "ann", "--format", "json"}).out;
  const std::string id = nlohmann::json::parse(shown)["id"];
  const std::string config =
      state_.write("authd.yml", "ratelimit: {allowed_networks: [10.0.0.0/8], overrides: {" + id +
                                    ": {authenticated: 7}}}\n");
  const auto explain = [&](const std::string& ip, const std::string& path) {
    return run({"--config.file", config, "limits", "explain", "--ip", ip, "--path", path, "--user", "ann"})
        .out;
  };
  EXPECT_THAT(explain("192.0.2.1", "/x"),
              AllOf(HasSubstr("7 in 1m"), HasSubstr("the user's own limit; of the tier: 300")));
  EXPECT_THAT(explain("10.1.1.1", "/x"),
              HasSubstr("not limited: its network is in ratelimit.allowed_networks"));
  EXPECT_THAT(explain("192.0.2.1", "/metrics"),
              HasSubstr("not limited: /metrics is in ratelimit.excluded_paths"));
  EXPECT_EQ(run({"limits", "explain", "--ip", "nowhere", "--path", "/"}).status, 1);
}

}  // namespace
}  // namespace picket::authd
