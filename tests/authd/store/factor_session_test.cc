#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using namespace std::chrono_literals;

class Factors : public OnStores {
 protected:
  FactorStore& factors() { return stores_->factors(); }
};

TEST_P(Factors, SpendNoStepTwiceNorOneBefore) {
  ASSERT_TRUE(factors().begin_totp("u", {Secret("0123456789"), "SHA512", 8}).value());
  EXPECT_FALSE(factors().spend_totp_step("u", 1).value()) << "is not confirmed";
  ASSERT_TRUE(factors().confirm_totp("u", 100, now()).value());
  EXPECT_FALSE(factors().confirm_totp("u", 101, now()).value()) << "is confirmed already";
  EXPECT_FALSE(factors().begin_totp("u", {Secret("other"), "SHA1", 6}).value()) << "is confirmed already";
  EXPECT_FALSE(factors().spend_totp_step("u", 100).value()) << "the enrolment code";
  EXPECT_FALSE(factors().spend_totp_step("u", 99).value());
  EXPECT_TRUE(factors().spend_totp_step("u", 101).value());
  EXPECT_FALSE(factors().spend_totp_step("stranger", 101).value());
  const SecondFactors found = factors().find("u").value();
  EXPECT_EQ(found.totp.secret.reveal(), "0123456789");
  EXPECT_EQ(found.totp.algorithm, "SHA512");
  EXPECT_EQ(found.totp.digits, 8);
  EXPECT_TRUE(found.has_totp());
}

TEST_P(Factors, KeepTheSpentStepOverANewEnrolment) {
  ASSERT_TRUE(factors().begin_totp("u", {Secret("one"), "SHA1", 6}).value());
  ASSERT_TRUE(factors().confirm_totp("u", 100, now()).value());
  ASSERT_TRUE(factors().remove_totp("u").value());
  EXPECT_FALSE(factors().remove_totp("u").value());
  EXPECT_FALSE(factors().confirm_totp("u", 200, now()).value()) << "there is no secret";
  ASSERT_TRUE(factors().begin_totp("u", {Secret("one"), "SHA1", 6}).value());
  EXPECT_FALSE(factors().confirm_totp("u", 100, now()).value());
  EXPECT_TRUE(factors().confirm_totp("u", 101, now()).value());
}

TEST_P(Factors, TurnMailAndSmsOnAndOffAlone) {
  EXPECT_FALSE(factors().find("u")->any());
  ASSERT_TRUE(factors().set_sms_otp("u", true));
  ASSERT_TRUE(factors().set_email_otp("u", true));
  EXPECT_TRUE(factors().find("u")->sms_otp);
  EXPECT_TRUE(factors().find("u")->email_otp);
  ASSERT_TRUE(factors().set_sms_otp("u", false));
  EXPECT_FALSE(factors().find("u")->sms_otp);
  EXPECT_TRUE(factors().find("u")->email_otp);
}

TEST_P(Factors, UseNoBackupCodeOfAReplacedSet) {
  ASSERT_TRUE(factors().replace_backup_codes("u", {{0, "old0", {}}, {1, "old1", {}}}));
  const StoredBackupCode old = factors().backup_codes("u")->at(0);
  ASSERT_TRUE(factors().replace_backup_codes("u", {{0, "new0", {}}}));
  EXPECT_FALSE(factors().use_backup_code("u", old, now()).value());
  const StoredBackupCode fresh = factors().backup_codes("u")->at(0);
  EXPECT_FALSE(factors().use_backup_code("v", fresh, now()).value()) << "another user's";
  EXPECT_TRUE(factors().use_backup_code("u", fresh, now()).value());
  ASSERT_EQ(factors().backup_codes("u")->size(), 1U);
  EXPECT_EQ(factors().backup_codes("u")->at(0).used_at, now());
}

TEST_P(Factors, AreAllGoneAfterAReset) {
  ASSERT_TRUE(factors().begin_totp("u", {Secret("one"), "SHA1", 6}).value());
  ASSERT_TRUE(factors().replace_backup_codes("u", {{0, "h", {}}}));
  ASSERT_TRUE(
      stores_->devices().add({.id = "d", .user_id = "u", .token_hash = "t", .expires_at = later(1h)}));
  ASSERT_TRUE(factors().remove_all("u"));
  EXPECT_TRUE(factors().find("u")->totp.secret.empty());
  EXPECT_TRUE(factors().backup_codes("u")->empty());
  EXPECT_TRUE(stores_->devices().list_live("u", now())->empty());
}

TEST_P(Factors, RememberDevices) {
  auto& devices = stores_->devices();
  ASSERT_TRUE(devices.add({.id = "d1",
                           .user_id = "u",
                           .token_hash = "t1",
                           .name = "Firefox",
                           .created_at = now(),
                           .last_seen_at = now(),
                           .expires_at = later(24h)}));
  ASSERT_TRUE(devices.add({.id = "d2", .user_id = "u", .token_hash = "t2", .expires_at = later(48h)}));
  EXPECT_EQ(devices.add({.id = "d3", .user_id = "v", .token_hash = "t2"}).error().kind, ErrorKind::Conflict);
  ASSERT_TRUE(devices.touch("d1", "192.0.2.9", later(1h)));
  EXPECT_EQ(devices.find_by_token("t1")->value().ip, "192.0.2.9");
  EXPECT_EQ(devices.find_by_token("t1")->value().last_seen_at, later(1h));
  EXPECT_FALSE(devices.find_by_token("t9").value());
  EXPECT_EQ(devices.list_live("u", now())->front().id, "d2");
  EXPECT_EQ(devices.list_live("u", now())->size(), 2U);
  EXPECT_EQ(devices.list_live("u", later(24h))->size(), 1U) << "the first one is over";
  EXPECT_FALSE(devices.revoke("v", "d1", now()).value()) << "another user's";
  EXPECT_TRUE(devices.revoke("u", "d1", now()).value());
  EXPECT_EQ(devices.list_live("u", now())->size(), 1U);
  EXPECT_EQ(devices.revoke_all("u", now()).value(), 1);
  EXPECT_EQ(devices.prune(later(1h)).value(), 2);
}

INSTANTIATE_TEST_SUITE_P(Engines, Factors, kEngines, test::engine_name);

class Sessions : public OnStores {
 protected:
  SessionStore& sessions() { return stores_->sessions(); }
};

TEST_P(Sessions, ReadBackAsTheyWereWritten) {
  Session written = session("s", "u");
  written.device_id = "d";
  written.ip = "2001:db8::1";
  written.user_agent = "Firefox";
  written.user_epoch = 3;
  written.refresh.late_replayed = true;
  written.refresh.late_replays = 2;
  ASSERT_TRUE(sessions().create(written));
  for (const auto& found : {sessions().find("s").value(), sessions().find_by_family("family-s").value()}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->family_key, written.family_key);
    EXPECT_EQ(found->amr, written.amr);
    EXPECT_EQ(found->user_epoch, 3);
    EXPECT_EQ(found->ip, written.ip);
    EXPECT_EQ(found->absolute_expires_at, written.absolute_expires_at);
    EXPECT_EQ(found->refresh.rotated_by, "client");
    EXPECT_TRUE(found->refresh.late_replayed);
    EXPECT_EQ(found->refresh.late_replays, 2);
    EXPECT_TRUE(found->is_live(now()));
  }
  EXPECT_FALSE(sessions().find("t").value());
}

TEST_P(Sessions, RotateOnlyTheVersionThatWasJudged) {
  ASSERT_TRUE(sessions().create(session("s", "u")));
  RefreshState next{.active = 1, .rotated_at = now(), .rotated_by = "c", .version = 7};
  EXPECT_FALSE(sessions().rotate("s", next, now()).value());
  next.version = 0;
  EXPECT_TRUE(sessions().rotate("s", next, later(1min)).value());
  EXPECT_FALSE(sessions().rotate("s", next, later(1min)).value());
  EXPECT_EQ(sessions().find("s")->value().last_seen_at, later(1min));
}

// Line 30 of the checklist, on the store's side: what has ended is neither touched nor rotated.
TEST_P(Sessions, EndAtTheirLimits) {
  struct Row {
    std::string_view name;
    std::function<void(Session&)> change;
    bool live;
  };
  const std::vector<Row> rows{
      {"fresh", [](Session&) {}, true},
      {"idle for 30 min and 1 ms", [&](Session& s) { s.idle_expires_at = now() - 1ms; }, false},
      {"idle until now", [&](Session& s) { s.idle_expires_at = now(); }, false},
      {"at its absolute cap", [&](Session& s) { s.absolute_expires_at = now(); }, false},
      {"revoked", [&](Session& s) { s.revoked_at = now(); }, false},
  };
  int number = 0;
  for (const Row& row : rows) {
    Session made = session("s" + std::to_string(++number), "u");
    row.change(made);
    ASSERT_TRUE(sessions().create(made));
    EXPECT_EQ(made.is_live(now()), row.live) << row.name;
    EXPECT_EQ(sessions().touch(made.id, now(), later(30min)).value(), row.live) << row.name;
    EXPECT_EQ(sessions().rotate(made.id, {.active = 1}, now()).value(), row.live) << row.name;
  }
  EXPECT_EQ(sessions().count_live(now()).value(), 1);
  EXPECT_EQ(sessions().list_live("u", now(), 10)->size(), 1U);
}

TEST_P(Sessions, MoveTheirIdleLimitNeverBack) {
  ASSERT_TRUE(sessions().create(session("s", "u")));
  ASSERT_TRUE(sessions().touch("s", later(10min), later(40min)).value());
  ASSERT_TRUE(sessions().touch("s", now(), later(30min)).value());  // another replica, a little behind
  EXPECT_EQ(sessions().find("s")->value().idle_expires_at, later(40min));
  EXPECT_EQ(sessions().find("s")->value().last_seen_at, later(10min));
}

TEST_P(Sessions, AreRevokedAllButOne) {
  for (const std::string id : {"s1", "s2", "s3"}) ASSERT_TRUE(sessions().create(session(id, "u")));
  ASSERT_TRUE(sessions().create(session("s4", "v")));
  EXPECT_EQ(sessions().revoke_all("u", {"password", now()}, "s2").value(), 2);
  ASSERT_EQ(sessions().list_live("u", now(), 10)->size(), 1U);
  EXPECT_EQ(sessions().list_live("", now(), 10)->size(), 2U);
  EXPECT_EQ(sessions().list_live("", now(), 1)->front().id, "s4");
  EXPECT_EQ(sessions().find("s1")->value().revoke_reason, "password");
  EXPECT_FALSE(sessions().revoke("s1", {"logout", now()}).value());
  EXPECT_EQ(sessions().find("s1")->value().revoke_reason, "password");
  EXPECT_EQ(sessions().prune(later(1min)).value(), 2);
}

TEST_P(Sessions, BeginWithChallengesThatEnd) {
  auto& challenges = stores_->challenges();
  const Challenge written{.id_hash = "c",
                          .purpose = "login",
                          .user_id = "u",
                          .methods = {"totp", "email"},
                          .created_at = now(),
                          .expires_at = later(5min),
                          .client_prefix = "192.0.2.0/24"};
  ASSERT_TRUE(challenges.create(written));
  const Challenge found = challenges.find("c").value().value();
  EXPECT_EQ(found.methods, written.methods);
  EXPECT_EQ(found.purpose, "login");
  EXPECT_EQ(found.client_prefix, "192.0.2.0/24");
  ASSERT_TRUE(challenges.count_try("c", 5, now()).value());
  ASSERT_TRUE(challenges.set_code("c", "email", "hash", now()).value());
  EXPECT_EQ(challenges.find("c")->value().tries, 1) << "a new code brings no new tries";
  EXPECT_EQ(challenges.find("c")->value().code_hash, "hash");
  EXPECT_FALSE(challenges.count_try("c", 5, later(5min)).value());
  EXPECT_FALSE(challenges.use("c", later(5min)).value());
  EXPECT_TRUE(challenges.use("c", now()).value());
  EXPECT_FALSE(challenges.set_code("c", "sms", "hash2", now()).value());
  EXPECT_FALSE(challenges.count_try("c", 5, now()).value());
  EXPECT_EQ(challenges.prune(later(6min)).value(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, Sessions, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
