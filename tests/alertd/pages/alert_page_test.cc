// What the page at / tells a person on call. The dispatcher, the outbox and their database are real.
#include "alertd/pages/alert_page.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "alertd/pages/alert_words.h"
#include "tests/alertd/delivery/delivery_stage.h"
#include "tests/alertd/scripts/script_stage.h"
#include "tests/support/page_faults.h"
#include "tests/support/peer_server.h"

namespace picket::alertd {
namespace {

using picket::test::Browser;
using picket::test::LocalPeer;
using picket::test::PeerAnswer;
using picket::test::PeerRequest;
using std::chrono::minutes;
using std::chrono::seconds;
using test::DeliveryStage;
using test::ScriptStage;

const std::string kNasty = "\"><script>alert(1)</script><b x='";

bool shows(const web::Page& page, std::string_view text) {
  return page.body.str().find(text) != std::string::npos;
}

Labels alert(const std::string& name, const std::string& team = "ops") {
  return {{"alertname", name}, {"team", team}, {"severity", "critical"}};
}

constexpr const char* kTeams =
    "route:\n"
    "  receiver: chat\n"
    "  group_by: [alertname]\n"
    "  group_wait: 0s\n"
    "  group_interval: 1m\n"
    "  routes:\n"
    "    - {matchers: ['team=\"nobody\"'], receiver: quiet}\n"
    "    - {matchers: ['team=\"later\"'], receiver: chat, group_wait: 20m}\n"
    "    - {matchers: ['team=\"night\"'], receiver: chat, mute_time_intervals: [always]}\n"
    "    - {matchers: ['team=\"two\"'], receiver: both}\n"
    "time_intervals: [{name: always, time_intervals: [{years: ['2000:2100']}]}]\n"
    "inhibit_rules:\n"
    "  - {source_matchers: ['alertname=\"SiteDown\"'], target_matchers: ['team=\"inside\"']}\n"
    "receivers:\n"
    "  - {name: chat, webhook_configs: [{url: 'http://chat/'}]}\n"
    "  - {name: both, webhook_configs: [{url: 'http://chat/'}, {url: 'http://dead/'}]}\n"
    "  - {name: quiet}\n";

class AlertPage : public testing::Test {
 protected:
  AlertPage() {
    const Result<void> configured = stage_.configure(kTeams);
    check(configured.has_value(), configured ? "" : configured.error().message);
    stage_.set_peer("dead", {.status = 403});
  }
  void fire(const Labels& labels) {
    stage_.fire(labels);
    stage_.advance(seconds(1));
  }
  web::Page page() { return alert_page(stage_.view()); }
  ScriptStage stage_;
};

TEST_F(AlertPage, SaysThatNothingFires) {
  const web::Page page = this->page();
  EXPECT_EQ(page.title, "No alert fires");
  EXPECT_EQ(page.tab, "");
  EXPECT_TRUE(shows(page, "No message has been written yet."));
  EXPECT_FALSE(shows(page, "<table"));
}

TEST_F(AlertPage, SaysThatSomebodyWasToldAndWhen) {
  fire(alert("Down"));
  stage_.advance(minutes(5));
  const web::Page page = this->page();
  EXPECT_EQ(page.title, "1 alert fires, somebody was told of it");
  EXPECT_EQ(page.tab, "1 firing");
  EXPECT_TRUE(shows(page, "<span class=\"badge good\">told</span><small>webhook http://chat/..., <time"))
      << page.body.str();
  EXPECT_TRUE(shows(page, ">5 min ago</time></small>"));
  EXPECT_TRUE(shows(page, "<span class=\"badge good\">delivered</span>"));
}

TEST_F(AlertPage, SaysThatAMessageWaits) {
  stage_.set_peer("chat", {.refuses = true});
  fire(alert("Down"));
  const web::Page page = this->page();
  EXPECT_EQ(page.title, "1 alert fires, a message waits about it");
  EXPECT_TRUE(
      shows(page,
            "<span class=\"badge warning\">message waits</span><small>waits: webhook http://chat/..., "
            "<a href=\"api/v1/deliveries/"))
      << page.body.str();
  EXPECT_TRUE(shows(page, "Deliveries that fail"));
  EXPECT_TRUE(shows(page, "webhook[0] of chat: 1 message waiting, the oldest since "));
}

TEST_F(AlertPage, SaysThatAMessageWasRefusedUntilOneIsAccepted) {
  stage_.set_peer("chat", {.status = 403});
  fire(alert("Down"));
  stage_.advance(minutes(3));  // refused at each group_interval, shown once
  const web::Page refused = page();
  EXPECT_EQ(refused.title, "1 alert fires, nobody was told of it");
  EXPECT_EQ(refused.tab, "1 untold");
  EXPECT_TRUE(shows(
      refused, "<span class=\"badge bad\">nobody</span><small>webhook http://chat/... refused it: HTTP 403"))
      << refused.body.str();
  EXPECT_EQ(stage_.view().failed.size(), 1U);
  stage_.set_peer("chat", {});
  stage_.advance(minutes(1));
  const web::Page told = page();
  EXPECT_EQ(told.title, "1 alert fires, somebody was told of it");
  EXPECT_FALSE(shows(told, "refused it"));
  EXPECT_FALSE(shows(told, "Deliveries that fail"));
}

TEST_F(AlertPage, SaysWhoWasNotToldBesideThoseWhoWere) {
  fire(alert("Down", "two"));
  const web::Page page = this->page();
  EXPECT_EQ(page.title, "1 alert fires, somebody was told of it");
  EXPECT_TRUE(shows(page, "webhook[1] http://dead/... refused it: HTTP 403")) << page.body.str();
}

TEST_F(AlertPage, SaysThatNobodyIsThereToBeTold) {
  fire(alert("Down", "nobody"));
  EXPECT_EQ(page().title, "1 alert fires, nobody was told of it");
  EXPECT_TRUE(
      shows(page(), "<span class=\"badge bad\">nobody</span><small>receiver quiet has no integration"));
}

TEST_F(AlertPage, SaysWhenTheMessageWillBeSent) {
  fire(alert("Down", "later"));
  EXPECT_EQ(page().title, "1 alert fires, nobody was told of it");
  EXPECT_TRUE(shows(page(), "<span class=\"badge warning\">not yet</span><small>will be sent in 19 min"))
      << page().body.str();
}

TEST_F(AlertPage, SaysWhyAnAlertIsMuted) {
  fire(alert("Report", "night"));
  EXPECT_EQ(page().title, "1 alert fires, muted");
  EXPECT_TRUE(shows(page(), "<span class=\"badge info\">muted</span><small>muted: time interval always"));
  fire(alert("SiteDown"));
  fire(alert("Down", "inside"));
  EXPECT_EQ(page().title, "3 alerts fire, somebody was told of 1 of them");
  EXPECT_TRUE(shows(page(), "<small>inhibited: ")) << page().body.str();
}

TEST_F(AlertPage, ShowsFirstWhatNobodyWasToldOf) {
  fire(alert("A"));
  fire(alert("B", "night"));
  fire(alert("C", "nobody"));
  const std::string body = page().body.str();
  const std::size_t untold = body.find(">C<small>"), told = body.find(">A<small>"),
                    muted = body.find(">B<small>");
  ASSERT_NE(untold, std::string::npos) << body;
  EXPECT_LT(untold, told);
  EXPECT_LT(told, muted);
}

TEST_F(AlertPage, KnowsWhatWasToldAfterARestart) {
  fire(alert("Down"));
  stage_.restart();
  EXPECT_EQ(page().title, "1 alert fires, somebody was told of it");
}

TEST_F(AlertPage, StaysSmallWithManyAlerts) {
  for (int i = 0; i < 250; ++i) stage_.fire(alert(fmt::format("A{}", i), "nobody"));
  stage_.advance(seconds(1));
  const web::Page page = this->page();
  EXPECT_EQ(page.title, "250 alerts fire, nobody was told of all of them");
  EXPECT_TRUE(shows(page, "<a href=\"api/v1/alerts\">150 more</a>"));
  EXPECT_TRUE(shows(page, "<a href=\"api/v2/alerts/groups\">150 more</a>"));
  EXPECT_LT(page.body.str().size(), 200'000U);
}

TEST_F(AlertPage, LinksBelowAnyPathPrefix) {
  fire(alert("Down"));
  EXPECT_FALSE(shows(page(), "href=\"/"));
  EXPECT_FALSE(shows(page(), "href=\"http"));
}

TEST_F(AlertPage, EscapesWhatAlertsSay) {
  fire({{"alertname", kNasty}, {"severity", kNasty}, {"team", kNasty}});
  fire({{"alertname", kNasty}, {"team", "nobody"}, {"x", kNasty}});
  AlertView view = stage_.view();
  Alert& first = view.overview.alerts.at(0).alert;
  first.annotations = {{"summary", kNasty}, {"runbook_url", "javascript:alert(1)"}};
  view.failing = {{kNasty, kNasty, kNasty, view.now}};
  view.pending = {{{{"alertname", kNasty}, {"x", kNasty}}, view.now, minutes(1)}};
  view.trouble = view.ledger_trouble = kNasty;
  const web::Page page = alert_page(view);
  EXPECT_FALSE(shows(page, "<script"));
  EXPECT_FALSE(shows(page, "<b x="));
  EXPECT_FALSE(shows(page, "javascript:"));
  EXPECT_TRUE(shows(page, "&lt;script"));
}

TEST(AlertPageRules, ShowThoseThatFailAndWhatIsPending) {
  auto group = std::make_shared<RuleGroup>();
  group->name = "services";
  group->rules.resize(2);
  group->rules[0].name = "Broken";
  group->rules[1].name = "Slow";
  group->rules[1].hold = minutes(10);
  auto bad = std::make_shared<RuleState>();
  bad->health = RuleHealth::Bad;
  bad->last_error = "query: the datasource does not answer";
  auto pending = std::make_shared<RuleState>();
  const Timestamp now{std::chrono::hours(500'000)};
  ActiveAlert slow{
      .labels = {{"alertname", "Slow"}}, .state = AlertState::Pending, .active_at = now - minutes(4)};
  pending->alerts.emplace(slow.labels, slow);
  AlertPageSources sources{.rules =
                               [&] {
                                 return std::vector<GroupStatus>{{.group = group, .states = {bad, pending}}};
                               },
                           .overview = [](std::size_t) { return AlertsOverview(); },
                           .outbox = [] { return nullptr; },
                           .trouble = [] { return std::string(); }};
  const web::Page page = alert_page(alert_view(sources, now));
  EXPECT_EQ(page.title, "No alert fires, but 1 of 2 rules cannot be evaluated");
  EXPECT_TRUE(shows(page, "query: the datasource does not answer")) << page.body.str();
  EXPECT_TRUE(shows(page, ">never<"));
  EXPECT_TRUE(shows(page, "in 6 min")) << page.body.str();
  sources.trouble = [] { return std::string("the alert database is not open: disk full"); };
  const web::Page closed = alert_page(alert_view(sources, now));
  EXPECT_EQ(closed.title, "Nobody can be told");
  EXPECT_EQ(closed.tab, "no database");
  EXPECT_TRUE(shows(closed, "disk full"));
}

TEST(AlertPageLedger, SaysThatItCannotBeRead) {
  DeliveryStage stage;
  ASSERT_TRUE(stage.database->transaction([](sql::Session& session) -> Result<void> {
    const auto dropped = session.execute("ALTER TABLE deliveries RENAME TO gone", {});
    return dropped ? Result<void>() : fail(dropped);
  }));
  const AlertPageSources sources{
      .rules = [] { return std::vector<GroupStatus>(); },
      .overview =
          [](std::size_t) { return AlertsOverview{.firing = 1, .somebody = 1, .alerts = {}, .groups = {}}; },
      .outbox = [&] { return std::shared_ptr<Outbox>(std::shared_ptr<Outbox>(), &stage.outbox); },
      .trouble = [] { return std::string(); }};
  const web::Page page = alert_page(alert_view(sources, Timestamp{}));
  EXPECT_TRUE(shows(page, "role=\"alert\"")) << page.body.str();
  EXPECT_TRUE(shows(page, "The deliveries cannot be read: "));
  EXPECT_EQ(page.title, "1 alert fires, somebody was told of it");
}

class AlertPageInBrowser : public AlertPage {
 protected:
  std::string faults(const AlertView& view, const std::string& name) {
    peer_.answer_with([&](const PeerRequest& request) {
      if (request.path == "/favicon.ico") {
        return PeerAnswer{.body = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                          .headers = {{"Content-Type", "image/svg+xml"}}};
      }
      const Response response = web::render({.name = "alertd", .footer = "version 1"}, alert_page(view));
      PeerAnswer answer{.body = response.body};
      for (const auto& [field, value] : response.headers) answer.headers.emplace(field, value);
      return answer;
    });
    std::string found = picket::test::page_faults_everywhere(browser_, peer_.url("/"), name);
    peer_.answer_with({});  // what it answers with goes
    return found;
  }
  LocalPeer peer_;
  Browser browser_;
};

TEST_F(AlertPageInBrowser, IsFineWhateverFires) {
  EXPECT_EQ(faults(stage_.view(), "alerts-none"), "");
  stage_.set_peer("chat", {.refuses = true});
  fire(alert("DiskFull"));
  stage_.set_peer("chat", {});
  fire(alert("SiteDown"));
  fire(alert("Down", "inside"));
  fire(alert("Report", "night"));
  fire(alert("Backup", "nobody"));
  fire(alert("Queue", "two"));
  fire({{"alertname", std::string(200, 'N')}, {"instance", std::string(300, 'i')}, {"x", kNasty}});
  EXPECT_EQ(faults(stage_.view(), "alerts-some"), "");
  for (int i = 0; i < 150; ++i) stage_.fire(alert(fmt::format("Alert{}", i)));
  stage_.advance(seconds(1));
  EXPECT_EQ(faults(stage_.view(), "alerts-many"), "");
}

}  // namespace
}  // namespace picket::alertd
