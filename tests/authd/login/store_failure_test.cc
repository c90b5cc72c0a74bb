// The store fails once, at every step of every flow in turn: by a statement that did not run, and by one
// whose answer was lost. Nobody is let in by that, nobody is locked out for good, and nothing is half done.
#include <gmock/gmock.h>

#include "tests/authd/login/login_fixture.h"
#include "tests/authd/store/failing_database.h"

namespace picket::authd {
namespace {

using testing::AnyOf;

class StoreFailure : public OnLogin {
 protected:
  StoreFailure() {
    suite_.reset();
    replica_.reset();
    stores_ = std::make_unique<Stores>(failing_, store_keys({"k1"}, "k1"), random_, clock_);
    replica_ = replica();
    suite_ = make_suite();
  }
  void TearDown() override {
    const auto verdict = stores_->audit().verify(0, 0);
    EXPECT_TRUE(verdict && !verdict->broken);
  }

  using Prepare = std::function<void(const std::string& name)>;
  using Attempt = std::function<std::string(const std::string& name)>;
  using Check = std::function<void(const std::string& name, const std::string& outcome)>;
  /// Each time with somebody new. The last attempt of each kind meets no failure.
  void at_every_step(const Prepare& prepare, const Attempt& attempt, const Check& check) {
    for (const Loss loss : {Loss::Statement, Loss::Answer}) {
      int step = 0;
      bool has_failed = true;
      while (has_failed && !HasFatalFailure()) {
        ASSERT_LT(++step, kStepsMax);
        const std::string name = fmt::format("{}{}", loss == Loss::Statement ? "ann" : "bob", step);
        SCOPED_TRACE(name);
        prepare(name);
        failing_.fail_at(step, loss);
        const std::string outcome = attempt(name);
        suite_->post().wait_until_idle();
        has_failed = failing_.has_failed();
        failing_.heal();
        check(name, outcome);
        EXPECT_TRUE(outcome == unharmed_ || (has_failed && outcome == "unavailable")) << outcome;
      }
      EXPECT_GT(step, 2);
    }
  }

  /// Rows of the audit log on his account.
  std::size_t written(const std::string& name, const std::string& action) {
    const auto rows = stores_->audit().query({.action = action, .resource = "user:id-" + name});
    return rows ? rows->size() : 0;
  }
  /// The old one or kOtherPassword; with the new one go the end of all grants and the row of the audit log.
  void expect_one_password(const std::string& name, const std::string& outcome, const std::string& action) {
    const bool is_set = is_in(begin(name, kOtherPassword));
    EXPECT_NE(is_in(begin(name)), is_set);
    EXPECT_EQ(account(name).epoch > before_.epoch, is_set);
    expect_written(name, outcome, action);
    EXPECT_TRUE(outcome != "done" || is_set);
  }
  void expect_written(const std::string& name, const std::string& outcome, const std::string& action) {
    EXPECT_TRUE(outcome != "done" || written(name, action) == 1);
  }
  template <class T>
  static std::string done(const Result<T>& answer) {
    if (answer) return "done";
    return answer.error().kind == ErrorKind::Denied ? "denied" : "unavailable";
  }

  static constexpr int kStepsMax = 100;
  std::string unharmed_ = "in";  ///< how an attempt ends that nothing disturbs
  FailingDatabase failing_{*patient_};
  User before_;  ///< as prepared
};

TEST_P(StoreFailure, APasswordLetsInOrIsAskedForAgain) {
  at_every_step(
      [this](const std::string& name) {
        person(name);
        EXPECT_TRUE(is_in(begin(name)));
      },
      [this](const std::string& name) { return kind_of(begin(name, kPassword, from("203.0.113.5"))); },
      [this](const std::string& name, const std::string& outcome) {
        const bool is_whole = outcome == "in" || name.starts_with("ann");
        const auto live = stores_->sessions().list_live("id-" + name, now(), 10);
        if (is_whole) {
          EXPECT_EQ(live->size(), outcome == "in" ? 2U : 1U) << "none that nobody was given";
        }
        EXPECT_TRUE(is_in(begin(name)));
      });
}

TEST_P(StoreFailure, AWrongPasswordIsCountedAndWrittenDownOrNotAnswered) {
  unharmed_ = "denied";
  at_every_step([this](const std::string& name) { person(name); },
                [this](const std::string& name) { return kind_of(begin(name, kOtherPassword)); },
                [this](const std::string& name, const std::string& outcome) {
                  if (outcome == "unavailable") {
                    EXPECT_TRUE(is_in(begin(name)));
                    return;
                  }
                  EXPECT_EQ(written(name, "auth.login"), 1U);
                  for (int i = 0; i < 4; ++i) begin(name, kOtherPassword);
                  EXPECT_EQ(kind_of(begin(name)), "denied") << "locked";
                });
}

TEST_P(StoreFailure, ACodeLetsInOnce) {
  std::map<std::string, TotpKey> keys;
  const auto log_in = [&](const std::string& name) {
    auto outcome = begin(name);
    const auto* required = std::get_if<SecondFactorRequired>(&outcome);
    if (required == nullptr) return kind_of(outcome);
    const std::string code = code_of(keys.at(name));
    return kind_of(suite_->login().complete({required->challenge.reveal(), "totp", code, true}, from()));
  };
  at_every_step(
      [&](const std::string& name) {
        person(name);
        keys.emplace(name, with_totp(name));
      },
      log_in,
      [&](const std::string& name, const std::string& outcome) {
        if (outcome == "in") {
          EXPECT_EQ(log_in(name), "denied");
        }
        clock_.advance(30s);
        EXPECT_EQ(log_in(name), "in");
      });
}

TEST_P(StoreFailure, AMailedCodeLetsIn) {
  const auto log_in = [&](const std::string& name) -> std::string {
    mailbox_->clear();
    auto outcome = begin(name);
    const auto* required = std::get_if<SecondFactorRequired>(&outcome);
    if (required == nullptr) return kind_of(outcome);
    if (!suite_->login().send_code(required->challenge.reveal(), "email", from())) return "unavailable";
    const std::string code = last_code();
    return code.empty() ? "unavailable" : kind_of(complete(*required, "email", code));
  };
  at_every_step(
      [this](const std::string& name) {
        person(name);
        EXPECT_TRUE(stores_->factors().set_email_otp("id-" + name, true));
      },
      log_in,
      [&](const std::string& name, const std::string&) {
        clock_.advance(1min);
        EXPECT_EQ(log_in(name), "in");
      });
}

TEST_P(StoreFailure, ARefreshThatFailedIsTriedAgain) {
  unharmed_ = "rotated";
  std::string token;
  const auto refresh = [&](const std::string&) {
    const auto answer = replica_->sessions.refresh(token, kFirefox);
    if (!answer) return std::string("unavailable");
    if (answer->grant) token = answer->grant->refresh_token.reveal();
    return word(answer);
  };
  at_every_step(
      [&](const std::string& name) { token = opened(*replica_, person(name)).refresh_token.reveal(); },
      refresh,
      [&](const std::string& name, const std::string& outcome) {
        if (outcome != "rotated") {
          EXPECT_THAT(refresh(name), AnyOf("rotated", "grace_replay"));
        }
        EXPECT_EQ(refresh(name), "rotated");
      });
}

TEST_P(StoreFailure, ALogoutThatFailedIsTriedAgain) {
  unharmed_ = "ended";
  Grant grant;
  const auto log_out = [&](const std::string&) {
    const auto ended = replica_->sessions.end(grant.session.id, "logout");
    return ended ? (*ended ? "ended" : "was over") : "unavailable";
  };
  at_every_step([&](const std::string& name) { grant = opened(*replica_, person(name)); }, log_out,
                [&](const std::string& name, const std::string& outcome) {
                  if (outcome != "ended") {
                    EXPECT_NE(log_out(name), std::string("unavailable"));
                  }
                  EXPECT_TRUE(replica_->ended.poll());
                  EXPECT_EQ(word(replica_->check.by_access_token(grant.access_token.reveal())), "denied");
                });
}

TEST_P(StoreFailure, APasswordIsSetWithAllThatGoesWithItOrNotAtAll) {
  unharmed_ = "done";
  const auto reset = [&](const std::string& name, std::string_view next) -> std::string {
    mailbox_->clear();
    if (!suite_->recovery().request_reset(name, from())) return "unavailable";
    const std::string token = last_token();
    if (token.empty()) return "unavailable";
    return done(suite_->recovery().reset(token, std::string(next), from()));
  };
  at_every_step([this](const std::string& name) { before_ = person(name); },
                [&](const std::string& name) { return reset(name, kOtherPassword); },
                [&](const std::string& name, const std::string& outcome) {
                  expect_one_password(name, outcome, "auth.password_reset");
                  clock_.advance(1h);
                  EXPECT_EQ(reset(name, "eleven borrowed umbrellas"), "done");
                });
}

TEST_P(StoreFailure, APasswordIsChangedWithAllThatGoesWithItOrNotAtAll) {
  unharmed_ = "done";
  at_every_step([this](const std::string& name) { before_ = person(name); },
                [this](const std::string&) {
                  return done(suite_->recovery().change(before_, std::string(kPassword),
                                                        std::string(kOtherPassword), from()));
                },
                [this](const std::string& name, const std::string& outcome) {
                  expect_one_password(name, outcome, "auth.password_change");
                });
}

TEST_P(StoreFailure, AnInvitationIsTakenOnce) {
  unharmed_ = "done";
  const User otto = person("otto", Role::Owner);
  std::string token;
  const auto accept = [&](const std::string& name) {
    return done(suite_->recovery().accept(token, name, std::string(kPassword), from()));
  };
  at_every_step(
      [&](const std::string& name) {
        EXPECT_TRUE(suite_->recovery().invite(otto, name + "@example.org", Role::User, from()));
        token = last_token();
      },
      accept,
      [&](const std::string& name, const std::string& outcome) {
        const bool is_there = stores_->accounts().find_by_key(name).value().has_value();
        if (outcome == "done") {
          EXPECT_TRUE(is_there);
        }
        EXPECT_EQ(accept(name), is_there ? "denied" : "done") << "the link is spent with it";
        EXPECT_TRUE(is_in(begin(name)));
      });
}

TEST_P(StoreFailure, AnAppIsSetUpWithAllThatGoesWithItOrNotAtAll) {
  unharmed_ = "done";
  const auto set_up = [this](const std::string&) -> std::string {
    const auto offer = suite_->enrolment().begin_totp(before_);
    if (!offer) return "unavailable";
    const TotpKey key{TotpSecret::parse(offer->base32.reveal()).value(), {}};
    return done(suite_->enrolment().confirm_totp(before_, code_of(key), from()));
  };
  at_every_step([this](const std::string& name) { before_ = person(name); }, set_up,
                [&](const std::string& name, const std::string& outcome) {
                  const bool is_set = stores_->factors().find(before_.id)->has_totp();
                  EXPECT_EQ(account(name).epoch > before_.epoch, is_set);
                  expect_written(name, outcome, "factors.totp_confirmed");
                  EXPECT_TRUE(outcome != "done" || is_set);
                  EXPECT_TRUE(is_set || set_up(name) == "done");
                });
}

TEST_P(StoreFailure, AnAppIsTakenAwayWithAllThatGoesWithItOrNotAtAll) {
  unharmed_ = "done";
  at_every_step(
      [this](const std::string& name) {
        person(name);
        with_totp(name);
        with_backup_codes(name);
        EXPECT_TRUE(stores_->factors().set_sms_otp("id-" + name, true));
        EXPECT_TRUE(suite_->devices().remember("id-" + name, from().client, 1h));
        before_ = account(name);
      },
      [this](const std::string&) { return done(suite_->enrolment().remove_totp(before_, from().client)); },
      [this](const std::string& name, const std::string& outcome) {
        const auto left = stores_->factors().find(before_.id).value();
        EXPECT_EQ(left.sms_otp, left.has_totp());
        EXPECT_EQ(stores_->factors().backup_codes(before_.id)->empty(), !left.has_totp());
        EXPECT_EQ(stores_->devices().list_live(before_.id, now())->empty(), !left.has_totp());
        EXPECT_EQ(account(name).epoch > before_.epoch, !left.has_totp());
        expect_written(name, outcome, "factors.totp_removed");
        EXPECT_TRUE(outcome != "done" || !left.has_totp());
      });
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Databases, StoreFailure, kEmbedded, test::engine_name);

}  // namespace picket::authd
