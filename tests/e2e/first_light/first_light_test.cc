// A service dies and comes back; every receiver hears of each exactly once, whatever happens to alertd
// meanwhile.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/first_light/alert_daemon.h"
#include "tests/e2e/first_light/receivers.h"
#include "tests/e2e/first_light/stage.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using std::chrono::seconds;

// `for` is 3 s; probing, scraping, evaluating and group_wait take up to 1 s each. The rest is for a busy
// machine.
constexpr seconds kPatience{30};
// How long nothing more may come: three evaluations and more.
constexpr seconds kQuiet{4};
constexpr std::chrono::milliseconds kPause{50};

class FirstLight : public testing::Test {
 protected:
  static Stage& stage() {
    static Stage stage;
    return stage;
  }

  FirstLight() {
    stage().wait_until_healthy();
    alertd_ = std::make_unique<AlertDaemon>(
        AlertDaemonOptions{stage().alertd_port(), stage().prometheus().url(), receivers_.config()});
  }
  void TearDown() override {
    if (HasFailure())
      std::printf("%s\nalertd said:\n%s", receivers_.summary().c_str(), alertd_->log().c_str());
    stage().redis().start();
  }

  bool all_have(Phase phase, std::size_t count = 1) const {
    return wait_until(kPatience, kPause, [&] { return receivers_.have(count, phase); });
  }
  /// Besides, alertd knows that it was taken.
  bool all_have_acknowledged(Phase phase) const {
    return all_have(phase) &&
           wait_until(kPatience, kPause, [&] { return alertd_->metric("alertd_outbox_pending") == 0; });
  }
  static bool prometheus_says(const std::string& expression, double value) {
    return wait_until(kPatience, kPause, [&] { return stage().prometheus().value(expression) == value; });
  }
  /// Waits whether anything more than one message of each kind comes.
  bool stays_at(std::size_t firing, std::size_t resolved) const {
    const auto more = [&] {
      return std::any_of(kChannels.begin(), kChannels.end(), [&](Channel channel) {
        return receivers_.count(channel, Phase::Firing) > firing ||
               receivers_.count(channel, Phase::Resolved) > resolved;
      });
    };
    return !wait_until(kQuiet, std::chrono::milliseconds(100), more);
  }
  /// Both tries of each channel carry one id, so that the receiver can tell.
  void expect_same_id_twice(Phase phase) const {
    for (const Channel channel : kChannels) {
      const auto messages = receivers_.messages(channel, phase);
      ASSERT_EQ(messages.size(), 2U) << to_string(channel);
      // Twilio's API knows no such key.
      EXPECT_EQ(messages[0].id.empty(), channel == Channel::Sms) << to_string(channel);
      EXPECT_EQ(messages[0].id, messages[1].id) << to_string(channel);
      EXPECT_EQ(messages[0].text, messages[1].text) << to_string(channel);
    }
  }

  Receivers receivers_;
  std::unique_ptr<AlertDaemon> alertd_;
};

TEST_F(FirstLight, TellsEveryReceiverOnceWhenRedisDiesAndOnceWhenItIsBack) {
  const auto stopped = std::chrono::steady_clock::now();
  stage().redis().stop();
  ASSERT_TRUE(all_have(Phase::Firing));
  RecordProperty("firing_ms",
                 std::to_string((std::chrono::steady_clock::now() - stopped) / std::chrono::milliseconds(1)));
  for (const Channel channel : kChannels) {
    const Message message = receivers_.messages(channel, Phase::Firing).at(0);
    // An SMS is short: it says only what is the matter.
    const std::string subject = channel == Channel::Sms ? "redis is down" : "ServiceDown";
    EXPECT_NE(message.text.find(subject), std::string::npos) << to_string(channel) << ": " << message.text;
    EXPECT_NE(message.text.find("redis"), std::string::npos) << to_string(channel) << ": " << message.text;
    EXPECT_EQ(message.text.find("secret"), std::string::npos) << to_string(channel) << ": " << message.text;
  }
  EXPECT_EQ(receivers_.messages(Channel::Email, Phase::Firing).at(0).to, "oncall@picket.test");
  EXPECT_EQ(receivers_.messages(Channel::Sms, Phase::Firing).at(0).to, "+15550001111");
  const auto webhook = nlohmann::json::parse(receivers_.messages(Channel::Webhook, Phase::Firing).at(0).text);
  EXPECT_EQ(webhook["version"], "4");
  EXPECT_EQ(webhook["receiver"], "everyone");
  ASSERT_EQ(webhook["alerts"].size(), 1U);
  EXPECT_EQ(webhook["alerts"][0]["labels"]["check"], "redis");
  EXPECT_EQ(webhook["alerts"][0]["annotations"]["summary"], "redis is down");
  EXPECT_EQ(webhook["alerts"][0]["annotations"]["description"],
            "The service REDIS does not answer (value 1).");

  stage().redis().start();
  ASSERT_TRUE(all_have(Phase::Resolved));
  EXPECT_TRUE(stays_at(1, 1)) << receivers_.summary();
}

TEST_F(FirstLight, SaysNothingTwiceWhenAlertdIsKilledWhileItFires) {
  stage().redis().stop();
  ASSERT_TRUE(all_have_acknowledged(Phase::Firing));
  alertd_->kill9();
  alertd_->start();
  EXPECT_TRUE(stays_at(1, 0)) << receivers_.summary();
  stage().redis().start();
  ASSERT_TRUE(all_have(Phase::Resolved));
  EXPECT_TRUE(stays_at(1, 1)) << receivers_.summary();
}

TEST_F(FirstLight, ReportsARecoveryThatHappenedWhileAlertdWasDead) {
  stage().redis().stop();
  ASSERT_TRUE(all_have_acknowledged(Phase::Firing));
  alertd_->kill9();
  stage().redis().start();
  stage().wait_until_healthy();
  alertd_->start();
  ASSERT_TRUE(all_have(Phase::Resolved));
  EXPECT_TRUE(stays_at(1, 1)) << receivers_.summary();
}

TEST_F(FirstLight, DeliversOnceWhatItAcceptedBeforeItWasKilled) {
  receivers_.go_down();
  stage().redis().stop();
  ASSERT_TRUE(wait_until(kPatience, std::chrono::milliseconds(50), [&] {
    return alertd_->metric("alertd_outbox_pending") >= 4;
  })) << alertd_->log();
  alertd_->kill9();
  receivers_.come_back();
  alertd_->start();
  ASSERT_TRUE(all_have(Phase::Firing));
  stage().redis().start();
  ASSERT_TRUE(all_have(Phase::Resolved));
  EXPECT_TRUE(stays_at(1, 1)) << receivers_.summary();
}

// The receiver took the message and alertd never heard so: it cannot know, and tries again rather than lose
// an alert. The second try carries the first one's Message-ID or Idempotency-Key.
TEST_F(FirstLight, RepeatsUnderTheSameIdWhatWasAcceptedWithoutAnAnswer) {
  receivers_.accept_without_answer();
  stage().redis().stop();
  ASSERT_TRUE(all_have(Phase::Firing));
  alertd_->kill9();
  receivers_.answer();
  alertd_->start();
  ASSERT_TRUE(all_have(Phase::Firing, 2));
  EXPECT_TRUE(stays_at(2, 0)) << receivers_.summary();
  expect_same_id_twice(Phase::Firing);
}

TEST_F(FirstLight, IsScrapedByPrometheusInBothFormats) {
  for (const std::string& url : {stage().health_url("/metrics"), alertd_->url("/metrics")}) {
    const HttpAnswer text = http_get(url, {{"Accept", "text/plain"}});
    ASSERT_EQ(text.status, 200) << url;
    EXPECT_TRUE(text.header("Content-Type").starts_with("text/plain; version=0.0.4"))
        << text.header("Content-Type");
    const Finished checked = run_to_end({.argv = {"promtool", "check", "metrics"}, .stdin_text = text.body});
    EXPECT_EQ(checked.exit_code, 0) << url << ": " << checked.output << checked.errors;
    EXPECT_EQ(checked.output + checked.errors, "") << url;
    const HttpAnswer open =
        http_get(url, {{"Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}});
    EXPECT_TRUE(open.header("Content-Type").starts_with("application/openmetrics-text; version=1.0.0"))
        << url;
    EXPECT_TRUE(open.body.ends_with("# EOF\n")) << url;
  }
  for (const std::string job : {"health_exporter", "health_exporter_text", "alertd"}) {
    EXPECT_TRUE(prometheus_says("up{job=\"" + job + "\"}", 1)) << job;
  }
  for (const std::string job : {"health_exporter", "health_exporter_text"}) {
    EXPECT_TRUE(prometheus_says("count(health_check_up{job=\"" + job + "\"} == 1)", 6)) << job;
  }
}

}  // namespace
}  // namespace picket::test
