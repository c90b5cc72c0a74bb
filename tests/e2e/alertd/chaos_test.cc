// No page is lost: alerts begin while datasource, receivers and disk stop, hang and fail at random, and
// alertd is killed again and again. When all peers have been well for a while, every receiver has had every
// alert; nothing was resolved that lasted; and nobody was told the same under two keys, unless the second
// names the first. PICKET_CHAOS_SECONDS (60) says how long, PICKET_SEED repeats a run's choices.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "tests/e2e/alertd/alertd_process.h"
#include "tests/e2e/alertd/conditions.h"
#include "tests/e2e/alertd/ears.h"
#include "tests/e2e/alertd/small_disk.h"
#include "tests/e2e/alertd/troubles.h"
#include "tests/support/wait.h"

namespace picket::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

constexpr int kRules = 12;
constexpr seconds kLongRun{300};

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::stoull(text);
}

std::string series_of(int rule, int i) {
  return fmt::format("condition{{rule=\"{}\",i=\"{}\"}}", rule, i);
}
std::string alert_of(int rule, int i) {
  return fmt::format("Alert{} {}", rule, i);
}

Conditions::Series nothing_wrong(int alerts_of_rule) {
  Conditions::Series series;
  for (int rule = 0; rule < kRules; ++rule)
    for (int i = 0; i < alerts_of_rule; ++i) series[series_of(rule, i)] = 0;
  return series;
}

/// What was scraped last counts, however long ago: a condition lasts while Prometheus hangs.
std::string rules_yml() {
  std::string text = "groups:\n";
  for (int rule = 0; rule < kRules; ++rule) {
    if (rule % 4 == 0) text += fmt::format("  - name: group{}\n    rules:\n", rule / 4);
    text += fmt::format(
        "      - {{alert: Alert{0}, expr: 'last_over_time(condition{{rule=\"{0}\"}}[10m]) == 1', labels: "
        "{{severity: {1}}}}}\n",
        rule, rule % 2 == 0 ? "page" : "info");
  }
  return text;
}

class AlertChaosTest : public ::testing::Test {
 protected:
  AlertChaosTest() {
    std::printf("seed %llu (PICKET_SEED), %lld s, disk: %s\n", static_cast<unsigned long long>(seed_),
                static_cast<long long>(length_.count()), disk_.kind().c_str());
    conditions_.wait_until_scraped();
  }
  void TearDown() override {
    std::printf("%s\n", summary().c_str());
    if (!HasFailure()) return;
    for (const auto& [name, heard] : all_heard()) {
      std::printf("%s heard:\n", name.c_str());
      for (const Heard& message : heard) std::printf("  %s", to_string(message).c_str());
    }
    std::printf("alertd said:\n%s", alertd_.log().c_str());
  }

  std::string alertd_yml() {
    return fmt::format(
        R"(datasource: {{url: "{}", timeout: 3s}}
global: {{evaluation_interval: 1s, smtp_smarthost: "{}", smtp_from: alertd@example.org, smtp_require_tls: false,
  smtp_auth_username: alertd, smtp_auth_password: secret}}
rule_files: [rules.yml]
delivery: {{initial_backoff: 500ms, max_backoff: 2s, max_retry_after: 5s}}
route:
  {{receiver: everyone, group_by: [alertname], group_wait: 1s, group_interval: 3s, repeat_interval: 1d, routes: [
    {{matchers: [severity="page"], receiver: pager, continue: true}}, {{receiver: everyone}}]}}
receivers:
  - name: everyone
    webhook_configs: [{{url: "{}", timeout: 3s}}]
    slack_configs: [{{api_url: "{}", channel: "#ops", text: '{}'}}]
    email_configs: [{{to: ops@example.org, text: '{}'}}]
  - name: pager
    webhook_configs: [{{url: "{}", timeout: 3s}}]
)",
        conditions_.prometheus().url(), smtp_.target(), webhook_.url("/webhook"), slack_.url("/slack"),
        kMarks, kMarks, pager_.url("/pager"));
  }

  // What happens to alertd.
  void launch() {
    alertd_.launch();
    disk_.used_by(alertd_.pid());
  }
  void kill_again() {
    alertd_.kill9();
    ++kills_;
    launch();
  }
  void look_after_alertd() {
    if (alertd_.running()) return;
    ++ended_by_itself_;
    launch();
  }

  // What happens to its peers.
  static TroubledPeer troubled(const std::string& name, HttpEar& ear) {
    using enum HttpEar::Mode;
    const auto mode = [&ear](const char* trouble, HttpEar::Mode wrong) {
      return Trouble{trouble, [&ear, wrong] { ear.be(wrong); }, [&ear] { ear.be(Works); }};
    };
    return {name,
            {mode("hangs", Hangs), mode("loses answers", LosesAnswers), mode("answers 500", Fails500),
             mode("answers 503", Fails503), mode("answers 403", Refuses403),
             Trouble{"stops", [&ear] { ear.stop(); }, [&ear] { ear.start(); }}}};
  }
  template <class Server>
  static std::vector<Trouble> of_process(Server& server) {
    return {{"hangs", [&] { server.process().signal(SIGSTOP); }, [&] { server.process().signal(SIGCONT); }},
            {"stops", [&] { server.kill9(); }, [&] { server.start(); }}};
  }
  std::vector<TroubledPeer> peers() {
    TroubledPeer mail{"mail server", of_process(smtp_)};
    const auto refuses = [this](const char* command, const char* answer) {
      return Trouble{std::string("refuses ") + command,
                     [this, command, answer] { smtp_.refuse(command, answer); },
                     [this, command] { smtp_.refuse(command, ""); }};
    };
    mail.troubles.push_back(refuses("DATA", "451 4.3.0 try later"));
    mail.troubles.push_back(refuses("AUTH", "no"));
    mail.troubles.push_back(
        {"loses answers", [this] { smtp_.lose_answer(true); }, [this] { smtp_.lose_answer(false); }});
    return {
        troubled("webhook", webhook_),
        troubled("slack", slack_),
        troubled("pager", pager_),
        mail,
        {"datasource", of_process(conditions_.prometheus())},
        {"disk",
         {{"is full", [this] { disk_.fill(alertd_.pid()); }, [this] { disk_.make_room(alertd_.pid()); }}}}};
  }

  void begin_next_alert() {
    if (waiting_.empty()) return;
    const std::size_t which = random_() % waiting_.size();
    const auto [rule, i] = waiting_[which];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(which));
    conditions_.set({{series_of(rule, i), 1}});
    alerts_.insert(alert_of(rule, i));
    if (rule % 2 == 0) pages_.insert(alert_of(rule, i));
  }

  /// All of it, until the time is over.
  void run_chaos() {
    const auto kill_every = length_ >= kLongRun ? seconds(20) : seconds(15);
    const auto alert_every = duration_cast<milliseconds>(length_) * 9 / (10 * kRules * alerts_of_rule_);
    const auto end = SteadyClock::now() + length_;
    auto next_kill = SteadyClock::now() + kill_every;
    auto next_alert = SteadyClock::now();
    Troubles troubles(peers(), random_);
    wait_until(length_ + seconds(1), milliseconds(20), [&] {
      const auto now = SteadyClock::now();
      troubles.go_on(now);
      look_after_alertd();
      if (now >= next_kill) {
        kill_again();
        next_kill = now + kill_every;
      }
      if (now >= next_alert) {
        begin_next_alert();
        next_alert = now + alert_every;
      }
      return now >= end;
    });
    while (!waiting_.empty()) begin_next_alert();
    troubles.end_all();
    troubles_ = troubles.summary();
  }

  /// By receiver and integration.
  std::map<std::string, std::vector<Heard>> all_heard() const {
    return {{"webhook", webhook_.heard()},
            {"slack", slack_.heard()},
            {"pager", pager_.heard()},
            {"mail", heard_by(smtp_)}};
  }
  const std::set<std::string>& meant_for(const std::string& receiver) const {
    return receiver == "pager" ? pages_ : alerts_;
  }
  /// "" as soon as every receiver has had every alert so, and what is missing when the time is over.
  std::string missing_after(seconds time, const std::string& status) const {
    std::string text;
    wait_until(time, milliseconds(200), [&] {
      text.clear();
      for (const auto& [name, heard] : all_heard()) {
        for (const std::string& alert : missing(meant_for(name), heard, status))
          text += fmt::format("{} has not heard of {} {}\n", name, status, alert);
      }
      return text.empty();
    });
    return text;
  }
  std::string falsely_resolved() const {
    std::string text;
    for (const auto& [name, heard] : all_heard()) {
      for (const Heard& message : heard) {
        for (const auto& [alert, status] : message.alerts)
          if (status == "resolved") text += name + ": " + to_string(message);
      }
    }
    return text;
  }
  std::string unexplained_messages() const {
    std::string text;
    for (const auto& [name, heard] : all_heard()) {
      for (const Heard& message : unexplained(heard)) text += name + ": " + to_string(message);
    }
    return text;
  }
  std::string summary() const {
    std::string text = fmt::format("troubles: {}\nkilled {} times, ended by itself {} times\n", troubles_,
                                   kills_, ended_by_itself_);
    for (const auto& [name, heard] : all_heard())
      text += fmt::format("{}: {} messages accepted, {} again under their key\n", name, heard.size(),
                          repeated_under_their_key(heard));
    return text +
           fmt::format("refused: webhook {}, slack {}, pager {}\n", webhook_.refused(), slack_.refused(),
                       pager_.refused()) +
           times_;
  }

  const std::uint64_t seed_ = from_environment("PICKET_SEED", std::random_device{}());
  const seconds length_{from_environment("PICKET_CHAOS_SECONDS", 60)};
  const seconds well_ = length_ >= kLongRun ? seconds(60) : seconds(30);
  const int alerts_of_rule_ = length_ >= kLongRun ? 20 : 4;
  std::mt19937_64 random_{seed_};
  SmallDisk disk_;
  Conditions conditions_{nothing_wrong(alerts_of_rule_)};
  HttpEar webhook_, slack_, pager_;
  SmtpServer smtp_{{.user = "alertd", .password = "secret"}};
  AlertdProcess alertd_{{.files = {{"alertd.yml", alertd_yml()}, {"rules.yml", rules_yml()}},
                         .storage = disk_.folder(),
                         .launcher = disk_.launcher(),
                         .log_level = "info"}};
  std::vector<std::pair<int, int>> waiting_ = [this] {
    std::vector<std::pair<int, int>> all;
    for (int rule = 0; rule < kRules; ++rule)
      for (int i = 0; i < alerts_of_rule_; ++i) all.emplace_back(rule, i);
    return all;
  }();
  std::set<std::string> alerts_, pages_;  ///< begun
  int kills_ = 0, ended_by_itself_ = 0;
  std::string troubles_, times_;
};

TEST_F(AlertChaosTest, EveryReceiverHasEveryAlertOnceItsPeersAreWell) {
  launch();
  run_chaos();
  const auto well = SteadyClock::now();
  EXPECT_EQ(missing_after(well_, "firing"), "");
  times_ += fmt::format("waited {} ms after the last trouble for what was not told yet\n",
                        (SteadyClock::now() - well) / milliseconds(1));
  EXPECT_EQ(falsely_resolved(), "");

  conditions_.set(nothing_wrong(alerts_of_rule_));
  const auto ended = SteadyClock::now();
  EXPECT_EQ(missing_after(well_, "resolved"), "");
  times_ += fmt::format("waited {} ms after the ends for what was not resolved yet\n",
                        (SteadyClock::now() - ended) / milliseconds(1));
  EXPECT_TRUE(wait_until(well_, milliseconds(100), [this] {
    return alertd_.metric("alertd_outbox_pending") == 0;
  })) << "messages are left in the outbox";
  EXPECT_EQ(unexplained_messages(), "");
  EXPECT_EQ(ended_by_itself_, 0);
}

}  // namespace
}  // namespace picket::test
