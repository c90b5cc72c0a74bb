// The pages' words, and what a browser makes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "exporters/security/pages/events_page.h"
#include "exporters/security/pages/overview_page.h"
#include "exporters/security/pages/overview_parts.h"
#include "exporters/security/pages/page_words.h"
#include "exporters/security/pages/posture_page.h"
#include "tests/security/api/running_api.h"
#include "tests/security/pages/sample_views.h"
#include "tests/support/nginx_server.h"
#include "tests/support/page_faults.h"
#include "tests/support/peer_server.h"

namespace picket::security {
namespace {

using picket::test::Browser;
using picket::test::LocalPeer;
using picket::test::NginxServer;
using test::busy_view;
using test::event;
using test::kNasty;
using test::kNow;
using test::shop_target;
using ::testing::HasSubstr;
using ::testing::Not;

std::string html(const web::Page& page) {
  return "<h1>" + page.title + "</h1>" + page.body.str();
}

std::string overview(const OverviewView& view) {
  return html(overview_page(view));
}

TEST(OverviewPage, SaysWhatWasLetThroughFirst) {
  OverviewView view = busy_view();
  view.is_masked = false;
  const std::string page = overview(view);
  for (const char* part :
       {"<h1>5 attacks were let through in the last hour</h1>",
        "<b>5</b> <span>let through in the last hour</span>",
        "<b>187</b> <span>refused in the last hour</span>", "<b>1</b> <span>active detections</span>",
        "<b>1</b> <span>sources down</span>",
        "<a href=\"events?kind=attack&amp;category=sql_injection\">SQL injection</a>",
        "oldest first: 0, 3, 1, 0, 0, 9, 40, 2, 0, 0, 5, 1", "412 failed logins as root from 198.51.100.23",
        "198.51.100.23<small>as root</small>", "sql_injection from 203.0.113.77 as alice",
        "<a href=\"events\">All events</a>", "164<small>at least 162</small>", "Clients: Attacks",
        "<a href=\"posture\">https://shop.example.org:443</a> <span class=\"badge warning\">72 %</span>",
        "<span class=\"badge bad\">scan failed</span>", "/var/log/auth.log: Permission denied", "1,234,567",
        "<span class=\"badge warning\">1,812</span>", "none yet"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_THAT(page, Not(HasSubstr("Cross-site")));  // nothing of that class
  EXPECT_LT(page.find(">SQL injection"), page.find(">Traversal"));
  EXPECT_LT(page.find("<span>ssh<small>"), page.find("<span>web<small>"));  // what is down comes first
  EXPECT_EQ(overview_page(view).tab, "5 let through");
}

TEST(OverviewPage, HasAHeadlineForEachState) {
  OverviewView view = busy_view();
  EXPECT_EQ(overview_page({}).title, "No sources yet");
  view.classes[0].accepted = {};
  EXPECT_EQ(overview_page(view).title, "1 source cannot be read");
  view.sources[1].is_up = true;
  EXPECT_EQ(overview_page(view).title, "1 detection is active");
  view.detections.clear();
  EXPECT_EQ(overview_page(view).title, "All attacks of the last hour were refused");
  view.classes.clear();
  EXPECT_EQ(overview_page(view).title, "No attacks in the last hour");
  EXPECT_THAT(overview(view), HasSubstr("No request of the last hour looked like an attack."));
  view.classes = {{.category = "xss", .matched = {1}, .accepted = {1}}};
  EXPECT_EQ(overview_page(view).title, "1 attack was let through in the last hour");
}

TEST(PageWords, AreOfNamesThatThereAre) {
  std::set<std::string_view> names;
  for (const AttackClass kind : kAttackClasses) names.insert(to_string(kind));
  for (const auto& [name, words] : kProperNames) {
    EXPECT_TRUE(names.contains(name)) << name;
    EXPECT_EQ(words_of(name), words);
  }
  EXPECT_EQ(words_of("server_side_request"), "Server-side request forgery");
  EXPECT_EQ(words_of("web_shell"), "Web shell");
}

TEST(OverviewPage, MarksAddressesThatClientsClaim) {
  SourceStatus source;
  const Cidr client = Cidr::parse("192.0.2.5/32").value();
  source.signals.top[0] = {{.client = client, .count = 7, .is_claimed = true}};
  source.signals.detections = {
      {.kind = DetectionKind::Scraping, .client = "192.0.2.6", .is_claimed = true, .last = kNow},
      {.kind = DetectionKind::Scraping, .client = "192.0.2.7", .last = kNow}};
  OverviewView view{.now = kNow, .is_masked = false, .detections = detection_views(source)};
  view.sources = {{.name = "web"}};
  view.top = top_lists(source.signals);
  view.events = {event(1, "192.0.2.8"), event(2, "192.0.2.9")};
  view.events[0].details = R"({"client_is_claimed":true})";
  view.events[1].details = R"({"target":"\"client_is_claimed\":true"})";
  const std::string page = overview(view);
  for (const char* claimed : {"192.0.2.5", "192.0.2.6", "192.0.2.8"})
    EXPECT_THAT(page, HasSubstr(std::string(claimed) + "<small>claimed</small>"));
  for (const char* seen : {"192.0.2.7", "192.0.2.9"})
    EXPECT_THAT(page, Not(HasSubstr(std::string(seen) + "<small>claimed</small>")));
}

TEST(OverviewPage, MasksUnlessToldNotTo) {
  const std::string page = overview(busy_view());
  for (const char* secret : {"100.23", "113.77", "113.78", "alice", "root"})
    EXPECT_THAT(page, Not(HasSubstr(secret)));
  for (const char* part : {"203.0.113.0/24", "170<small>at least 168</small>", "a…", "r…",
                           "Callers that web.config.yml authenticates"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST(OverviewPage, TeachesWhatToConfigure) {
  const std::string nothing = overview({});
  for (const char* part : {"sources:\n- name: web", "scans:\n- {target:", "/-/reload"})
    EXPECT_THAT(nothing, HasSubstr(part));
  EXPECT_THAT(nothing, Not(HasSubstr("<table")));
  OverviewView view = busy_view();
  view.posture.clear();
  EXPECT_THAT(overview(view), HasSubstr("scans:\n- {target:"));
  view.events_trouble = "disk is full";
  EXPECT_THAT(overview(view), HasSubstr("role=\"alert\">Events cannot be read: disk is full"));
  view = busy_view();
  view.sources.clear();
  EXPECT_THAT(overview(view), HasSubstr("sources:\n- name: web"));
}

TEST(OverviewPage, IsSmallWithALotOfEverything) {
  OverviewView view = busy_view();
  const std::string text(1 << 16, '<');
  for (int i = 0; i < 1000; ++i) {
    view.sources.push_back({.name = text, .type = text, .path = text, .error = text});
    view.detections.push_back({.kind = text, .summary = text});
    view.events.push_back(event(i));
    view.posture.push_back({.target = text, .error = text});
    if (i < 3)
      view.top.push_back({.measure = "attacks", .entries = std::vector<TopEntry>(2000, {text, 1, 0})});
  }
  EXPECT_LT(overview(view).size(), 700'000U);
}

TEST(EventsPage, ShowsTheFormAsItWasSent) {
  EventsView view{
      .now = kNow, .is_masked = false, .page = {.events = {event(1)}, .next = EventCursor{123, 4}}};
  const std::string page = html(events_page(
      view,
      *Target::parse(
          "/events?severity=high&text=a%26b&kind=attack&client=203.0.113.77&account=al&from=2026-01-05T12:00:07Z&cursor=9-9")));
  for (
      const char* part :
      {"<option value=\"high\" selected=\"\">", "value=\"a&amp;b\"", "name=\"account\"",
       "value=\"203.0.113.77\"", "type=\"datetime-local\" autocomplete=\"off\" value=\"2026-01-05T12:00\"",
       "<a href=\"events?from=2026-01-05T12%3A00%3A07Z&amp;kind=attack&amp;severity=high&amp;client=203.0.113.77&amp;account=al&amp;text=a%26b\">Newest</a>",
       "text=a%26b&amp;cursor=123-4\">Older</a>", "<span>Attack<small>SQL injection</small></span>",
       "<span>203.0.113.77<small>as alice</small></span>", "<span class=\"badge bad\">high</span>",
       "<small>2026-01-05 12:00:01</small>"})
    EXPECT_THAT(page, HasSubstr(part));
  view.is_masked = true;
  const std::string shown = html(events_page(view, *Target::parse("/events")));
  EXPECT_THAT(shown, Not(HasSubstr("113.77")));
  EXPECT_THAT(shown, Not(HasSubstr("name=\"account\"")));
  view.page = {};
  EXPECT_THAT(html(events_page(view, *Target::parse("/events"))), HasSubstr("No event is stored yet."));
  EXPECT_THAT(html(events_page(view, *Target::parse("/events?kind=x"))), HasSubstr("No event matches."));
}

TEST(PosturePage, HasASectionForEachTargetTheWorstFirst) {
  const std::vector<PostureTarget> targets = {
      {.target = "https://fine.example", .score = 1, .passed = {"all"}},
      shop_target(),
      {.target = "https://dead.example", .error = "connection refused"}};
  const std::string page = html(posture_page(targets, kNow));
  for (const char* part :
       {"<h1>1 target has findings</h1>", "<h2>https://shop.example.org:443</h2>", "scanned <time",
        "TLS 1.0 and 1.1 are accepted", "ssl_protocols TLSv1.2 TLSv1.3;",
        "<details><summary>3 checks passed</summary>", "<li>HTTP is redirected to HTTPS</li>",
        "1 check passed", "Every check is passed.", "The last scan did not finish: connection refused",
        "<span class=\"badge good\">100 %</span>"})
    EXPECT_THAT(page, HasSubstr(part));
  EXPECT_LT(page.find("shop.example"), page.find("fine.example"));
  EXPECT_LT(page.find("fine.example"), page.find("dead.example"));
  EXPECT_LT(page.find("TLS 1.0"), page.find("Content-Security"));
  EXPECT_THAT(html(posture_page({}, kNow)), HasSubstr("scans:\n- {target:"));
  EXPECT_EQ(posture_page(std::vector<PostureTarget>{{.target = "x"}}, kNow).title,
            "Not everything has been scanned yet");
}

OverviewView nasty_view(const std::string& text) {
  OverviewView view = busy_view();
  view.is_masked = false;
  view.sources = {{.name = text, .type = text, .path = text, .error = text}};
  view.classes = {{.category = text, .matched = {1}, .accepted = {1}}};
  view.detections = {{.kind = text, .source = text, .client = text, .account = text, .summary = text}};
  SecurityEvent e = event(1);
  e.source = e.kind = e.category = e.client = e.account = e.summary = text;
  view.events = {e};
  view.events_trouble = "";
  view.top = {{.measure = text, .entries = {{text, 1, 0}}}};
  view.posture = {{.target = text, .error = text}};
  return view;
}

TEST(Pages, TakeTextsOfStrangersAsText) {
  for (const std::string& text : {kNasty, kNasty + "\xff\xE2\x80\xAE", std::string(1 << 20, '>')}) {
    OverviewView view = nasty_view(text);
    EventsView events{.now = kNow, .is_masked = false, .page = {.events = view.events}};
    const std::vector<PostureTarget> targets = {{.target = text,
                                                 .score = 0,
                                                 .error = text,
                                                 .findings = {{text, Severity::Low, text, text}},
                                                 .passed = {text}}};
    for (const bool is_masked : {false, true}) {
      view.is_masked = events.is_masked = is_masked;
      for (const web::Page& page :
           {overview_page(view), posture_page(targets, kNow),
            events_page(events, *Target::parse(
                                    "/events?text=%22%3E%3Cscript%3E&kind=%E2%80%AE%ff&client=%3Cb%20x="))}) {
        EXPECT_THAT(page.body.str(), Not(HasSubstr("<script")));
        EXPECT_THAT(page.body.str(), Not(HasSubstr("<b x=")));
        EXPECT_THAT(page.body.str(), Not(HasSubstr("\xE2\x80\xAE")));
        EXPECT_LT(page.body.str().size(), 100'000U);
      }
    }
  }
}

class PagesInBrowser : public ::testing::Test {
 protected:
  std::string faults(const web::Page& page, const std::string& name) {
    const LocalPeer peer([&](const picket::test::PeerRequest& request) {
      if (request.path == "/favicon.ico")
        return picket::test::PeerAnswer{.body = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                                        .headers = {{"Content-Type", "image/svg+xml"}}};
      const Response response =
          web::render({.name = "security_exporter",
                       .navigation = {{"", "Start"}, {"events", "Events"}, {"posture", "Posture"}},
                       .footer = "version 1"},
                      page);
      picket::test::PeerAnswer answer{.body = response.body};
      for (const auto& [field, value] : response.headers) answer.headers.emplace(field, value);
      return answer;
    });
    return picket::test::page_faults_everywhere(browser_, peer.url("/"), name);
  }
  Browser browser_;
};

TEST_F(PagesInBrowser, AreFineEmptyAndFull) {
  EXPECT_EQ(faults(overview_page({}), "security-0"), "");
  EXPECT_EQ(faults(overview_page(busy_view()), "security-busy"), "");
  OverviewView whole = busy_view();
  whole.is_masked = false;
  EXPECT_EQ(faults(overview_page(whole), "security-whole"), "");
  OverviewView calm = busy_view();
  calm.classes.clear();
  calm.detections.clear();
  calm.sources.pop_back();
  EXPECT_EQ(faults(overview_page(calm), "security-calm"), "");
  const EventsView events{
      .now = kNow, .is_masked = false, .page = {.events = whole.events, .next = EventCursor{1, 1}}};
  const Target target = *Target::parse("/events?kind=attack");
  EXPECT_EQ(faults(events_page(events, target), "security-events"), "");
  EXPECT_EQ(faults(events_page({.now = kNow, .trouble = "limit must be a number between 1 and 1000"}, target),
                   "security-events-wrong"),
            "");
  EXPECT_EQ(faults(posture_page(whole.posture, kNow), "security-posture"), "");
  EXPECT_EQ(faults(posture_page({}, kNow), "security-posture-0"), "");
}

TEST_F(PagesInBrowser, AreFineWithTextsAsLongAsTheyMayBe) {
  const std::string text = std::string(2000, 'n') + kNasty;
  const OverviewView view = nasty_view(text);
  EXPECT_EQ(faults(overview_page(view), "security-long"), "");
  const EventsView events{.now = kNow, .is_masked = false, .page = {.events = view.events}};
  EXPECT_EQ(faults(events_page(events, *Target::parse("/events?text=" + std::string(200, 'n'))),
                   "security-events-long"),
            "");
  const std::vector<PostureTarget> targets = {{.target = text,
                                               .score = 0,
                                               .error = text,
                                               .findings = {{text, Severity::Low, text, text}},
                                               .passed = {text}}};
  EXPECT_EQ(faults(posture_page(targets, kNow), "security-posture-long"), "");
}

TEST(PagesOfAServer, WorkBehindAPathPrefix) {
  test::RunningApi api;
  std::vector<SecurityEvent> stored;
  stored.reserve(150);
  for (int n = 0; n < 150; ++n) stored.push_back(event(n));
  api.insert(stored);
  api.posture = {shop_target()};
  const NginxServer nginx(fmt::format(
      "server {{ listen 127.0.0.1:@PORT@; location /security/ {{ proxy_pass http://127.0.0.1:{}/; }} }}",
      api.port()));
  Browser browser;
  browser.open(nginx.url("/security/events?limit=100&kind=attack"));
  EXPECT_THAT(browser.source(), HasSubstr("203.0.113.0/24"));
  browser.click(".inline a");
  EXPECT_THAT(browser.url(), HasSubstr("/security/events?kind=attack&limit=100&cursor="));
  EXPECT_THAT(browser.text(".inline"), HasSubstr("Newest"));
  browser.type("#text", "answered");
  browser.press("Show");
  EXPECT_EQ(browser.url().find(nginx.url("/security/events?text=answered&")), 0U) << browser.url();
  EXPECT_TRUE(browser.has("tbody tr"));
  EXPECT_EQ(picket::test::http_get(nginx.url("/security/events?limit=0")).status, 400);
  EXPECT_EQ(picket::test::http_get(nginx.url("/security/events?account=x")).status, 403);
  browser.open(nginx.url("/security/posture"));
  EXPECT_THAT(browser.text("h1"), HasSubstr("1 target has findings"));
  api.trouble = "disk is full";
  const auto down = picket::test::http_get(nginx.url("/security/events"));
  EXPECT_EQ(down.status, 503);
  EXPECT_THAT(down.body, HasSubstr("disk is full"));
}

}  // namespace
}  // namespace picket::security
