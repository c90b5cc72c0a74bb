#include "authd/ctl/user_commands.h"

#include <sys/stat.h>

#include "authd/ctl/store_desk.h"
#include "authd/passwords/password_hash.h"
#include "authd/tokens/opaque_token.h"
#include "base/text/strings.h"
#include "tests/authd/ctl/ctl_fixture.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class UserCommands : public CtlOnStore {
 protected:
  std::unique_ptr<Workplace> open(const std::string& config_file = "") {
    auto place = Workplace::open({.storage_path = state_.path(), .config_file = config_file});
    EXPECT_TRUE(place) << place.error().message;
    return std::move(*place);
  }
  User user(const std::string& name) { return open()->find_user(name).value(); }
  std::string audited() { return run({"audit", "query"}).out; }
};

TEST_F(UserCommands, CreateAnAccountWhosePasswordIsTheLineThatWasTyped) {
  const Said said = run({"user", "create", "--username", "Ann", "--email", "Ann@Example.ORG", "--role",
                         "manager", "--phone", "+14155550100", "--password-stdin"},
                        kCtlPassword + "\r\nanother line\n");
  ASSERT_EQ(said.status, 0) << said.err;
  const User ann = user("ann");
  EXPECT_EQ(ann.username, "Ann");
  EXPECT_EQ(ann.email, "Ann@example.org");
  EXPECT_EQ(ann.role, Role::Manager);
  EXPECT_EQ(ann.phone, "+14155550100");
  EXPECT_NE(ann.password_changed_at, WallTime{});
  const auto hash = PasswordHash::parse(ann.password_hash);
  ASSERT_TRUE(hash);
  EXPECT_EQ(hash->algorithm(), HashAlgorithm::Argon2id);
  EXPECT_TRUE(hash->verify(OpaqueString::prepare(kCtlPassword).value()).value());
}

TEST_F(UserCommands, HashAsTheConfigurationSays) {
  const std::string config = state_.write(
      "authd.yml", "passwords: {length_min: 8}\nhashing: {algorithm: bcrypt, bcrypt_cost: 10}\n");
  const Said said = run({"--config.file", config, "user", "create", "--username", "ann", "--email",
                         "a@example.org", "--role", "user", "--password-stdin"},
                        "xkvq-9271-zu\n");
  ASSERT_EQ(said.status, 0) << said.err;
  EXPECT_TRUE(user("ann").password_hash.starts_with("$2b$10$"));
}

TEST_F(UserCommands, AreGivenAPasswordInOneOfTwoWays) {
  const std::vector<std::string> bare{"user",    "create",        "--username", "ann",
                                      "--email", "a@example.org", "--role",     "user"};
  const Said neither = run(bare);
  EXPECT_EQ(neither.status, 2);
  EXPECT_THAT(neither.err, AllOf(HasSubstr("--password-stdin"), HasSubstr("--invite")));
  std::vector<std::string> both = bare;
  both.insert(both.end(), {"--password-stdin", "--invite"});
  EXPECT_EQ(run(both).status, 2);
  std::vector<std::string> typed = bare;
  typed.push_back("--password-stdin");
  const Said nothing = run(typed, "");
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.err, HasSubstr("standard input has no line"));
}

TEST_F(UserCommands, InviteWithALinkThatIsStoredAsAHashAndLivesADay) {
  const std::string config = state_.write("authd.yml", "public_url: https://auth.example.org/\n");
  const Said said = run({"--config.file", config, "user", "create", "--username", "ann", "--email",
                         "a@example.org", "--role", "user", "--invite"});
  ASSERT_EQ(said.status, 0) << said.err;
  EXPECT_TRUE(said.out.starts_with("https://auth.example.org/auth/reset?token=")) << said.out;
  const std::string token(trim(said.out.substr(said.out.find('=') + 1)));
  const auto place = open();
  const auto link = place->stores().links().find(opaque_token_hash(token)).value();
  ASSERT_TRUE(link);
  EXPECT_EQ(link->kind, LinkKind::PasswordReset);
  EXPECT_EQ(link->user_id, user("ann").id);
  EXPECT_EQ(link->expires_at - link->created_at, std::chrono::hours(24));
  EXPECT_EQ(user("ann").password_hash, "");
  EXPECT_THAT(audited(), AllOf(HasSubstr("users.password_link"), Not(HasSubstr(token))));
}

struct Refused {
  std::vector<std::string> arguments;
  std::string said;
};

TEST_F(UserCommands, RefuseWhatCannotBe) {
  ASSERT_EQ(create("ann").status, 0);
  const std::vector<Refused> rows = {
      {{"create", "--username", "a@b", "--email", "x@example.org", "--role", "user", "--invite"},
       "--username: "},
      {{"create", "--username", "bob", "--email", "x", "--role", "user", "--invite"}, "--email: "},
      {{"create", "--username", "bob", "--email", "x@example.org", "--role", "root", "--invite"}, "--role: "},
      {{"create", "--username", "bob", "--email", "x@example.org", "--role", "user", "--phone", "1",
        "--invite"},
       "--phone: "},
      {{"create", "--username", "ANN", "--email", "x@example.org", "--role", "user", "--invite"}, "taken"},
      {{"create", "--username", "bob", "--email", "Ann@example.org", "--role", "user", "--invite"}, "taken"},
      {{"show", "nobody"}, "there is no user \"nobody\""},
      {{"show", "a b"}, "a b: "},
      {{"role", "ann", "king"}, "king"},
      {{"list", "--role", "king"}, "king"},
      {{"list", "--status", "asleep"}, "asleep"},
  };
  for (const Refused& row : rows) {
    std::vector<std::string> arguments{"user"};
    arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
    const Said said = run(arguments);
    EXPECT_EQ(said.status, 1) << row.said;
    EXPECT_THAT(said.err, HasSubstr(row.said));
  }
}

TEST_F(UserCommands, SuspendAndActivateAndEndWhatWasGranted) {
  ASSERT_EQ(create("ann").status, 0);
  const std::int64_t epoch = user("ann").epoch;
  EXPECT_THAT(run({"user", "suspend", "ANN@example.org"}).out, HasSubstr("suspended"));
  EXPECT_EQ(user("ann").status, Status::Suspended);
  EXPECT_GT(user("ann").epoch, epoch);
  EXPECT_EQ(run({"user", "activate", user("ann").id}).status, 0);
  EXPECT_EQ(user("ann").status, Status::Active);
  EXPECT_THAT(audited(), AllOf(HasSubstr("users.suspend"), HasSubstr("users.activate"),
                               HasSubstr("user:" + user("ann").id)));
}

TEST_F(UserCommands, UnlockForgetsFailuresOfThatAccountAlone) {
  ASSERT_EQ(create("ann").status, 0);
  const std::string id = user("ann").id;
  const auto place = open();
  FailureStore& failures = place->stores().failures();
  const WallTime now = place->clock().wall();
  ASSERT_TRUE(failures.add(id + "|account", now, {}));
  ASSERT_TRUE(failures.add(id + "|net:192.0.2.1/32", now, {}));
  ASSERT_TRUE(failures.add("other|account", now, {}));
  EXPECT_EQ(run({"user", "unlock", "ann"}).status, 0);
  EXPECT_FALSE(failures.find(id + "|account").value());
  EXPECT_FALSE(failures.find(id + "|net:192.0.2.1/32").value());
  EXPECT_TRUE(failures.find("other|account").value());
}

TEST_F(UserCommands, SayThatALinkWithoutPublicUrlIsHalfAnAddress) {
  ASSERT_EQ(create("ann").status, 0);
  const Said said = run({"user", "password-link", "ann"});
  EXPECT_TRUE(said.out.starts_with("/auth/reset?token=")) << said.out;
  EXPECT_THAT(said.err, HasSubstr("public_url is not set"));
}

TEST_F(UserCommands, ResetSecondFactorsAndEndWhatTheyGranted) {
  ASSERT_EQ(create("ann").status, 0);
  const User before = user("ann");
  ASSERT_TRUE(open()->stores().factors().set_email_otp(before.id, true));
  ASSERT_TRUE(user("ann").has_second_factor);
  EXPECT_EQ(run({"user", "reset-2fa", "ann"}).status, 0);
  EXPECT_FALSE(user("ann").has_second_factor);
  EXPECT_GT(user("ann").epoch, before.epoch);
}

TEST_F(UserCommands, GiveRolesButASecondOwnerOnlyByForce) {
  ASSERT_EQ(create("ann", "owner").status, 0);
  ASSERT_EQ(create("bob").status, 0);
  EXPECT_THAT(run({"user", "role", "bob", "admin"}).out, HasSubstr("admin"));
  EXPECT_EQ(run({"user", "role", "bob", "owner"}).status, 1);
  EXPECT_EQ(user("bob").role, Role::Admin);
  EXPECT_EQ(run({"user", "role", "bob", "owner", "--force"}).status, 0);
  EXPECT_EQ(user("bob").role, Role::Owner);
  EXPECT_THAT(audited(), AllOf(HasSubstr(R"("from":"admin","to":"owner")"), HasSubstr("denied")));
}

TEST_F(UserCommands, NeverTakeTheLastOwnerAway) {
  ASSERT_EQ(create("ann", "owner").status, 0);
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"user", "delete", "ann"}, {"user", "suspend", "ann"}, {"user", "role", "ann", "user"}}) {
    const Said said = run(arguments);
    EXPECT_EQ(said.status, 1) << arguments[1];
    EXPECT_THAT(said.err, HasSubstr("owner"));
  }
  EXPECT_EQ(user("ann").status, Status::Active);
}

TEST_F(UserCommands, DeleteAnAccount) {
  ASSERT_EQ(create("ann").status, 0);
  EXPECT_EQ(run({"user", "delete", "ann"}).status, 0);
  EXPECT_THAT(run({"user", "show", "ann"}).err, HasSubstr("there is no user"));
  EXPECT_THAT(audited(), HasSubstr("users.delete"));
}

TEST_F(UserCommands, ListByRoleAndStatus) {
  ASSERT_EQ(create("ann", "admin").status, 0);
  ASSERT_EQ(create("bob").status, 0);
  EXPECT_THAT(run({"user", "list", "--role", "admin"}).out, AllOf(HasSubstr("ann"), Not(HasSubstr("bob"))));
  EXPECT_THAT(run({"user", "list", "--status", "suspended"}).out, Not(HasSubstr("ann")));
}

TEST_F(UserCommands, ListAndEndSessions) {
  ASSERT_EQ(create("ann").status, 0);
  const auto place = open();
  const WallTime now = place->clock().wall();
  Session session;
  session.id = "s1";
  session.user_id = user("ann").id;
  session.created_at = session.last_seen_at = now;
  session.idle_expires_at = session.absolute_expires_at = now + std::chrono::hours(1);
  session.ip = "192.0.2.1";
  session.user_agent = "evil\x1b[2J agent";
  session.family_id = "f";
  session.family_key = Secret("k");
  ASSERT_TRUE(place->stores().sessions().create(session));
  EXPECT_THAT(
      run({"sessions", "list", "--user", "ann"}).out,
      AllOf(HasSubstr("s1"), HasSubstr("192.0.2.1"), HasSubstr("evil?[2J agent"), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(run({"sessions", "end", "s1"}).status, 0);
  EXPECT_THAT(run({"sessions", "list"}).out, Not(HasSubstr("s1")));
  const Said again = run({"sessions", "end", "s1"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("no session \"s1\" lives"));
}

TEST_F(UserCommands, AreNotedInTheFileForShippersToo) {
  const std::string config = state_.write("authd.yml", "audit: {file: audit.jsonl}\n");
  ASSERT_EQ(run({"--config.file", config, "user", "create", "--username", "ann", "--email", "a@example.org",
                 "--role", "user", "--invite"})
                .status,
            0);
  EXPECT_THAT(state_.read("audit.jsonl"), AllOf(HasSubstr("users.create"), HasSubstr("users.password_link")));
}

}  // namespace
}  // namespace picket::authd
