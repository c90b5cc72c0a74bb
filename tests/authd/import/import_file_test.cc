#include "authd/import/import_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace picket::authd {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kArgon2 =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
    "Q0EyQ0EyQ0EyQ0EyQ0EyQ0EyQ0EyQ0EyQ0EyQ0EyQ0E";
const std::string kBcrypt = "$2b$12$abcdefghijklmnopqrstuuB6C.DEfGhIjKlMnOpQrStUvWxYz012O";

std::string problems_of(const ImportFile& file) {
  std::string text;
  for (const ImportProblem& problem : file.problems)
    text += fmt::format("{}: {}\n", problem.line, problem.text);
  return text;
}

ImportFile authelia(const std::string& text, const GroupRoles& roles = {}) {
  return read_import_file(ImportFormat::Authelia, text, roles);
}
ImportFile csv(const std::string& text) {
  return read_import_file(ImportFormat::Csv, text, {});
}
ImportFile json(const std::string& text) {
  return read_import_file(ImportFormat::Json, text, {});
}

TEST(AutheliaFile, GivesUsersWithHashGroupsAndState) {
  const ImportFile file = authelia(
      "users:\n"
      "  Ann:\n"
      "    disabled: false\n"
      "    displayname: 'Ann'\n"
      "    password: '" +
          kArgon2 +
          "'\n"
          "    email: 'Ann@Example.org'\n"
          "    groups: [admins, dev]\n"
          "  bob:\n"
          "    disabled: true\n"
          "    password: \"" +
          kBcrypt +
          "\"\n"
          "    email: bob@example.org\n"
          "    groups: []\n",
      {{"admins", Role::Admin}, {"dev", Role::Manager}});
  ASSERT_EQ(problems_of(file), "");
  ASSERT_EQ(file.users.size(), 2U);
  const User& ann = file.users[0].user;
  EXPECT_EQ(file.users[0].line, 2);
  EXPECT_EQ(ann.username, "Ann");
  EXPECT_EQ(ann.username_key, "ann");
  EXPECT_EQ(ann.email_key, "ann@example.org");
  EXPECT_EQ(ann.password_hash, kArgon2);
  EXPECT_EQ(ann.role, Role::Admin);
  EXPECT_EQ(ann.status, Status::Active);
  EXPECT_EQ(file.users[1].user.status, Status::Suspended);
  EXPECT_EQ(file.users[1].user.role, Role::User);
}

TEST(AutheliaFile, ThatIsNoneIsAProblem) {
  EXPECT_THAT(problems_of(authelia("people: {}\n")), HasSubstr("has no map `users`"));
  EXPECT_THAT(problems_of(authelia("users: [1\n")), HasSubstr("0: line:"));
  EXPECT_EQ(problems_of(authelia("users: {}\n")), "0: holds no user\n");
}

TEST(AutheliaFile, TellsTheLineOfEveryBadUser) {
  const ImportFile file = authelia(
      "users:\n"
      "  ann: {password: "
      "'$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Q0EyQ0EyQ0EyQ0EyQ0EyQ0EyQ0E', "
      "email: a@example.org}\n"
      "  bob: {password: '$6$rounds=5000$x$y', email: b@example.org}\n"
      "  'x@y': {email: c@example.org}\n"
      "  dan: {}\n"
      "  eve: {email: e@example.org}\n");
  EXPECT_EQ(file.users.size(), 1U);
  const std::string problems = problems_of(file);
  EXPECT_THAT(problems, AllOf(HasSubstr("2: ann: password_hash: "), HasSubstr("3: bob: password_hash: "),
                              HasSubstr("4: x@y: username: "), HasSubstr("5: dan: email: ")));
  EXPECT_THAT(problems, Not(HasSubstr("rounds=5000")));
}

TEST(CsvFile, IsReadByTheNamesOfItsColumns) {
  const ImportFile file =
      csv("email,username,role,phone,status,password_hash\r\n"
          "ann@example.org,ann,manager,+14155550100,suspended," +
          kBcrypt +
          "\r\n"
          "\r\n"
          "\"bob@example.org\",\"bob\",,,,\r\n");
  ASSERT_EQ(problems_of(file), "");
  ASSERT_EQ(file.users.size(), 2U);
  EXPECT_EQ(file.users[0].user.role, Role::Manager);
  EXPECT_EQ(file.users[0].user.phone, "+14155550100");
  EXPECT_EQ(file.users[0].user.status, Status::Suspended);
  EXPECT_EQ(file.users[0].user.password_hash, kBcrypt);
  EXPECT_EQ(file.users[1].line, 4);
  EXPECT_EQ(file.users[1].user.role, Role::User);
  EXPECT_EQ(file.users[1].user.password_hash, "");
}

struct CsvRow {
  std::string text, problem;
};

TEST(CsvFile, TellsWhatIsWrongInWhichLine) {
  const std::string head = "username,email\n";
  const std::vector<CsvRow> rows = {
      {"", "0: holds no user"},
      {head, "0: holds no user"},
      {"username\nann\n", "1: the first line must name the column email"},
      {"username,email,pasword\n", "1: the first line names the columns; \"pasword\" is none"},
      {"username,email,email\n", "1: the column email is there twice"},
      {head + "ann\n", "2: 1 fields, but 2 columns"},
      {head + "ann,a@example.org,x\n", "2: 3 fields, but 2 columns"},
      {head + "ann,\"a@example.org\n", "2: the quote of line 2 is never closed"},
      {head + "a\"b,a@example.org\n", "2: a quote within a field"},
      {head + "\"ann\"x,a@example.org\n", "2: text after a closing quote"},
      {head + "ann,a@example.org\nANN,b@example.org\n", "3: ANN: \"ann\" is in line 2 already"},
      {head + "ann,a@example.org\nbob,A@example.org\n", "3: bob: \"a@example.org\" is in line 2 already"},
      {head + "\"a\nb\",a@example.org\nbob,b\n", "4: bob: email: "},
      {"username,email,role\nann,a@example.org,root\n", "2: ann: role: "},
      {"username,email,role\nann,a@example.org,owner\n", "owners are made by `authctl user create` alone"},
      {"username,email,phone\nann,a@example.org,12\n", "2: ann: phone: "},
      {"username,email,password_hash\nann,a@example.org,$2b$31$abcdefghijklmnopqrstuu\n",
       "2: ann: password_hash: "},
      {"username,email,password_hash\nann,a@example.org,hunter2\n", "2: ann: password_hash: "},
  };
  for (const CsvRow& row : rows) EXPECT_THAT(problems_of(csv(row.text)), HasSubstr(row.problem)) << row.text;
}

TEST(CsvFile, GivesTheGoodUsersBesideTheProblems) {
  const ImportFile file = csv("username,email\nann,a@example.org\nbob,\ncat,c@example.org\n");
  EXPECT_EQ(file.users.size(), 2U);
  EXPECT_EQ(file.problems.size(), 1U);
}

TEST(JsonFile, IsAnArrayOrOneObjectALine) {
  for (const std::string& text : {
           std::string(
               "[\n  {\"username\": \"ann\",\n   \"email\": \"a@example.org\"},\n"
               "  {\"username\": \"bob\", \"email\": \"b@example.org\", \"role\": \"admin\", \"x\": 1}\n]\n"),
           std::string("{\"username\": \"ann\", \"email\": \"a@example.org\"}\n\n\n"
                       "{\"username\": \"bob\", \"email\": \"b@example.org\", \"role\": \"admin\", "
                       "\"phone\": null}\n"),
       }) {
    const ImportFile file = json(text);
    ASSERT_EQ(problems_of(file), "");
    ASSERT_EQ(file.users.size(), 2U);
    EXPECT_EQ(file.users[1].line, 4);
    EXPECT_EQ(file.users[1].user.role, Role::Admin);
  }
}

TEST(JsonFile, TellsWhatIsWrongInWhichLine) {
  const std::vector<CsvRow> rows = {
      {"[\n {\"username\": \"ann\"}\n]", "2: ann: email: "},
      {"[\n 1\n]", "0: is no object"},
      {"[\n {\"username\": \"ann\",\n", "0: not valid JSON at 3:1: "},
      {"{\"username\": \"ann\", \"email\": \"a@example.org\"}\nrubbish\n", "2: is no JSON"},
      {"{\"username\": 7, \"email\": \"a@example.org\"}\n", "1: username: must be text"},
      {"[" + std::string(100'000, '[') + "\n", "0: not valid JSON at 1:9: nested deeper than 8 levels"},
      {std::string(100'000, '{') + "\n", "1: is no JSON"},
      {"{\"a\":" + std::string(100'000, '[') + "\n", "1: is no JSON"},
  };
  for (const CsvRow& row : rows) {
    EXPECT_THAT(problems_of(json(row.text)), HasSubstr(row.problem)) << row.text.substr(0, 80);
  }
}

TEST(ImportFormat, IsOneOfThree) {
  EXPECT_EQ(parse_import_format("authelia").value(), ImportFormat::Authelia);
  EXPECT_THAT(parse_import_format("xml").error().message, HasSubstr("authelia, csv and json"));
}

}  // namespace
}  // namespace picket::authd
