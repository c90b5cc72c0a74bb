// Which passwords may be set: long ones that are neither common nor built from the account.
#include <gtest/gtest.h>

#include <algorithm>

#include "authd/passwords/folding.h"
#include "authd/passwords/guessability.h"
#include "authd/passwords/password_policy.h"
#include "tests/support/temp_dir.h"

namespace picket::authd {
namespace {

using enum PasswordFault;

const PasswordPolicy& policy() {
  static const PasswordPolicy shared({.service_names = {"Picket", "Example Corp"}},
                                     FrequentPasswords::built_in());
  return shared;
}

const PasswordOwner kAlice{"alice", "a.cooper+x@example.org", false};
const PasswordOwner kAliceWithTotp{"alice", "a.cooper+x@example.org", true};

std::vector<PasswordFault> faults_of(std::string_view password, const PasswordOwner& owner = kAlice) {
  std::vector<PasswordFault> faults;
  for (const auto& objection : policy().judge(*OpaqueString::prepare(password), owner)) {
    EXPECT_FALSE(objection.text.empty());
    EXPECT_EQ(objection.text.find("vq7x"), std::string::npos);  // never the password
    faults.push_back(objection.fault);
  }
  return faults;
}

TEST(PasswordPolicy, TakesLongPasswordsOfAnyKindOfCharacter) {
  std::string unicode;
  for (int i = 0; i < 128; ++i) unicode += static_cast<char>('a' + i * 7 % 26);
  const std::string rows[] = {
      "unhurried walnut ferry",  // lower case alone
      "839201746502918",         // digits alone
      "KXVQPLWMRTZHBNC",         // capitals alone
      "c  r  q  w  p  v  k",     // spaces between single letters
      "\u043A\u043B\u0451\u043D \u0438 \u0431\u0440\u0443\u0441\u043D\u0438\u043A\u0430",
      "\u5C71\u306E\u4E0A\u306B\u706B\u304C\u71C3\u3048\u6708\u304C\u51FA\u3066\u98A8\u304C\u5439\u304F",
      "ferry-tiger-walnut-orange-7",
      unicode};
  for (const std::string& password : rows)
    EXPECT_EQ(faults_of(password), std::vector<PasswordFault>()) << password;
}

struct Row {
  const char* password;
  std::vector<PasswordFault> faults;
};

TEST(PasswordPolicy, CountsCharactersNotBytes) {
  EXPECT_EQ(policy().length_min(kAlice), 15U);
  EXPECT_EQ(policy().length_min(kAliceWithTotp), 8U);
  EXPECT_EQ(faults_of("vq7xk2pmw9rzt4"), std::vector{TooShort});
  EXPECT_TRUE(faults_of("vq7xk2pmw9rzt4n").empty());
  EXPECT_TRUE(faults_of("vq7xk2pm", kAliceWithTotp).empty());
  EXPECT_EQ(faults_of("vq7xk2p", kAliceWithTotp), std::vector{TooShort});
  EXPECT_EQ(faults_of("\u043A\u0444\u0449\u0437\u0448\u0436\u044D", kAliceWithTotp), std::vector{TooShort});
}

TEST(PasswordPolicy, RefusesWhatGuessersTryFirst) {
  const Row rows[] = {
      {"password", {Common}},
      {"PASSWORD", {Common}},
      {"P@ssw0rd", {Common}},
      {"p a s s w o r d", {Common}},
      {"1q2w3e4r5t", {Common}},
      {"correct-horse-battery-staple", {Common}},
      {"password1234567", {Guessable}},
      {"passwordpassword", {Guessable}},
      {"P@ssw0rdP@ssw0rd!", {Guessable}},
      {"aaaaaaaaaaaaaaaa", {Guessable}},
      {"abcabcabcabcabc", {Guessable}},
      {"123456789012345", {Guessable}},
      {"qwertyuiopasdfgh", {Guessable}},
      {"monkeydragonfootball", {Guessable}},
      {"Summer-2025-Summer!", {Guessable}},
      {"abcdefghijklmnopq", {Guessable}},
      {"zyxwvutsrqponmlk", {Guessable}},
      {"               ", {Guessable}},
      {"Welcome2024", {Common}},
      {"dragon1987", {Guessable}},
  };
  for (const Row& row : rows) EXPECT_EQ(faults_of(row.password, kAliceWithTotp), row.faults) << row.password;
}

TEST(PasswordPolicy, RefusesPasswordsBuiltFromTheAccountOrTheService) {
  const Row rows[] = {
      {"alice-vq7xk2pmw9r", {LikeUsername}},
      {"vq7xk-A1ic3-2pmw9r", {LikeUsername}},
      {"vq7xk A.L.I.C.E 2pm", {LikeUsername}},
      {"vq7xk \u00C0lice 2pmw", {LikeUsername}},
      {"vq7xk a.cooper 2pm", {LikeEmail}},
      {"vq7xk4c00per2pmw9", {LikeEmail}},
      {"vq7xk-picket-2pmw", {LikeServiceName}},
      {"3xampleC0rpvq7xk2p", {LikeServiceName}},
      {"alice@picket-vq7x", {LikeUsername, LikeServiceName}},
  };
  for (const Row& row : rows) EXPECT_EQ(faults_of(row.password), row.faults) << row.password;
}

TEST(PasswordPolicy, LetsAShortNameStandInsideALongPassword) {
  const PasswordOwner al{"al", "", true};
  EXPECT_TRUE(faults_of("walnut vq7x ferry", al).empty());
  EXPECT_EQ(faults_of("al-vq7xk2", al), std::vector{LikeUsername});
  EXPECT_TRUE(faults_of("vq7xk2p!", al).empty());
  EXPECT_TRUE(faults_of("vq7xk2pmw9rzt4n", {"", "", false}).empty());
}

TEST(PasswordPolicy, RefusesAPieceOfALongName) {
  EXPECT_EQ(faults_of("librarianvq", {"alexandria.librarianvq", "", true}), std::vector{LikeUsername});
}

TEST(PasswordPolicy, HasMinimumsFrom8To128) {
  EXPECT_TRUE(validate(PasswordPolicyConfig{}));
  EXPECT_TRUE(validate(PasswordPolicyConfig{.length_min = 128}));
  EXPECT_FALSE(validate(PasswordPolicyConfig{.length_min = 129}));
  EXPECT_FALSE(validate(PasswordPolicyConfig{.length_min_with_second_factor = 7}));
}

TEST(FrequentPasswords, IsASortedListWithoutDoubles) {
  std::vector<std::string_view> lines;
  std::string_view text = frequent_passwords_text();
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  EXPECT_TRUE(text.empty());
  EXPECT_GT(lines.size(), 2000U);
  EXPECT_TRUE(std::ranges::is_sorted(lines));
  EXPECT_EQ(std::ranges::adjacent_find(lines), lines.end());
}

TEST(FrequentPasswords, CanBeExtendedByAFile) {
  const test::TempDir dir;
  const RealFiles files;
  const auto list = FrequentPasswords::with_file(files, dir.write("list", "Gr\u00FCner Tee\r\n\nsnorkel9\n"));
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_TRUE(list->contains("grunertee"));
  EXPECT_TRUE(list->contains("snorkel9"));
  EXPECT_TRUE(list->contains(fold_leet("5norke1g")));
  EXPECT_TRUE(list->contains("password"));
  EXPECT_FALSE(list->contains(""));
  EXPECT_FALSE(FrequentPasswords::built_in().contains("snorkel9"));
  EXPECT_EQ(FrequentPasswords::with_file(files, dir.file("none")).error().kind, ErrorKind::NotFound);
}

struct Parts {
  const char* folded;
  std::size_t parts;
};

TEST(Guessability, CountsWordsYearsRunsAndWalksAsOnePart) {
  const FrequentPasswords list = FrequentPasswords::built_in();
  const Parts rows[] = {{"", 0},
                        {"x", 1},
                        {"password", 1},
                        {"passwordx", 2},
                        {"3456", 1},
                        {"9876", 1},
                        {"qqqq", 1},
                        {"2024", 1},
                        {"2124", 4},
                        {"lkjhgf", 1},
                        {"mustang1987", 2},
                        {"xkqzvw", 6},
                        {"abab", 2},
                        {"tigertigertig", 1}};
  for (const Parts& row : rows) EXPECT_EQ(count_parts(row.folded, list, 10), row.parts) << row.folded;
  EXPECT_EQ(count_parts(std::string(1000, 'x') + "kqzvwkqzvw", list, 3), 4U);
}

}  // namespace
}  // namespace picket::authd
