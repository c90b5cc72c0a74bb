// Another mail address or number: who hears of it, and when it counts. Lines 11 and 35 of the checks.
#include "tests/authd/login/login_fixture.h"

namespace picket::authd {
namespace {

class ContactsTest : public OnLogin {
 protected:
  Contacts& contacts() { return suite_->contacts(); }
  /// Stores the change as the API does, and tells of it.
  User change(const std::string& name, const std::string& email, const std::string& phone = "+14155550100") {
    const User before = account(name);
    User after = before;
    after.email_verified = before.email_verified && before.email == email;
    after.email = after.email_key = email;
    after.phone = phone;
    const auto stored = stores_->accounts().update(after);
    EXPECT_TRUE(stored) << stored.error().message;
    EXPECT_TRUE(contacts().changed(before, *stored, from().client));
    return *stored;
  }
  std::string verified(const std::string& token) {
    const auto done = contacts().verify(token, from());
    if (done) return "verified";
    return done.error().kind == ErrorKind::Denied ? "denied" : done.error().message;
  }
};
class ContactsRace : public ContactsTest {};

TEST_P(ContactsTest, ANewAddressIsToldToTheOldOneAndCountsOnceItsLinkWasFollowed) {
  person("alice");
  ASSERT_FALSE(change("alice", "new@example.org").email_verified);
  EXPECT_EQ(mails(), 2U);
  const auto told = mailbox_->to("alice@example.org");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told.front().subject.find("The mail address was changed"), std::string::npos);
  EXPECT_EQ(told.front().text.find("token="), std::string::npos) << "the old mailbox verifies nothing";
  const auto asked = mailbox_->to("new@example.org");
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_NE(asked.front().text.find("\nhttps://auth.example.org/auth/email?token=pln_"), std::string::npos);
  const std::string token = last_token();
  EXPECT_EQ(verified(token), "verified");
  EXPECT_TRUE(account("alice").email_verified);
  EXPECT_EQ(audit("users.email_verified").size(), 1U);
  EXPECT_EQ(verified(token), "denied") << "it works once";
}

TEST_P(ContactsTest, OnlyWhatChangedIsToldOfAndOnlyToWhoWasVerified) {
  person("alice");
  change("alice", "alice@example.org", "+14155550199");
  ASSERT_EQ(mails(), 1U);
  EXPECT_NE(mailbox_->sent().back().subject.find("The phone number was changed"), std::string::npos);
  EXPECT_TRUE(account("alice").email_verified);
  change("alice", "alice@example.org", "+14155550199");
  EXPECT_EQ(mails(), 1U) << "nothing changed";
  change("alice", "stranger@example.org");
  change("alice", "alice2@example.org");
  EXPECT_EQ(mailbox_->to("stranger@example.org").size(), 1U) << "the link, and no news";
  config_.mail_on.change = false;
  reload();
  EXPECT_EQ(verified(last_token()), "verified");
  mailbox_->clear();
  change("alice", "alice2@example.org", "");
  EXPECT_EQ(mails(), 0U) << "it was turned off";
}

TEST_P(ContactsTest, ALinkEndsInTimeWithANewerOneAndWithAnotherAddress) {
  person("alice");
  change("alice", "new@example.org");
  const std::string late = last_token();
  clock_.advance(24h);
  EXPECT_EQ(verified(late), "denied");
  ASSERT_TRUE(contacts().mail_link(account("alice"), from().client));
  const std::string first = last_token();
  ASSERT_NE(first, late);
  clock_.advance(61s);
  ASSERT_TRUE(contacts().mail_link(account("alice"), from().client));
  const std::string second = last_token();
  EXPECT_EQ(verified(first), "denied") << "there is a newer one";
  clock_.advance(61s);
  change("alice", "newer@example.org");
  const std::string third = last_token();
  EXPECT_EQ(verified(second), "denied") << "for an address that he has left";
  EXPECT_FALSE(account("alice").email_verified);
  clock_.advance(24h - 1s);
  EXPECT_EQ(verified(third), "verified");
}

TEST_P(ContactsTest, LinksAreSentInSmallNumbersAndOnlyWhereThereIsSomethingToVerify) {
  person("alice");
  ASSERT_TRUE(contacts().mail_link(account("alice"), from().client));
  EXPECT_EQ(mails(), 0U) << "verified already";
  change("alice", "new@example.org");
  const std::string token = last_token();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(contacts().mail_link(account("alice"), from().client));
  EXPECT_EQ(mailbox_->to("new@example.org").size(), 1U);
  EXPECT_EQ(verified(token), "verified") << "what was not sent ended nothing";
  config_.links.base_url = "";
  reload();
  clock_.advance(61s);
  mailbox_->clear();
  change("alice", "newer@example.org");
  EXPECT_EQ(mailbox_->to("newer@example.org").size(), 0U)
      << "there is no address that links could begin with";
}

TEST_P(ContactsTest, ALinkIsGoodForItsOwnKindAndForActiveAccountsOnly) {
  person("alice");
  ASSERT_TRUE(suite_->recovery().request_reset("alice", from()));
  const std::string to_reset = last_token();
  EXPECT_EQ(verified(to_reset), "denied");
  clock_.advance(61s);
  change("alice", "new@example.org");
  const std::string token = last_token();
  const auto as_reset = suite_->recovery().reset(token, std::string(kOtherPassword), from());
  EXPECT_EQ(as_reset.error().kind, ErrorKind::Denied);
  const auto stale = suite_->recovery().reset(to_reset, std::string(kOtherPassword), from());
  EXPECT_EQ(stale.error().kind, ErrorKind::Denied) << "it was mailed to the address of before";
  for (const std::string& rubbish : {std::string(), std::string("pln_"), "pln_" + std::string(43, 'A')})
    EXPECT_EQ(verified(rubbish), "denied");
  User suspended = account("alice");
  suspended.status = Status::Suspended;
  ASSERT_TRUE(stores_->accounts().update(suspended));
  EXPECT_EQ(verified(token), "denied");
}

TEST_P(ContactsRace, OneLinkIsUsedOnce) {
  person("alice");
  change("alice", "new@example.org");
  const std::string token = last_token();
  std::atomic<int> used = 0;
  race([&](int) {
    if (contacts().verify(token, from())) ++used;
  });
  EXPECT_EQ(used, 1);
  EXPECT_TRUE(account("alice").email_verified);
  EXPECT_EQ(audit("users.email_verified").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, ContactsTest, kEmbedded, test::engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, ContactsRace, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
