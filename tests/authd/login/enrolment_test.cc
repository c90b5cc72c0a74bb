// Factors set up and taken away: what must be shown for it, what it ends, and who hears of it.
#include "tests/authd/login/login_fixture.h"

namespace picket::authd {
namespace {

class EnrolmentTest : public OnLogin {
 protected:
  Enrolment& enrolment() { return suite_->enrolment(); }
  TotpKey offered(const User& user) {
    const auto offer = enrolment().begin_totp(user);
    EXPECT_TRUE(offer) << offer.error().message;
    return {TotpSecret::parse(offer->base32.reveal()).value(), {}};
  }
  Result<std::vector<std::string>> confirm(const User& user, const std::string& code) {
    return enrolment().confirm_totp(user, code, from());
  }
};
class EnrolmentRace : public EnrolmentTest {};

TEST_P(EnrolmentTest, AnAppIsSetUpByItsSecretAndOneCode) {
  const User alice = person("alice");
  const auto offer = enrolment().begin_totp(alice);
  ASSERT_TRUE(offer);
  EXPECT_TRUE(
      offer->uri.reveal().starts_with("otpauth://totp/Picket:alice?secret=" + offer->base32.reveal()));
  EXPECT_NE(offer->qr_svg.reveal().find("<svg"), std::string::npos);
  EXPECT_TRUE(is_in(begin("alice")));  // proves nothing yet
  const TotpKey key{TotpSecret::parse(offer->base32.reveal()).value(), {}};
  const auto codes = confirm(alice, code_of(key));
  ASSERT_TRUE(codes) << codes.error().message;
  EXPECT_EQ(codes->size(), 10U);
  EXPECT_EQ(enrolment().begin_totp(alice).error().kind, ErrorKind::Conflict);
  // Row 10: the enrolment's own code is spent.
  EXPECT_EQ(kind_of(second("alice", "totp", code_of(key))), "denied");
  clock_.advance(30s);
  EXPECT_TRUE(is_in(second("alice", "totp", code_of(key))));
  EXPECT_TRUE(is_in(second("alice", "backup_code", codes->front())));
}

TEST_P(EnrolmentTest, AWrongCodeCountsAsAFailedLoginAndLocks) {
  const User alice = person("alice");
  const TotpKey key = offered(alice);
  const std::string right = code_of(key);
  const std::string wrong = (right[0] == '1' ? "2" : "1") + right.substr(1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(confirm(alice, wrong).error().kind, ErrorKind::Denied);
  EXPECT_EQ(confirm(alice, right).error().kind, ErrorKind::Denied);
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  clock_.advance(15min);
  EXPECT_TRUE(confirm(alice, code_of(key)));
}

TEST_P(EnrolmentTest, WithoutAnOfferNothingIsConfirmed) {
  const User alice = person("alice");
  EXPECT_EQ(confirm(alice, "123456").error().kind, ErrorKind::Denied);
  EXPECT_EQ(confirm(alice, "").error().kind, ErrorKind::Denied);
}

// Lines 11, 22 and 33.
TEST_P(EnrolmentTest, EveryChangeEndsWhatWasGrantedIsMailedAndAudited) {
  const User alice = person("alice");
  const auto check_change = [&](const char* action, const std::function<bool()>& change) {
    ASSERT_TRUE(suite_->devices().remember("id-alice", from().client, 720h));
    ASSERT_TRUE(stores_->sessions().create(session(ids_.next(), "id-alice")));
    const std::int64_t epoch = account("alice").epoch;
    const std::size_t before = mails();
    ASSERT_TRUE(change()) << action;
    EXPECT_GT(account("alice").epoch, epoch) << action;
    EXPECT_TRUE(stores_->sessions().list_live("id-alice", now(), 10)->empty()) << action;
    EXPECT_TRUE(stores_->devices().list_live("id-alice", now())->empty()) << action;
    EXPECT_EQ(mails(), before + 1) << action;
    EXPECT_EQ(audit(action).size(), 1U) << action;
  };
  const Client client = from().client;
  check_change("factors.totp_confirmed", [&] { return confirm(alice, code_of(offered(alice))).has_value(); });
  check_change("factors.email_on", [&] { return enrolment().set_email(alice, true, client).has_value(); });
  check_change("factors.sms_on", [&] { return enrolment().set_sms(alice, true, client).has_value(); });
  check_change("factors.backup_codes_renewed",
               [&] { return enrolment().renew_backup_codes(alice, client).has_value(); });
  check_change("factors.sms_off", [&] { return enrolment().set_sms(alice, false, client).has_value(); });
  check_change("factors.totp_removed", [&] { return enrolment().remove_totp(alice, client).has_value(); });
  check_change("factors.email_off", [&] { return enrolment().set_email(alice, false, client).has_value(); });
  EXPECT_TRUE(stores_->factors().backup_codes("id-alice")->empty());
  EXPECT_TRUE(is_in(begin("alice")));
}

// Line 15: whoever has lost them all.
TEST_P(EnrolmentTest, AnAdministratorsResetTakesEverythingAndIsAuditedAndMailed) {
  const User alice = person("alice");
  const User admin = person("anna", Role::Admin);
  with_totp("alice");
  ASSERT_TRUE(stores_->factors().set_email_otp("id-alice", true));
  with_backup_codes("alice");
  ASSERT_TRUE(suite_->devices().remember("id-alice", from().client, 720h));
  ASSERT_TRUE(stores_->sessions().create(session("s", "id-alice")));
  const std::int64_t epoch = account("alice").epoch;
  ASSERT_TRUE(enrolment().reset(alice, admin.id, from("203.0.113.5").client));
  EXPECT_FALSE(stores_->factors().find("id-alice")->any());
  EXPECT_TRUE(stores_->factors().backup_codes("id-alice")->empty());
  EXPECT_GT(account("alice").epoch, epoch);
  EXPECT_TRUE(stores_->sessions().list_live("id-alice", now(), 9)->empty());
  const auto events = audit("factors.reset");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.front().event.user_id, "id-anna");
  EXPECT_EQ(events.front().event.resource, "user:id-alice");
  ASSERT_EQ(mails(), 1U);
  EXPECT_EQ(mailbox_->sent().back().to, "alice@example.org");
  EXPECT_NE(mailbox_->sent().back().text.find("administrator has reset"), std::string::npos);
}

TEST_P(EnrolmentTest, NothingIsResetThatCannotBeAudited) {
  const User alice = person("alice");
  with_totp("alice");
  run("DROP TABLE audit_events");
  EXPECT_FALSE(enrolment().reset(alice, "id-anna", from().client));
  EXPECT_TRUE(stores_->factors().find("id-alice")->has_totp());
  EXPECT_EQ(mails(), 0U);
}

TEST_P(EnrolmentTest, AResetThatFailedIsNotWrittenDownAsDone) {
  const User alice = person("alice");
  with_totp("alice");
  run("ALTER TABLE second_factors RENAME TO elsewhere");
  EXPECT_FALSE(enrolment().reset(alice, "id-anna", from().client));
  ASSERT_EQ(audit("factors.reset").size(), 1U);
  EXPECT_EQ(audit("factors.reset").front().event.result, "failed");
  EXPECT_EQ(audit("factors.reset_begun").size(), 1U);
  EXPECT_EQ(mails(), 0U);
}

// Lines 31 and 32.
TEST_P(EnrolmentTest, WhatWasGrantedBeforeIsDeniedOnEveryReplica) {
  const User alice = person("alice");
  const auto outcome = begin("alice");
  const std::string token = std::get<LoggedIn>(outcome).grant.access_token.reveal();
  const std::string refresh = std::get<LoggedIn>(outcome).grant.refresh_token.reveal();
  const auto other = replica();
  EXPECT_EQ(word(other->check.by_access_token(token)), "believed");
  ASSERT_TRUE(confirm(alice, code_of(offered(alice))));
  advance(1s, {other.get()});
  EXPECT_EQ(word(other->check.by_access_token(token)), "denied");
  EXPECT_EQ(word(other->sessions.refresh(refresh, from().client)), "revoked");
}

// Line 24.
TEST_P(EnrolmentTest, CodesGoToVerifiedAddressesOnlyAndSmsStandsBesideAnApp) {
  User alice = person("alice");
  const Client client = from().client;
  EXPECT_EQ(enrolment().set_sms(alice, true, client).error().kind, ErrorKind::Conflict);
  with_totp("alice");
  alice.email_verified = alice.phone_verified = false;
  EXPECT_EQ(enrolment().set_sms(alice, true, client).error().kind, ErrorKind::InvalidInput);
  EXPECT_EQ(enrolment().set_email(alice, true, client).error().kind, ErrorKind::InvalidInput);
  alice.phone_verified = true;
  ASSERT_TRUE(enrolment().set_sms(alice, true, client));
  ASSERT_TRUE(enrolment().remove_totp(alice, client));
  EXPECT_FALSE(stores_->factors().find("id-alice")->sms_otp);
}

TEST_P(EnrolmentTest, AdministratorsAndOwnersKeepTheirLastFactor) {
  const Client client = from().client;
  for (const Role role : kRoles) {
    const std::string name(to_string(role));
    const User user = person(name, role);
    with_totp(name);
    const auto removed = enrolment().remove_totp(user, client);
    EXPECT_EQ(removed.has_value(), role < Role::Admin) << name;
    if (removed) with_totp(name);
    ASSERT_TRUE(enrolment().set_email(user, true, client));
    EXPECT_TRUE(enrolment().remove_totp(user, client)) << name;
    EXPECT_EQ(enrolment().set_email(user, false, client).has_value(), role < Role::Admin) << name;
  }
}

TEST_P(EnrolmentTest, NewBackupCodesEndTheOldOnesAndAreForThoseWithAFactor) {
  const User alice = person("alice");
  EXPECT_EQ(enrolment().renew_backup_codes(alice, from().client).error().kind, ErrorKind::Conflict);
  const auto old = confirm(alice, code_of(offered(alice))).value();
  const auto fresh = enrolment().renew_backup_codes(alice, from().client).value();
  EXPECT_EQ(kind_of(second("alice", "backup_code", old.front())), "denied");
  EXPECT_TRUE(is_in(second("alice", "backup_code", fresh.front())));
}

TEST_P(EnrolmentTest, ASecondAppLeavesTheBackupCodesThatAreThere) {
  const User alice = person("alice");
  const auto codes = confirm(alice, code_of(offered(alice))).value();
  ASSERT_TRUE(enrolment().set_email(alice, true, from().client));
  ASSERT_TRUE(enrolment().remove_totp(alice, from().client));
  clock_.advance(1min);
  EXPECT_TRUE(confirm(alice, code_of(offered(alice)))->empty());
  EXPECT_TRUE(is_in(second("alice", "backup_code", codes.front())));
}

TEST_P(EnrolmentRace, OneCodeConfirmsOnce) {
  const User alice = person("alice");
  const TotpKey key = offered(alice);
  std::atomic<int> confirmed = 0;
  race([&](int) {
    if (confirm(alice, code_of(key))) ++confirmed;
  });
  EXPECT_EQ(confirmed, 1);
  EXPECT_EQ(stores_->factors().backup_codes("id-alice")->size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(Engines, EnrolmentTest, kEmbedded, test::engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, EnrolmentRace, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
