// Backup codes: what is shown, what is typed, what is stored.
#include <gtest/gtest.h>

#include <set>

#include "authd/otp/backup_code.h"
#include "base/text/strings.h"

namespace picket::authd {
namespace {

TEST(BackupCode, IsASlotAnd80BitsInGroups) {
  SystemRandom random;
  const auto codes = BackupCode::generate(kBackupCodesDefault, random);
  ASSERT_EQ(codes.size(), 10U);
  std::set<std::string> seen;
  int slot = 0;
  for (const BackupCode& code : codes) {
    EXPECT_EQ(code.slot(), ++slot);
    const std::string text = code.text();
    ASSERT_EQ(text.size(), 22U) << text;
    EXPECT_EQ(text.substr(0, 3), fmt::format("{:02}-", slot));
    EXPECT_EQ(text.find_first_of("ILOU"), std::string::npos);
    EXPECT_EQ(BackupCode::parse(text)->text(), text);
    seen.insert(text.substr(3));
  }
  EXPECT_EQ(seen.size(), 10U);
}

TEST(BackupCode, ReadsWhatPeopleType) {
  const char* rows[] = {"07-0123-ABCD-1EFG-JKMN",
                        "07-0123-abcd-1efg-jkmn",
                        "070123ABCD1EFGJKMN",
                        "07 0123 ABCD 1EFG JKMN",
                        "  07-0123 abcd1efg-jkmn ",
                        "O7-O123-ABCD-IEFG-JKMN",
                        "o7-ol23-abcd-lefg-jkmn",
                        "07\u20130123\u2013ABCD\u20131EFG\u2013JKMN",
                        "07\u00A00123\u2011abcd 1efg jkmn"};
  for (const char* typed : rows) {
    const auto code = BackupCode::parse(typed);
    ASSERT_TRUE(code) << typed;
    EXPECT_EQ(code->slot(), 7) << typed;
    EXPECT_EQ(code->text(), "07-0123-ABCD-1EFG-JKMN") << typed;
  }
}

TEST(BackupCode, RefusesWhatCannotBeOne) {
  const std::string rows[] = {"",
                              "07",
                              "0123-ABCD-1EFG-JKMN",
                              "07-0123-ABCD-1EFG-JKM",
                              "07-0123-ABCD-1EFG-JKMNP",
                              "00-0123-ABCD-1EFG-JKMN",
                              "A7-0123-ABCD-1EFG-JKMN",
                              "07-0123-ABCD-1EFG-JKMU",
                              "07-0123-ABCD-1EFG-JKM!",
                              "07-0123-ABCD-1EFG-JKM\n",
                              std::string("07-0123-ABCD-1EFG-JKM\0", 22),
                              "07-0123-ABCD-1EFG-JK\u00E9",
                              "\xff\xff-0123-ABCD-1EFG-JKMN",
                              std::string(1 << 20, '0')};
  for (const std::string& typed : rows) {
    const auto code = BackupCode::parse(typed);
    ASSERT_FALSE(code) << testing::PrintToString(typed.substr(0, 40));
    EXPECT_EQ(code.error().message, "not a backup code");
  }
}

TEST(BackupCode, IsStoredAsASaltedPasswordHash) {
  SystemRandom random;
  const BackupCode code = *BackupCode::parse("07-0123-ABCD-1EFG-JKMN");
  const auto stored = code.hash(random);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_TRUE(stored->starts_with("$argon2id$v=19$m=1024,t=2,p=1$")) << *stored;
  EXPECT_NE(*code.hash(random), *stored);
  EXPECT_EQ(BackupCode::parse("o7 ol23 abcd iefg jkmn")->matches(*stored), true);
  EXPECT_EQ(BackupCode::parse("07-0123-ABCD-1EFG-JKMP")->matches(*stored), false);
  EXPECT_EQ(BackupCode::parse("08-0123-ABCD-1EFG-JKMN")->matches(*stored), false);
  EXPECT_EQ(code.matches("plain").error().kind, ErrorKind::Corrupt);
}

}  // namespace
}  // namespace picket::authd
