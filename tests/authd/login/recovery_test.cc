// Passwords changed, reset, and set first: what must be shown, what ends, and what nobody learns.
#include "tests/authd/login/login_fixture.h"

namespace picket::authd {
namespace {

class RecoveryTest : public OnLogin {
 protected:
  Recovery& recovery() { return suite_->recovery(); }
  std::string reset_token(const std::string& name) {
    EXPECT_TRUE(recovery().request_reset(name, from()));
    return last_token();
  }
  Result<PasswordAnswer> reset(const std::string& token, std::string_view next = kOtherPassword) {
    return recovery().reset(token, std::string(next), from());
  }
  Result<PasswordAnswer> accept(const std::string& token, const std::string& name,
                                std::string_view password = kOtherPassword) {
    return recovery().accept(token, name, std::string(password), from());
  }
  static ErrorKind kind(const Result<PasswordAnswer>& answer) {
    EXPECT_FALSE(answer.has_value());
    return answer ? ErrorKind::Internal : answer.error().kind;
  }
};
class RecoveryRace : public RecoveryTest {};

// Lines 8 and 11, row 31.
TEST_P(RecoveryTest, AChangeNeedsTheCurrentPasswordAndEndsEveryGrant) {
  const User alice = person("alice");
  const std::int64_t epoch = alice.epoch;
  const auto change = [&](std::string_view current, std::string_view next) {
    return recovery().change(account("alice"), std::string(current), std::string(next), from());
  };
  EXPECT_EQ(kind(change("not it", kOtherPassword)), ErrorKind::Denied);
  EXPECT_EQ(account("alice").epoch, epoch);
  ASSERT_TRUE(stores_->sessions().create(session("s", "id-alice")));
  clock_.advance(1s);
  const auto done = change(kPassword, kOtherPassword);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(done->empty());
  EXPECT_GT(account("alice").epoch, epoch);
  EXPECT_EQ(account("alice").password_changed_at, now());
  EXPECT_TRUE(stores_->sessions().list_live("id-alice", now(), 9)->empty());
  EXPECT_EQ(kind_of(begin("alice", kPassword)), "denied");
  EXPECT_TRUE(is_in(begin("alice", kOtherPassword)));
  EXPECT_EQ(mails(), 1U);
  EXPECT_EQ(audit("auth.password_change").size(), 1U);
}

TEST_P(RecoveryTest, MailsThatAreStillToBeMadeAtTheEndAreSent) {
  for (const char* name : {"ann", "bob", "cid", "dan", "eve"}) {
    person(name);
    EXPECT_TRUE(recovery().request_reset(name, from()));
  }
  suite_.reset();
  EXPECT_EQ(mailbox_->sent().size(), 5U);
}

// Lines 2, 3, 4, 7: at change, reset and accept alike.
TEST_P(RecoveryTest, EveryWayToSetAPasswordAsksThePolicy) {
  person("alice");
  const std::string token = reset_token("alice");
  const User owner = person("otto", Role::Owner);
  ASSERT_TRUE(recovery().invite(owner, "new@example.org", Role::User, from()));
  const std::string invitation = last_token();
  const struct {
    std::string next, of_newcomer;
    PasswordFault fault;
  } rows[] = {{"short", "short", PasswordFault::TooShort},
              {"password", "password", PasswordFault::Common},
              {"alicealicealice1", "newcomernewcomer1", PasswordFault::LikeUsername}};
  for (const auto& row : rows) {
    const User alice = account("alice");
    for (const auto& answer : {recovery().change(alice, std::string(kPassword), row.next, from()),
                               reset(token, row.next), accept(invitation, "newcomer", row.of_newcomer)}) {
      ASSERT_TRUE(answer) << answer.error().message;
      EXPECT_FALSE(answer->empty()) << row.next;
    }
    const auto faults = reset(token, row.next).value();
    EXPECT_TRUE(std::ranges::any_of(faults, [&](const auto& o) { return o.fault == row.fault; })) << row.next;
  }
  EXPECT_TRUE(is_in(begin("alice")));
  // What was refused has spent no link, and no rule about kinds of characters stands in the way.
  EXPECT_TRUE(reset(token, "839201746502918")->empty());
  EXPECT_TRUE(accept(invitation, "newcomer", "all lower case words here")->empty());
}

TEST_P(RecoveryTest, WhatIsNoPasswordIsRefusedAsSuch) {
  person("alice");
  const std::string token = reset_token("alice");
  EXPECT_EQ(kind(reset(token, std::string(2000, 'x'))), ErrorKind::InvalidInput);
  EXPECT_EQ(kind(reset(token, "")), ErrorKind::InvalidInput);
  config_.hashing.algorithm = HashAlgorithm::Bcrypt;
  config_.hashing.bcrypt_cost = 4;
  reload();
  std::string long_one;
  for (int i = 0; i < 80; ++i) long_one += static_cast<char>('a' + i * 7 % 26);
  EXPECT_EQ(kind(reset(token, long_one)), ErrorKind::InvalidInput);
  EXPECT_TRUE(reset(token)->empty());
}

// Line 14, rows 45 and 47.
TEST_P(RecoveryTest, AResetGoesByTheMailedLinkAndLogsNobodyIn) {
  person("alice");
  const TotpKey key = with_totp("alice");
  ASSERT_TRUE(suite_->devices().remember("id-alice", from().client, 720h));
  const std::string token = reset_token("Alice@example.org");
  ASSERT_TRUE(token.starts_with("pln_"));
  EXPECT_NE(mailbox_->sent().back().text.find("\nhttps://auth.example.org/auth/reset?token=pln_"),
            std::string::npos);
  clock_.advance(1s);
  ASSERT_TRUE(reset(token)->empty());
  EXPECT_EQ(opened_, 0);
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_EQ(kind_of(begin("alice", kOtherPassword)), "challenge");
  EXPECT_TRUE(stores_->factors().find("id-alice")->has_totp());
  EXPECT_TRUE(stores_->devices().list_live("id-alice", now())->empty());
  EXPECT_EQ(kind(reset(token)), ErrorKind::Denied);
  EXPECT_EQ(audit("auth.password_reset").size(), 1U);
  EXPECT_EQ(one("SELECT COUNT(*) FROM links WHERE hash LIKE '%pln_%'"), "0");
}

TEST_P(RecoveryTest, ANewPasswordEndsTheLinksAndTheDutyToChangeIt) {
  User alice = person("alice");
  alice.must_change_password = true;
  ASSERT_TRUE(stores_->accounts().update(alice));
  const std::string token = reset_token("alice");
  clock_.advance(1s);
  ASSERT_TRUE(recovery()
                  .change(account("alice"), std::string(kPassword), std::string(kOtherPassword), from())
                  ->empty());
  EXPECT_FALSE(account("alice").must_change_password);
  EXPECT_EQ(kind(reset(token, "another quiet lantern here")), ErrorKind::Denied);
  EXPECT_TRUE(is_in(begin("alice", kOtherPassword)));
}

TEST_P(RecoveryTest, NoMailTellsOfAChangeWhenItIsConfiguredSo) {
  person("alice");
  config_.mail_on.change = false;
  reload();
  ASSERT_TRUE(recovery()
                  .change(account("alice"), std::string(kPassword), std::string(kOtherPassword), from())
                  ->empty());
  EXPECT_EQ(mails(), 0U);
}

TEST_P(RecoveryTest, WithoutABaseUrlNoLinkIsMailed) {
  person("alice");
  config_.links.base_url = "";
  reload();
  EXPECT_TRUE(recovery().request_reset("alice", from()));
  EXPECT_EQ(mails(), 0U);
}

// Row 18.
TEST_P(RecoveryTest, AskingForALinkLooksTheSameForEverybody) {
  person("alice");
  User unverified = person("uma");
  unverified.email_verified = false;
  ASSERT_TRUE(stores_->accounts().update(unverified));
  User suspended = person("sam");
  suspended.status = Status::Suspended;
  ASSERT_TRUE(stores_->accounts().update(suspended));
  for (const std::string& name :
       {std::string("alice"), std::string("nobody"), std::string("uma"), std::string("sam"),
        std::string("x@y"), std::string(), std::string(100'000, 'x'), std::string("a\r\nb")}) {
    const std::size_t events = audit("auth.reset_request").size();
    EXPECT_TRUE(recovery().request_reset(name, from())) << name;
    const auto after = audit("auth.reset_request");
    ASSERT_EQ(after.size(), events + 1);
    EXPECT_EQ(after.front().event.user_id + after.front().event.resource, "");
  }
  EXPECT_EQ(mails(), 1U);
  EXPECT_EQ(mailbox_->to("alice@example.org").size(), 1U);
}

TEST_P(RecoveryTest, LinksAreMailedInSmallNumbersAndANewOneEndsTheOld) {
  person("alice");
  const std::string first = reset_token("alice");
  EXPECT_EQ(reset_token("alice"), first);  // within the minute: none was sent
  clock_.advance(61s);
  const std::string second_token = reset_token("alice");
  ASSERT_NE(second_token, first);
  EXPECT_EQ(kind(reset(first)), ErrorKind::Denied);
  for (int i = 0; i < 20; ++i) {
    clock_.advance(61s);
    reset_token("alice");
  }
  EXPECT_EQ(mails(), 5U);
}

TEST_P(RecoveryTest, WhoAsksForLinksUsesUpNoLoginCodes) {
  person("alice");
  with_totp("alice");
  ASSERT_TRUE(stores_->factors().set_email_otp("id-alice", true));
  for (int i = 0; i < 12; ++i) {
    clock_.advance(61s);
    EXPECT_TRUE(recovery().request_reset("alice", from(fmt::format("198.51.100.{}", i))));
    suite_->post().wait_until_idle();
  }
  EXPECT_EQ(mails(), 5U);
  const SecondFactorRequired required = challenge("alice");
  EXPECT_TRUE(suite_->login().send_code(required.challenge.reveal(), "email", from()));
  EXPECT_EQ(mails(), 6U) << "the code";
}

TEST_P(RecoveryTest, ThatAMailboxIsTheOnlyFactorIsMailedOnceADay) {
  person("alice");
  ASSERT_TRUE(stores_->factors().set_email_otp("id-alice", true));
  for (int i = 0; i < 12; ++i) {
    EXPECT_TRUE(recovery().request_reset("alice", from(fmt::format("198.51.100.{}", i))));
    EXPECT_EQ(mails(), 1U);
    clock_.advance(1h);
  }
  clock_.advance(12h);
  EXPECT_TRUE(recovery().request_reset("alice", from()));
  EXPECT_EQ(mails(), 2U);
}

// Line 13 and 21: to the second.
TEST_P(RecoveryTest, ALinkEndsInTime) {
  person("alice");
  const std::string late = reset_token("alice");
  clock_.advance(1h);
  EXPECT_EQ(kind(reset(late)), ErrorKind::Denied);
  const std::string in_time = reset_token("alice");
  clock_.advance(1h - 1s);
  EXPECT_TRUE(reset(in_time)->empty());
  const User owner = person("otto", Role::Owner);
  ASSERT_TRUE(recovery().invite(owner, "new@example.org", Role::User, from()));
  const std::string invitation = last_token();
  clock_.advance(24h);
  EXPECT_EQ(kind(accept(invitation, "newcomer")), ErrorKind::Denied);
}

TEST_P(RecoveryTest, ALinkIsGoodForItsOwnKindOnly) {
  person("alice");
  const User owner = person("otto", Role::Owner);
  const std::string token = reset_token("alice");
  ASSERT_TRUE(recovery().invite(owner, "new@example.org", Role::User, from()));
  const std::string invitation = last_token();
  EXPECT_EQ(kind(accept(token, "newcomer")), ErrorKind::Denied);
  EXPECT_EQ(kind(reset(invitation)), ErrorKind::Denied);
  for (const std::string& rubbish :
       {std::string(), std::string("pln_"), "pln_" + std::string(43, 'A'), std::string(9999, 'x')})
    EXPECT_EQ(kind(reset(rubbish)), ErrorKind::Denied);
}

// Row 16: the mailbox is one factor, not two.
TEST_P(RecoveryTest, AfterAMailedResetACodeToTheSameMailboxIsNoSecondFactor) {
  person("alice");
  const TotpKey key = with_totp("alice");
  ASSERT_TRUE(stores_->factors().set_email_otp("id-alice", true));
  EXPECT_EQ(challenge("alice").methods, (std::vector<std::string>{"totp", "email"}));
  const std::string token = reset_token("alice");
  clock_.advance(1s);
  ASSERT_TRUE(reset(token)->empty());
  const auto methods = [&] {
    auto outcome = begin("alice", kOtherPassword);
    return std::get<SecondFactorRequired>(outcome).methods;
  };
  EXPECT_EQ(methods(), std::vector<std::string>{"totp"});
  auto outcome = begin("alice", kOtherPassword);
  EXPECT_TRUE(is_in(complete(std::get<SecondFactorRequired>(outcome), "totp", code_of(key))));
  EXPECT_EQ(methods(), (std::vector<std::string>{"totp", "email"}));
}

TEST_P(RecoveryTest, WhoHasNoOtherFactorThanTheMailboxIsSentToTheAdministrator) {
  person("alice");
  ASSERT_TRUE(stores_->factors().set_email_otp("id-alice", true));
  EXPECT_EQ(reset_token("alice"), "");
  ASSERT_EQ(mails(), 1U);
  EXPECT_NE(mailbox_->sent().back().text.find("administrator"), std::string::npos);
  with_backup_codes("alice");
  clock_.advance(61s);
  EXPECT_NE(reset_token("alice"), "");
  const auto codes = stores_->factors().backup_codes("id-alice").value();
  for (const StoredBackupCode& code : codes)
    ASSERT_TRUE(stores_->factors().use_backup_code("id-alice", code, now()).value());
  clock_.advance(24h);
  EXPECT_EQ(reset_token("alice"), "") << "spent codes prove nothing";
}

// Line 13.
TEST_P(RecoveryTest, AnInvitationMakesOneAccountOfItsRoleAndAddress) {
  const User admin = person("anna", Role::Admin);
  ASSERT_TRUE(recovery().invite(admin, "New@Example.org", Role::Manager, from()));
  const std::string token = last_token();
  EXPECT_EQ(mailbox_->sent().back().to, "New@example.org");
  EXPECT_EQ(kind(accept(token, "anna")), ErrorKind::Conflict);
  EXPECT_EQ(kind(accept(token, "not a name")), ErrorKind::InvalidInput);
  EXPECT_EQ(kind(accept(token, "someone@example.org")), ErrorKind::InvalidInput);  // row 28
  ASSERT_TRUE(accept(token, "Newcomer")->empty());
  EXPECT_EQ(kind(accept(token, "other")), ErrorKind::Denied);
  const User made = stores_->accounts().find_by_key("newcomer")->value();
  EXPECT_EQ(made.role, Role::Manager);
  EXPECT_EQ(made.email_key, "new@example.org");
  EXPECT_TRUE(made.email_verified);
  EXPECT_TRUE(is_in(begin("new@example.org", kOtherPassword)));
}

TEST_P(RecoveryTest, NobodyInvitesAboveHimselfOrWhoIsThereAlready) {
  const User admin = person("anna", Role::Admin);
  EXPECT_EQ(recovery().invite(admin, "new@example.org", Role::Owner, from()).error().kind, ErrorKind::Denied);
  EXPECT_EQ(recovery().invite(admin, "anna@example.org", Role::User, from()).error().kind,
            ErrorKind::Conflict);
  EXPECT_EQ(recovery().invite(admin, "a@b@c\r\n", Role::User, from()).error().kind, ErrorKind::InvalidInput);
  config_.links.base_url = "";
  reload();
  EXPECT_EQ(recovery().invite(admin, "new@example.org", Role::User, from()).error().kind,
            ErrorKind::Unavailable);
  EXPECT_EQ(mails(), 0U);
}

TEST_P(RecoveryTest, InvitationsLeaveInSmallNumbersToo) {
  const User admin = person("anna", Role::Admin);
  ASSERT_TRUE(recovery().invite(admin, "new@example.org", Role::User, from()));
  EXPECT_EQ(recovery().invite(admin, "new@example.org", Role::User, from()).error().kind,
            ErrorKind::Unavailable);
  ASSERT_TRUE(recovery().invite(admin, "other@example.org", Role::User, from()));
  EXPECT_EQ(mails(), 2U);
  EXPECT_EQ(audit("users.invite").size(), 2U);
}

// Line 9.
TEST_P(RecoveryTest, AFreshInstallationHasNoAccountAndOneLinkForItsOwner) {
  EXPECT_EQ(one("SELECT COUNT(*) FROM users"), "0");
  const auto offer = recovery().offer_first_owner().value().value();
  EXPECT_EQ(offer.link.reveal(), "https://auth.example.org/auth/invitation?token=" + offer.token.reveal());
  const auto again = recovery().offer_first_owner().value().value();  // a restart: both are good
  ASSERT_TRUE(accept(offer.token.reveal(), "otto")->empty());
  EXPECT_EQ(stores_->accounts().find_by_key("otto")->value().role, Role::Owner);
  EXPECT_EQ(kind(accept(again.token.reveal(), "mallory")), ErrorKind::Denied);
  EXPECT_EQ(kind(accept(offer.token.reveal(), "mallory")), ErrorKind::Denied);
  EXPECT_EQ(recovery().offer_first_owner().value(), std::nullopt);
  EXPECT_TRUE(std::get<LoggedIn>(begin("otto", kOtherPassword)).must_enrol);
}

TEST_P(RecoveryTest, TheFirstOwnersLinkIsOverAfterADay) {
  const auto offer = recovery().offer_first_owner().value().value();
  clock_.advance(24h + 1s);
  EXPECT_EQ(kind(accept(offer.token.reveal(), "otto")), ErrorKind::Denied);
}

TEST_P(RecoveryTest, TheFirstOwnersLinkMakesNobodyElse) {
  const auto offer = recovery().offer_first_owner().value().value();
  run("UPDATE links SET role = 'user' WHERE kind = 'first_owner'", {});
  EXPECT_EQ(kind(accept(offer.token.reveal(), "otto")), ErrorKind::Corrupt);
  EXPECT_EQ(one("SELECT COUNT(*) FROM users"), "0");
}

TEST_P(RecoveryRace, OneLinkSetsOnePassword) {
  person("alice");
  const std::string token = reset_token("alice");
  std::atomic<int> set = 0;
  race([&](int) {
    const auto answer = reset(token);
    if (answer && answer->empty()) ++set;
  });
  EXPECT_EQ(set, 1);
  EXPECT_EQ(audit("auth.password_reset").size(), 1U);
}

TEST_P(RecoveryRace, OneInvitationMakesOneAccount) {
  const User admin = person("anna", Role::Admin);
  ASSERT_TRUE(recovery().invite(admin, "new@example.org", Role::User, from()));
  const std::string token = last_token();
  std::atomic<int> made = 0;
  race([&](int number) {
    const auto answer = accept(token, fmt::format("newcomer{}", number));
    if (answer && answer->empty()) ++made;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(one("SELECT COUNT(*) FROM users"), "2");
}

TEST_P(RecoveryRace, SixtyFourFirstOwnersAreOne) {
  std::vector<std::string> tokens;
  tokens.reserve(kRacers);
  for (int i = 0; i < kRacers; ++i) tokens.push_back(recovery().offer_first_owner()->value().token.reveal());
  std::atomic<int> made = 0;
  race([&](int number) {
    const auto answer = accept(tokens[static_cast<std::size_t>(number)], fmt::format("owner{}", number));
    if (answer && answer->empty()) ++made;
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(stores_->accounts().count_owners().value(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, RecoveryTest, kEmbedded, test::engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, RecoveryRace, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
