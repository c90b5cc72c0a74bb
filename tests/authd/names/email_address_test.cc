// Mail addresses: one key per mailbox, and nothing that breaks a header.
#include <gtest/gtest.h>

#include "authd/names/email_address.h"

namespace picket::authd {
namespace {

struct Row {
  const char* typed;
  const char* address;
  const char* key;
};

TEST(EmailAddress, HasOneKeyHoweverItIsTyped) {
  const Row rows[] = {
      {"alice@example.org", "alice@example.org", "alice@example.org"},
      {"Alice@EXAMPLE.Org", "Alice@example.org", "alice@example.org"},
      {"Alice@example.org.", "Alice@example.org", "alice@example.org"},
      {"alice@\uFF25xample.org", "alice@example.org", "alice@example.org"},
      {"alice@example\u3002org", "alice@example.org", "alice@example.org"},  // ideographic full stop
      {"a.b+Tag@example.org", "a.b+Tag@example.org", "a.b+tag@example.org"},
      {"a@B\u00DCCHER.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
      {"a@xn--bcher-kva.example", "a@xn--bcher-kva.example", "a@xn--bcher-kva.example"},
      {"root@localhost", "root@localhost", "root@localhost"},
      {"!#$%&'*+-/=?^_`{|}~@x.org", "!#$%&'*+-/=?^_`{|}~@x.org", "!#$%&'*+-/=?^_`{|}~@x.org"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.typed);
    const auto email = canonical_email(row.typed);
    ASSERT_TRUE(email) << email.error().message;
    EXPECT_EQ(email->address, row.address);
    EXPECT_EQ(email->key, row.key);
    EXPECT_EQ(canonical_email(email->key)->key, email->key);
  }
}

TEST(EmailAddress, RefusesWhatNoMailServerWouldTake) {
  const std::string long_label(64, 'a');
  const std::string rows[] = {"",
                              "alice",
                              "@example.org",
                              "alice@",
                              "alice@.",
                              "a@b@example.org",
                              ".alice@example.org",
                              "alice.@example.org",
                              "al..ice@example.org",
                              "al ice@example.org",
                              "\"al ice\"@example.org",
                              "Alice <alice@example.org>",
                              "alice@example.org, bob@example.org",
                              "alice@exam ple.org",
                              "alice@exam_ple.org",
                              "alice@-example.org",
                              "alice@example..org",
                              "alice@" + long_label + ".org",
                              "alice@[127.0.0.1]",
                              "alice@127.0.0.1",
                              "\u0430lice@example.org",
                              "al\u0131ce@example.org",
                              "alice@xn--a.org",
                              "alice@\u05D0a.org",
                              std::string("alice\0@example.org", 18),
                              std::string("alice@example.org\0", 18),
                              "alice\r\n@example.org",
                              "alice@example.org\r\nBcc: all@example.org",
                              "alice@example.org\n",
                              "alice@example\u2028.org",
                              "alice@exam\u202Eple.org",
                              "alice@\xff.org"};
  for (const std::string& typed : rows) {
    SCOPED_TRACE(testing::PrintToString(typed));
    const auto email = canonical_email(typed);
    ASSERT_FALSE(email) << email->key;
    EXPECT_EQ(email.error().kind, ErrorKind::InvalidInput);
    EXPECT_TRUE(email.error().message.starts_with("mail address ")) << email.error().message;
  }
}

TEST(EmailAddress, HoldsTheLimitsOfSmtp) {
  const std::string label(60, 'd');
  const std::string domain = label + "." + label + "." + label + ".example";  // 190 octets
  EXPECT_TRUE(canonical_email(std::string(63, 'l') + "@" + domain));          // 254
  EXPECT_FALSE(canonical_email(std::string(64, 'l') + "@" + domain));
  EXPECT_TRUE(canonical_email(std::string(64, 'l') + "@example.org"));
  EXPECT_FALSE(canonical_email(std::string(65, 'l') + "@example.org"));
  EXPECT_FALSE(canonical_email("a@" + std::string(1 << 20, 'd') + ".org"));
}

TEST(EmailAddress, TellsTheLocalPartWithoutItsTag) {
  EXPECT_EQ(mail_local_part("alice@example.org"), "alice");
  EXPECT_EQ(mail_local_part("alice+lists@example.org"), "alice");
  EXPECT_EQ(mail_local_part(""), "");
}

}  // namespace
}  // namespace picket::authd
