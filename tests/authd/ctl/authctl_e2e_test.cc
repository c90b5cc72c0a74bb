// The built program, as an operator runs it, on SQLite and PostgreSQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/files/files.h"
#include "base/text/strings.h"
#include "tests/sql/engine_fixture.h"
#include "tests/support/process.h"

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kPassword = "plover lantern brigade quietly";

/// At a terminal of its own, where the lines are typed one after the other.
test::Finished create_typing(const std::string& folder, const std::vector<std::string>& lines) {
  test::ProcessOptions options;
  options.argv = {"/usr/bin/python3", PICKET_SOURCE_DIR "/tests/authd/ctl/at_keyboard.py"};
  options.argv.insert(options.argv.end(), lines.begin(), lines.end());
  options.argv.insert(options.argv.end(),
                      {"--", std::string(PICKET_BIN_DIR) + "/authctl", "--storage.path", folder, "user",
                       "create", "--username", "ann", "--email", "ann@example.org", "--role", "owner"});
  return test::run_to_end(std::move(options));
}

TEST(AuthctlAtAKeyboard, AsksForThePasswordTwiceAndDoesNotShowIt) {
  const test::TempDir state;
  const auto differ = create_typing(state.path(), {kPassword, kPassword + "!"});
  EXPECT_EQ(differ.exit_code, 1) << differ.output;
  const auto made = create_typing(state.path(), {kPassword, kPassword});
  EXPECT_EQ(made.exit_code, 0) << made.output << made.errors;
  EXPECT_THAT(made.output, AllOf(HasSubstr("Password of ann: "), HasSubstr("made owner ann"),
                                 Not(HasSubstr(kPassword.substr(0, 6)))));
}

class AuthctlOnStore : public test::OnEachEngine {
 protected:
  test::Finished run(const std::vector<std::string>& arguments, const std::string& typed = "") {
    test::ProcessOptions options;
    options.argv = {std::string(PICKET_BIN_DIR) + "/authctl", "--storage.path", state_.path()};
    if (GetParam() == sql::Engine::Postgres) {
      options.argv.insert(options.argv.end(), {"--storage.dsn", dsn_text_});
    }
    options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
    options.stdin_text = typed;
    return test::run_to_end(std::move(options));
  }
  test::Finished create(const std::string& name, const std::string& role,
                        const std::string& password = kPassword) {
    return run({"user", "create", "--username", name, "--email", name + "@example.org", "--role", role,
                "--password-stdin"},
               password + "\n");
  }
  /// Behind authctl's back.
  void tamper(const std::string& statement) {
    const std::string dsn =
        GetParam() == sql::Engine::Postgres ? dsn_text_ : "sqlite:" + state_.file("authd.db");
    const auto database = sql::Database::open(sql::Dsn::parse(dsn).value());
    ASSERT_TRUE(database) << database.error().message;
    const auto changed = (*database)->execute(statement);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ(*changed, 1) << statement;
  }
  nlohmann::json users() { return nlohmann::json::parse(run({"user", "list", "--format", "json"}).output); }

  test::TempDir state_;
};

TEST_P(AuthctlOnStore, MakesTheFirstOwnerAndListsHim) {
  const auto made = create("ann", "owner");
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.errors, HasSubstr("made owner ann"));
  EXPECT_THAT(made.output + made.errors, Not(HasSubstr(kPassword)));
  const auto all = users();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["role"], "owner");
  EXPECT_EQ(all[0]["email"], "ann@example.org");
  EXPECT_THAT(run({"user", "list"}).output, AllOf(HasSubstr("USERNAME"), HasSubstr("ann@example.org")));
}

TEST_P(AuthctlOnStore, MakesASecondOwnerOnlyWhenItIsForcedAndNotesBoth) {
  ASSERT_EQ(create("ann", "owner").exit_code, 0);
  const auto refused = create("bob", "owner");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("there is an owner already"));
  EXPECT_EQ(users().size(), 1U);
  const auto forced = run({"user", "create", "--username", "bob", "--email", "bob@example.org", "--role",
                           "owner", "--password-stdin", "--force"},
                          kPassword + "\n");
  EXPECT_EQ(forced.exit_code, 0) << forced.errors;
  EXPECT_EQ(users().size(), 2U);
  EXPECT_THAT(run({"audit", "query", "--action", "users.create", "--result", "denied"}).output,
              AllOf(HasSubstr("\"via\":\"authctl\""), HasSubstr("\"username\":\"bob\"")));
  EXPECT_THAT(run({"audit", "query", "--action", "users.*", "--result", "success"}).output,
              AllOf(HasSubstr("ann"), HasSubstr("bob")));
}

TEST_P(AuthctlOnStore, RefusesPasswordsAsTheDaemonDoes) {
  const auto refused = create("ann", "user", "ann1234");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("Use at least 15 characters"), HasSubstr("from the user name"),
                                    Not(HasSubstr("ann1234"))));
  EXPECT_EQ(users().size(), 0U);
}

TEST_P(AuthctlOnStore, SaysWhereTheAuditLogWasChanged) {
  for (const char* name : {"ann", "bob", "cat"}) ASSERT_EQ(create(name, "user").exit_code, 0);
  const auto whole = run({"audit", "verify"});
  EXPECT_EQ(whole.exit_code, 0);
  EXPECT_EQ(whole.output, "3 rows, 1 to 3: all as they were written\n");
  tamper("UPDATE audit_events SET result = 'failed' WHERE seq = 2");
  const auto broken = run({"audit", "verify"});
  EXPECT_EQ(broken.exit_code, 1);
  EXPECT_THAT(broken.output, AllOf(HasSubstr("broken at row 2: "), HasSubstr("1 good rows before it")));
}

TEST_P(AuthctlOnStore, RefusesALogWhoseEndWasSignedAnew) {
  ASSERT_EQ(create("ann", "user").exit_code, 0);
  tamper("UPDATE audit_marks SET mac = 'forged' WHERE kind = 'head'");
  const auto refused = run({"audit", "verify"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("signed with another audit key, or its end was changed"));
}

TEST_P(AuthctlOnStore, SealsEverythingAnewWithANewKey) {
  ASSERT_EQ(run({"user", "create", "--username", "ann", "--email", "ann@example.org", "--role", "user",
                 "--phone", "+14155550100", "--invite"})
                .exit_code,
            0);
  ASSERT_EQ(run({"keys", "rotate"}).exit_code, 0);
  const auto added = run({"crypto", "add-key"});
  ASSERT_EQ(added.exit_code, 0) << added.errors;
  const std::string id(trim(added.output));
  EXPECT_THAT(added.errors, HasSubstr("authctl crypto rotate --to " + id));
  const auto before = run({"crypto", "verify"});
  EXPECT_EQ(before.exit_code, 0);
  EXPECT_THAT(before.output, Not(HasSubstr(id)));
  const auto rotated = run({"crypto", "rotate", "--to", id});
  EXPECT_EQ(rotated.exit_code, 0) << rotated.errors;
  EXPECT_THAT(rotated.errors, HasSubstr("sealed 2 values anew with " + id + "; 0 do not open"));
  const auto after = run({"crypto", "verify"});
  EXPECT_EQ(after.exit_code, 0);
  EXPECT_THAT(after.output, HasSubstr(id + "  2     0            yes"));
  EXPECT_EQ(users()[0]["phone"], "+14155550100");
}

TEST_P(AuthctlOnStore, CountsValuesThatDoNotOpen) {
  ASSERT_EQ(create("ann", "user").exit_code, 0);
  ASSERT_EQ(run({"keys", "rotate"}).exit_code, 0);
  tamper(
      "UPDATE users SET phone = (SELECT private_key FROM signing_keys), phone_sealed_by = (SELECT "
      "private_key_sealed_by FROM signing_keys)");
  const auto verified = run({"crypto", "verify"});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.errors, HasSubstr("1 values do not open"));
}

TEST_P(AuthctlOnStore, RefusesADatabaseThatOtherKeysSealed) {
  ASSERT_EQ(create("ann", "user").exit_code, 0);
  ASSERT_EQ(run({"keys", "rotate"}).exit_code, 0);
  for (const char* file : {"sealing.keys", "audit.key"})
    ASSERT_TRUE(RealFiles().remove(state_.file("secrets/" + std::string(file))));
  const auto refused = run({"user", "list"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("the database was sealed with the key \"k"));
}

INSTANTIATE_TEST_SUITE_P(Engines, AuthctlOnStore,
                         testing::Values(sql::Engine::Sqlite, sql::Engine::Postgres));

struct Typed {
  std::vector<std::string> arguments;
  int exit_code;
  std::string said;
};

TEST(Authctl, SaysWhatWasTypedWrongly) {
  const std::vector<Typed> rows = {
      {{}, 2, "authctl: which? user, sessions, keys, crypto, audit, block, kdf, limits, import"},
      {{"user"}, 2, "authctl: user: which? create, list, "},
      {{"user", "creat"}, 2, "authctl: user: there is no \"creat\" (did you mean \"create\"?)"},
      {{"usr", "list"}, 2, "authctl: there is no \"usr\" (did you mean \"user\"?)"},
      {{"user", "create", "--username", "ann"}, 2, "--email is required"},
      {{"--url", "http://127.0.0.1:1", "audit", "verify"}, 2, "works on the store"},
      {{"--url", "http://auth.example.org", "user", "list"}, 1, "use https://"},
      {{"--url", "http://127.0.0.1:1", "user", "list"}, 1, "--url needs --token-file"},
      {{"--storage.path", "/proc/none", "user", "list"}, 1, "there is no database at /proc/none/authd.db"},
      {{"--storage.dsn", "mysql://x/y", "user", "list"}, 1, "--storage.dsn: unknown database \"mysql\""},
      {{"--config.file", "/gone.yml", "user", "list"}, 1, "/gone.yml"},
      {{"user", "list", "--format", "xml"}, 2, "--format"},
      {{"import", "--format", "xml", "x"}, 2, "--format"},
      {{"--help"}, 0, "The first account of a new installation"},
      {{"user", "create", "--help"}, 0, "--password-stdin"},
      {{"--version"}, 0, "authctl "},
  };
  for (const Typed& row : rows) {
    test::ProcessOptions options;
    options.argv = {std::string(PICKET_BIN_DIR) + "/authctl"};
    options.argv.insert(options.argv.end(), row.arguments.begin(), row.arguments.end());
    const auto said = test::run_to_end(std::move(options));
    EXPECT_EQ(said.exit_code, row.exit_code) << said.errors;
    EXPECT_THAT(said.output + said.errors, HasSubstr(row.said));
  }
}

}  // namespace
}  // namespace picket::authd
