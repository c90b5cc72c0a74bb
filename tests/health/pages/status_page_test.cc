// The page's words, and what a browser makes of them.
#include "exporters/health/pages/status_page.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/health/pages/sample_services.h"
#include "tests/support/page_faults.h"
#include "tests/support/peer_server.h"

namespace picket::health {
namespace {

using picket::test::Browser;
using picket::test::LocalPeer;
using test::many_services;
using test::SampleService;
using test::snapshot_of;

const std::string kNasty = "\"><script>alert(1)</script><b x='";

web::Page page_of(const Snapshot& snapshot, const std::string& target = "/") {
  return status_page(status_view(snapshot, parse_status_query(*Target::parse(target))));
}

bool shows(const web::Page& page, std::string_view text) {
  return page.body.str().find(text) != std::string::npos;
}

std::vector<SampleService> three_services() {
  return {{.name = "website", .group = "shop", .state = State::Down, .error = "no answer within 5s"},
          {.name = "payments-api", .group = "shop", .state = State::Degraded, .flapping = true},
          {.name = "backup", .group = "data", .state = State::Maintenance}};
}

TEST(StatusPage, SaysTheStateOfEverythingFirst) {
  const std::vector<std::pair<std::vector<SampleService>, std::string>> rows = {
      {{}, "No services yet"},
      {{{.name = "a"}}, "All services are operational"},
      {{{.name = "a"}, {.name = "b", .state = State::Maintenance}}, "All services are operational"},
      {{{.name = "b", .state = State::Maintenance}}, "All services are in maintenance"},
      {{{.name = "a", .state = State::Unknown}}, "1 service is unknown"},
      {{{.name = "a", .state = State::Degraded}, {.name = "b", .state = State::Degraded}},
       "2 services are degraded"},
      {three_services(), "1 service is down"}};
  for (const auto& [services, title] : rows) EXPECT_EQ(page_of(snapshot_of(services)).title, title);
  EXPECT_EQ(page_of(snapshot_of(three_services())).tab, "1 down");
}

TEST(StatusPage, ShowsEachServiceInARow) {
  const web::Page page = page_of(snapshot_of(three_services()));
  for (const char* part :
       {"<span>website<small>https://example.org/</small></span>", "<span class=\"badge bad\">down</span>",
        "<span class=\"badge warning\">degraded</span> <span class=\"badge warning\">flapping</span>",
        "<span class=\"badge info\">maintenance</span>", "title=\"2026-11-30 09:00:00 UTC\">3 h ago</time>",
        ">12 ms</td>", "<small>24h 99.99 %</small><small>30d 93.00 %</small>",
        "<title>Uptime: 90d unknown, 30d 93.00 %, 7d 99.50 %, 24h 99.99 %, 1h 100 %</title>",
        "no answer within 5s<small>timeout, <time", ">4 min ago</time>", "Look at the load of the service",
        "0 of 3 operational at 2026-11-30 12:00:00 UTC", "1 service is flapping",
        "<a href=\"./?group=shop\">shop</a> <span class=\"badge bad\">1 of 2 down</span>",
        "<a href=\"./?state=down\"><b>1</b> <span>down</span></a>"}) {
    EXPECT_TRUE(shows(page, part)) << part << "\n" << page.body.str();
  }
}

TEST(StatusPage, LeavesOutWhatNobodyNeeds) {
  const web::Page page = page_of(snapshot_of({{.name = "a"}, {.name = "b"}}));
  for (const char* part : {"Last error", "What to look at", "<form", "Groups", "flapping", "Next"})
    EXPECT_FALSE(shows(page, part)) << part;
}

TEST(StatusPage, SaysHowToAddTheFirstService) {
  const web::Page page = page_of({});
  for (const char* part : {"- name: website", "prober: {http:", "/-/reload"})
    EXPECT_TRUE(shows(page, part)) << part;
  EXPECT_FALSE(shows(page, "<table"));
}

TEST(StatusPage, StaysSmallWithManyServices) {
  const web::Page page = page_of(many_services(10000));
  EXPECT_EQ(page.title, "10 services are down");
  EXPECT_LT(page.body.str().size(), 200'000U);
  EXPECT_TRUE(shows(page, "<b>9,980</b> <span>operational</span>"));
  EXPECT_TRUE(shows(page, "1 to 100 of 10,000"));
  EXPECT_TRUE(shows(page, "<a href=\"./?page=2\">Next</a>"));
  EXPECT_TRUE(shows(page, "28 more"));
  std::vector<SampleService> alone;
  alone.reserve(1000);
  for (int i = 0; i < 1000; ++i)
    alone.push_back({.name = fmt::format("s{}", i), .group = fmt::format("g{}", i)});
  const web::Page groups = page_of(snapshot_of(alone));
  EXPECT_LT(groups.body.str().size(), 200'000U);
  EXPECT_TRUE(shows(groups, "<input id=\"group\""));
}

TEST(StatusPage, KeepsTheFilterWhileOneLooksThroughPages) {
  const web::Page page = page_of(many_services(10000), "/?state=operational&q=Service&page=2");
  EXPECT_TRUE(shows(page, "101 to 200 of 9,980"));
  EXPECT_TRUE(shows(page, "href=\"./?state=operational&amp;q=Service&amp;page=3\">Next"));
  EXPECT_TRUE(shows(page, "href=\"./?state=operational&amp;q=Service\">Previous"));
  EXPECT_TRUE(shows(page, "href=\"./?state=down&amp;q=Service\""));
  EXPECT_TRUE(shows(page, "href=\"./?q=Service\" aria-current=\"true\""));
  EXPECT_TRUE(shows(page, "<option value=\"operational\" selected=\"\">"));
  EXPECT_TRUE(shows(page_of(many_services(20), "/?q=nothing"), "No service matches."));
  EXPECT_TRUE(shows(page_of(many_services(20), "/?state=dead"), "role=\"alert\""));
}

TEST(StatusPage, EscapesEveryField) {
  Snapshot snapshot =
      snapshot_of({{.name = kNasty, .group = kNasty, .state = State::Down, .error = kNasty, .target = kNasty},
                   {.name = "b", .group = kNasty + "2"}});
  const auto config = std::make_shared<CheckConfig>(*snapshot.checks[0].config);
  config->recommendation = kNasty;
  snapshot.checks[0].config = config;
  const std::string query = "/?q=%22%3E%3Cscript%3E&group=";
  for (const std::string& target : {std::string("/"), query, query + "%22%3E%3Cscript%3E"}) {
    const web::Page page = page_of(snapshot, target);
    EXPECT_FALSE(shows(page, "<script")) << target;
    EXPECT_FALSE(shows(page, "<b x=")) << target;
    EXPECT_TRUE(shows(page, "&lt;script")) << target;
  }
}

class StatusPageInBrowser : public ::testing::Test {
 protected:
  std::string faults(const Snapshot& snapshot, const std::string& target, const std::string& name) {
    peer_.answer_with([&](const picket::test::PeerRequest& request) {
      if (request.path == "/favicon.ico")
        return picket::test::PeerAnswer{.body = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
                                        .headers = {{"Content-Type", "image/svg+xml"}}};
      const Response response = web::render({.name = "health_exporter", .footer = "version 1"},
                                            page_of(snapshot, request.path + "?" + request.query));
      picket::test::PeerAnswer answer{.body = response.body};
      for (const auto& [field, value] : response.headers) answer.headers.emplace(field, value);
      return answer;
    });
    std::string found = picket::test::page_faults_everywhere(browser_, peer_.url(target), name);
    peer_.answer_with({});  // what it answers with goes
    return found;
  }
  LocalPeer peer_;
  Browser browser_;
};

TEST_F(StatusPageInBrowser, IsFineWithAnyNumberOfServices) {
  EXPECT_EQ(faults({}, "/", "health-0"), "");
  EXPECT_EQ(faults(snapshot_of(three_services()), "/", "health-3"), "");
  EXPECT_EQ(faults(many_services(10000), "/", "health-10000"), "");
  EXPECT_EQ(faults(many_services(10000), "/?state=down", "health-down"), "");
}

TEST_F(StatusPageInBrowser, IsFineWithNamesAsLongAsTheyMayBe) {
  const std::string name(128, 'n');
  const std::string text = std::string(1000, 'e') + " " + kNasty;
  EXPECT_EQ(
      faults(snapshot_of({{.name = name, .group = name, .state = State::Down, .error = text, .target = name},
                          {.name = name + "2", .group = "other"}}),
             "/", "health-long"),
      "");
}

}  // namespace
}  // namespace picket::health
