// The limits of tries at secrets hang on the use case: whatever door is taken, a failure counts, a right one
// does not, and whom the lockout knows has counts of their own.
#include <set>

#include "tests/authd/login/fail2ban.h"
#include "tests/authd/login/login_fixture.h"
#include "tests/support/wait.h"

namespace picket::authd {
namespace {

class Tries : public OnLogin {
 protected:
  Tries() { limits_.set(""); }

  static LoginContext at(const std::string& address, const LoggedIn& login) {
    LoginContext context = from(address);
    context.client.device_marks = login.device_mark.reveal();
    return context;
  }
  LoggedIn logged_in(const std::string& name, const LoginContext& context = from()) {
    auto outcome = begin(name, kPassword, context);
    EXPECT_TRUE(is_in(outcome)) << kind_of(outcome);
    return is_in(outcome) ? std::get<LoggedIn>(std::move(outcome)) : LoggedIn{};
  }
  /// What a wrong one is told at each door that a stranger can knock at.
  std::vector<std::pair<std::string, std::function<std::string(const LoginContext&)>>> doors() {
    const auto by_link = [](const auto& answer) {
      if (answer) return std::string("in");
      return std::string(answer.error().kind == ErrorKind::Limited ? "limited" : "denied");
    };
    return {
        {"password", [this](const auto& context) { return kind_of(begin("nobody", kPassword, context)); }},
        {"code",
         [this](const auto& context) {
           return kind_of(
               suite_->login().complete({challenge_.challenge.reveal(), "totp", "000000", false}, context));
         }},
        {"reset",
         [this, by_link](const auto& context) {
           return by_link(suite_->recovery().reset("pln_x", std::string(kOtherPassword), context));
         }},
        {"invitation",
         [this, by_link](const auto& context) {
           return by_link(suite_->recovery().accept("pln_x", "new", std::string(kOtherPassword), context));
         }},
        {"address", [this, by_link](const auto& context) {
           return by_link(suite_->contacts().verify("pln_x", context));
         }}};
  }

  SecondFactorRequired challenge_;
};

TEST_P(Tries, EveryDoorIsInTheSameTier) {
  person("tim");
  with_totp("tim");
  int number = 0;
  for (const auto& [name, knock] : doors()) {
    const LoginContext context = from(fmt::format("198.51.100.{}", ++number));
    challenge_ = challenge("tim", from("203.0.113.1"));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(knock(context), "denied") << name << " " << i;
    for (const auto& [other, knock_there] : doors()) EXPECT_EQ(knock_there(context), "limited") << other;
    EXPECT_EQ(kind_of(begin("tim", kPassword, from("203.0.113.1"))), "challenge") << "elsewhere";
    ASSERT_TRUE(suite_->gate().unlock("id-tim"));
  }
}

TEST_P(Tries, ARightOneGivesItsUnitBack) {
  for (int i = 0; i < 20; ++i) {
    const std::string name = fmt::format("person{}", i);
    person(name);
    const TotpKey key = with_totp(name);
    EXPECT_TRUE(is_in(second(name, "totp", code_of(key)))) << "colleague " << i << " behind one address";
  }
  for (int i = 0; i < 5; ++i) EXPECT_EQ(kind_of(begin("nobody", kPassword)), "denied");
  EXPECT_EQ(kind_of(begin("person1", kPassword)), "limited");
  EXPECT_TRUE(limits_.gate.blocks().empty());
}

TEST_P(Tries, SixtyFourRightOnesAtOnceAllGetIn) {
  for (int i = 0; i < kRacers; ++i) person(fmt::format("person{}", i));
  std::atomic<int> in = 0;
  race([&](int number) {
    if (is_in(begin(fmt::format("person{}", number)))) ++in;
  });
  EXPECT_EQ(in, kRacers);
}

TEST_P(Tries, SixtyFourWrongOnesAtOnceAreFiveHashes) {
  std::atomic<int> denied = 0, limited = 0;
  race([&](int number) {
    const std::string kind = kind_of(begin(fmt::format("name{}", number), kPassword));
    if (kind == "denied") ++denied;
    if (kind == "limited") ++limited;
  });
  EXPECT_EQ(denied, 5);
  EXPECT_EQ(limited, kRacers - 5);
  // The pool counts a hash after it has answered.
  ASSERT_TRUE(test::wait_until(10s, [&] { return hashes() >= 5; }));
  EXPECT_EQ(hashes(), 5);
}

TEST_P(Tries, AKnownDeviceIsASubjectOfItsOwn) {
  person("alice");
  const LoggedIn before = logged_in("alice");
  for (int i = 0; i < 12; ++i) begin("nobody", kPassword);
  EXPECT_EQ(limits_.gate.blocks().size(), 1U) << "of the network";
  EXPECT_EQ(kind_of(begin("alice")), "limited");
  EXPECT_TRUE(is_in(begin("alice", kPassword, at("192.0.2.1", before)))) << "limit and block are strangers'";
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(kind_of(begin("alice", kOtherPassword, at("192.0.2.1", before))), "denied");
  EXPECT_EQ(kind_of(begin("alice", kPassword, at("192.0.2.1", before))), "limited");
}

TEST_P(Tries, AnAccountOfOnesOwnGivesNoTriesAtOthers) {
  person("alice");
  person("mallory");
  const LoggedIn own = logged_in("mallory");
  LoginContext context = at("192.0.2.1", own);
  context.client.session_id = own.grant.session.id;
  context.client.session_of = "id-mallory";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(kind_of(begin("alice", kOtherPassword, context)), "denied");
  EXPECT_EQ(kind_of(begin("alice", kPassword, context)), "limited");
  EXPECT_EQ(kind_of(begin("alice")), "limited") << "they were those of the network";
}

TEST_P(Tries, ForgottenPasswordsAreLimitedAndBlockNobody) {
  person("alice");
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(suite_->recovery().request_reset("alice", from()));
  clock_.advance(1min);
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(suite_->recovery().request_reset("alice", from()).error().kind, ErrorKind::Limited);
  const Error limited = suite_->recovery().request_reset("alice", from()).error();
  EXPECT_EQ(limited.message, "too many failures: try again in 14m");
  EXPECT_EQ(limited.retry_after, 14min);
  EXPECT_TRUE(limits_.gate.blocks().empty());
  EXPECT_TRUE(is_in(begin("alice"))) << "and a login is something else";
  EXPECT_TRUE(suite_->recovery().send_reset("alice", from())) << "an administrator's";
  ASSERT_TRUE(limits_.gate.block({Cidr::parse("192.0.2.2").value(), now() + 1h, "5 violations", "limits"}));
  EXPECT_TRUE(suite_->recovery().request_reset("alice", from("192.0.2.2"))) << "blocks are asked at the door";
}

// "Type it again", where the network is blocked.
TEST_P(Tries, ABlockDoesNotStopWhatALiveSessionAsksFor) {
  person("alice");
  const LoggedIn login = logged_in("alice");
  ASSERT_TRUE(limits_.gate.block({Cidr::parse("192.0.2.1").value(), now() + 1h, "5 violations", "limits"}));
  const auto confirm = [&](const LoginContext& context) {
    const auto done = suite_->login().confirm_password(account("alice"), std::string(kPassword), context);
    return done ? "yes" : done.error().message;
  };
  LoginContext context = from();
  EXPECT_EQ(confirm(context), "this network is blocked for a while");
  context.client.session_id = login.grant.session.id;
  context.client.session_of = "id-bob";
  EXPECT_EQ(confirm(context), "this network is blocked for a while") << "somebody else's session";
  context.client.session_of = "id-alice";
  EXPECT_EQ(confirm(context), "yes");
  ASSERT_TRUE(
      limits_.gate.block({Cidr::parse("192.0.2.1").value(), now() + 1h, "on purpose", "id-root", true}));
  EXPECT_EQ(confirm(context), "this network is blocked for a while");
}

TEST_P(Tries, ABlockStopsCodesAsItStopsPasswords) {
  person("alice");
  const LoggedIn login = logged_in("alice");
  ASSERT_TRUE(limits_.gate.block({Cidr::parse("192.0.2.1").value(), now() + 1h, "5 violations", "limits"}));
  const auto told = [](const Result<void>& done) { return done ? "yes" : done.error().message; };
  LoginContext context = from();
  for (const bool has_session : {false, true}) {
    if (has_session) {
      context.client.session_id = login.grant.session.id;
      context.client.session_of = "id-alice";
    }
    const std::string app = told(suite_->login().confirm_code(account("alice"), "000000", context));
    const std::string phone = told(suite_->phones().confirm(account("alice"), {"plp_x", "000000"}, context));
    const std::string blocked = "this network is blocked for a while";
    EXPECT_EQ(app, has_session ? "the code is wrong" : blocked);
    EXPECT_EQ(phone, has_session ? "the code is wrong, or no longer good" : blocked);
  }
}

// One flow for all codes of people who are logged in.
TEST_P(Tries, WhoeverGuessesACodeLocksAndItsPersonHearsOfIt) {
  limits_.set("enabled: false");
  using Door = std::function<Result<void>(const User&)>;
  const std::vector<std::pair<const char*, Door>> doors{
      {"auth.confirm_code",
       [this](const User& user) { return suite_->login().confirm_code(user, "000000", from()); }},
      {"factors.confirm_totp",
       [this](const User& user) -> Result<void> {
         const auto codes = suite_->enrolment().confirm_totp(user, "000000", from());
         return codes ? Result<void>() : fail(codes);
       }},
      {"users.confirm_phone", [this](const User& user) {
         return suite_->phones().confirm(user, {"plp_x", "000000"}, from());
       }}};
  int number = 0;
  for (const auto& [action, knock] : doors) {
    const std::string name = fmt::format("person{}", ++number);
    const User user = person(name);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(knock(user).error().kind, ErrorKind::Denied) << action;
    suite_->post().wait_until_idle();
    EXPECT_EQ(mailbox_->to(user.email).size(), 1U) << action;
    EXPECT_EQ(knock(user).error().kind, ErrorKind::Denied) << action;
    EXPECT_NE(audit(action).front().event.details.find("locked"), std::string::npos) << action;
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(stores_->failures().add(account_bucket(user.id), now(), {}));
    EXPECT_EQ(suite_->login().confirm_code(user, "000000", from("203.0.113.9")).error().kind,
              ErrorKind::Denied);
  }
  EXPECT_GE(attempts("totp", "stopped"), 3);
}

// Whose caller is gone waits for nothing: a worker would wait with it.
TEST_P(Tries, NobodyWaitsAtAnyDoorLongerThanTheirDeadline) {
  const User alice = person("alice");
  std::vector<TryLimit::Entry> under_way;
  for (int i = 0; i < 5; ++i) {
    auto entry = suite_->tries().enter({.caller = {.address = from().client.address}}, {});
    ASSERT_TRUE(entry && entry->pass);
    under_way.push_back(std::move(*entry));
  }
  LoginContext late = from();
  late.deadline = Deadline{clock_.mono()};
  const auto kind = [](const auto& answer) { return answer ? ErrorKind::Internal : answer.error().kind; };
  EXPECT_EQ(kind(suite_->recovery().reset("pln_x", std::string(kOtherPassword), late)), ErrorKind::Timeout);
  EXPECT_EQ(kind(suite_->recovery().accept("pln_x", "new", std::string(kOtherPassword), late)),
            ErrorKind::Timeout);
  EXPECT_EQ(kind(suite_->contacts().verify("pln_x", late)), ErrorKind::Timeout);
  EXPECT_NE(kind(suite_->enrolment().confirm_totp(alice, "000000", late)), ErrorKind::Internal);
  EXPECT_NE(kind(suite_->phones().confirm(alice, {"plp_x", "000000"}, late)), ErrorKind::Internal);
  EXPECT_NE(kind(suite_->login().confirm_code(alice, "000000", late)), ErrorKind::Internal);
}

// Case: trusted_proxies does not name the proxy, so that everybody has its address.
TEST_P(Tries, BehindAForgottenProxyTheAccountIsCounted) {
  person("alice");
  LoginContext proxied = from("10.0.0.7");
  proxied.client.is_shared = true;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(kind_of(begin("alice", kOtherPassword, proxied)), "denied");
  EXPECT_EQ(kind_of(begin("alice", kPassword, proxied)), "limited");
  person("bob");
  EXPECT_TRUE(is_in(begin("bob", kPassword, proxied))) << "is nobody's neighbour";
  for (int i = 0; i < 45; ++i)
    EXPECT_EQ(kind_of(begin(fmt::format("name{}", i), kPassword, proxied)), "denied") << i;
  EXPECT_EQ(kind_of(begin("bob", kPassword, proxied)), "limited") << "ten times the limit for the proxy";
  limits_.set("violations: {private_networks: true}");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(kind_of(begin("bob", kPassword, proxied)), "limited");
  EXPECT_TRUE(limits_.gate.blocks().empty());
}

TEST_P(Tries, APrivateNetworkIsLimitedAndNotBlocked) {
  for (int i = 0; i < 30; ++i) begin("nobody", kPassword, from("192.168.1.7"));
  EXPECT_EQ(kind_of(begin("nobody", kPassword, from("192.168.1.7"))), "limited");
  EXPECT_TRUE(limits_.gate.blocks().empty());
  limits_.set("violations: {private_networks: true}");
  for (int i = 0; i < 5; ++i) begin("nobody", kPassword, from("192.168.1.7"));
  EXPECT_EQ(limits_.gate.blocks().size(), 1U);
}

// Two doors to one use case: the page of another site may use neither.
TEST_P(Tries, WhatAnotherSiteSendsIsRefusedAtEveryDoor) {
  person("tim");
  with_totp("tim");
  challenge_ = challenge("tim");
  LoginContext foreign = from();
  foreign.mode = SessionMode::Cookie;
  EXPECT_EQ(kind_of(begin("tim", kPassword, foreign)), "foreign");
  EXPECT_EQ(kind_of(complete(challenge_, "totp", "000000", foreign)), "foreign");
  EXPECT_EQ(suite_->recovery().request_reset("tim", foreign).error().kind, ErrorKind::Denied);
  EXPECT_EQ(suite_->recovery().reset("pln_x", "x", foreign).error().message, "this came from another site");
  EXPECT_EQ(suite_->recovery().accept("pln_x", "x", "x", foreign).error().message,
            "this came from another site");
  EXPECT_EQ(suite_->contacts().verify("pln_x", foreign).error().message, "this came from another site");
  EXPECT_EQ(attempts("password", "foreign"), 2);
  EXPECT_EQ(audit("auth.login").size(), 2U) << "written down at both";
  foreign.is_same_origin = true;
  EXPECT_EQ(kind_of(begin("tim", kPassword, foreign)), "challenge");
}

// What docs/security.md gives fail2ban a filter for.
TEST_P(Tries, RefusalsAndBlocksAreLinesOfTheLog) {
  for (int i = 0; i < 10; ++i) begin("nobody", kPassword, from("203.0.113.9"));
  const auto count = [&](std::string_view text) {
    return std::ranges::count_if(
        lines_, [&](const std::string& line) { return line.find(text) != std::string::npos; });
  };
  EXPECT_EQ(count("msg=\"login refused\" client=203.0.113.9 action=auth.login factor=password reason="), 5);
  EXPECT_EQ(count("msg=\"too many failures\" client=203.0.113.9 tier=auth"), 5);
  EXPECT_EQ(count("msg=\"network blocked\" client=203.0.113.9 network=203.0.113.9/32 until="), 1);
  for (const std::string& line : lines_) EXPECT_EQ(banned_by(line), "203.0.113.9") << line;
}

// A second's flood of one address hides nobody else from fail2ban.
TEST_P(Tries, RefusalsOfTwoHundredAddressesInASecondAreAllLinesOfTheLog) {
  for (int i = 0; i < 60; ++i) begin("nobody", kPassword, from("203.0.113.9"));
  for (int i = 0; i < 200; ++i) begin("nobody", kPassword, from(fmt::format("198.51.100.{}", i)));
  std::set<std::string> banned;
  for (const std::string& line : lines_) banned.insert(banned_by(line));
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(banned.contains(fmt::format("198.51.100.{}", i))) << i;
}

INSTANTIATE_TEST_SUITE_P(Engines, Tries, kEmbedded, test::engine_name);

/// Every whole login leaves a device known for the lockout.
class KnownForTheLockout : public OnLogin {
 protected:
  void stop(const std::string& name) {
    for (int i = 0; i < 100; ++i)
      ASSERT_TRUE(stores_->failures().add(account_bucket("id-" + name), now(), {}));
  }
  static LoginContext marked(const LoggedIn& login) {
    LoginContext context = from("198.51.100.77");
    context.client.device_marks = login.device_mark.reveal();
    return context;
  }
};

TEST_P(KnownForTheLockout, AHundredFailuresOfStrangersStopNoDeviceThatLoggedInBefore) {
  person("alice");
  auto outcome = begin("alice");
  ASSERT_TRUE(is_in(outcome)) << "one factor is a whole login, too";
  const LoggedIn before = std::get<LoggedIn>(std::move(outcome));
  stop("alice");
  EXPECT_EQ(kind_of(begin("alice")), "denied");
  EXPECT_EQ(kind_of(begin("alice", kOtherPassword, marked(before))), "denied");
  EXPECT_TRUE(is_in(begin("alice", kPassword, marked(before))));
  EXPECT_TRUE(is_in(begin("alice"))) << "and that opened the account";
}

TEST_P(KnownForTheLockout, TheFlagStandsForNoFactor) {
  person("alice");
  const TotpKey key = with_totp("alice");
  auto outcome = second("alice", "totp", code_of(key));
  ASSERT_TRUE(is_in(outcome));
  const LoggedIn before = std::get<LoggedIn>(std::move(outcome));
  EXPECT_TRUE(before.device_token.empty());
  clock_.advance(30s);
  const auto again = begin("alice", kPassword, marked(before));
  EXPECT_EQ(kind_of(again), "challenge");
  EXPECT_EQ(kind_of(begin("alice", kOtherPassword, marked(before))), "denied");
  stop("alice");
  EXPECT_TRUE(is_in(second("alice", "totp", code_of(key), marked(before)))) << "known at both steps";
}

TEST_P(KnownForTheLockout, ADeviceIsLockedByItsOwnFailuresAndStoppedAtAHundred) {
  person("alice");
  auto outcome = begin("alice");
  const LoginContext context = marked(std::get<LoggedIn>(outcome));
  for (int i = 0; i < 5; ++i) begin("alice", kOtherPassword, context);
  EXPECT_EQ(kind_of(begin("alice", kPassword, context)), "denied") << "locked";
  EXPECT_TRUE(is_in(begin("alice"))) << "which locks nobody else";
  for (int i = 0; i < 19; ++i) {
    clock_.advance(25h);
    for (int j = 0; j < 5; ++j) begin("alice", kOtherPassword, context);
  }
  clock_.advance(25h);
  EXPECT_EQ(attempts("password", "wrong"), 100);
  EXPECT_EQ(kind_of(begin("alice", kPassword, context)), "denied");
  EXPECT_EQ(attempts("password", "stopped"), 1) << "who has stolen the device has had his hundred";
}

INSTANTIATE_TEST_SUITE_P(Engines, KnownForTheLockout, kEmbedded, test::engine_name);

}  // namespace
}  // namespace picket::authd
