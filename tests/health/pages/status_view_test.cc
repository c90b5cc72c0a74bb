#include "exporters/health/pages/status_view.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/health/pages/sample_services.h"

namespace picket::health {
namespace {

using test::many_services;
using test::snapshot_of;

std::vector<std::string> names_of(const StatusView& view) {
  std::vector<std::string> names;
  names.reserve(view.services.size());
  for (const ServiceView& service : view.services) names.push_back(service.name);
  return names;
}

StatusQuery query_of(const std::string& target) {
  return parse_status_query(*Target::parse(target));
}

TEST(StatusView, ShowsTheWorstFirst) {
  const StatusView view = status_view(snapshot_of({{.name = "fine", .group = "a"},
                                                   {.name = "works", .state = State::Maintenance},
                                                   {.name = "slow", .state = State::Degraded},
                                                   {.name = "new", .state = State::Unknown},
                                                   {.name = "dead", .group = "z", .state = State::Down},
                                                   {.name = "nervous", .group = "z", .flapping = true},
                                                   {.name = "broken", .group = "b", .state = State::Down}}),
                                      {});
  EXPECT_EQ(names_of(view),
            (std::vector<std::string>{"broken", "dead", "new", "slow", "works", "nervous", "fine"}));
  EXPECT_EQ(view.counts, (StateCounts{2, 1, 2, 1, 1}));
  EXPECT_EQ(view.flapping, 1U);
  EXPECT_EQ(view.total, 7U);
}

TEST(StatusView, CopiesWhatTheApiShows) {
  const StatusView view = status_view(
      snapshot_of({{.name = "api", .group = "core", .state = State::Down, .error = "no answer"}}), {});
  const ServiceView& api = view.services.at(0);
  EXPECT_EQ(api.kind, "fake");
  EXPECT_EQ(api.target, "https://example.org/");
  EXPECT_EQ(api.latency, std::chrono::microseconds(12340));
  EXPECT_EQ(api.last_error->message, "no answer");
  EXPECT_NE(api.recommendation.find("load of the service"), std::string::npos) << api.recommendation;
}

TEST(StatusView, FiltersByStateGroupAndText) {
  const Snapshot snapshot =
      snapshot_of({{.name = "api", .group = "core", .state = State::Down},
                   {.name = "web", .group = "core"},
                   {.name = "blog", .group = "Marketing", .target = "https://BLOG.example/"},
                   {.name = "db", .group = "data", .state = State::Down}});
  const std::vector<std::pair<std::string, std::vector<std::string>>> rows = {
      {"/", {"api", "db", "blog", "web"}},
      {"/?state=down", {"api", "db"}},
      {"/?group=core", {"api", "web"}},
      {"/?state=down&group=core", {"api"}},
      {"/?q=MARKET", {"blog"}},
      {"/?q=blog.exa", {"blog"}},
      {"/?q=we", {"web"}},
      {"/?group=cor", {}},
      {"/?q=nothing", {}}};
  for (const auto& [target, names] : rows) {
    const StatusView view = status_view(snapshot, query_of(target));
    EXPECT_EQ(names_of(view), names) << target;
    EXPECT_EQ(view.matching, names.size()) << target;
    EXPECT_EQ(view.total, 4U) << target;
  }
}

TEST(StatusView, CallsGroupsByTheirTitles) {
  Snapshot snapshot = snapshot_of({{.name = "api", .group = "core"}, {.name = "blog", .group = "other"}});
  const auto config = std::make_shared<HealthConfig>();
  config->groups = {{"core", "Core <services>"}, {"other", ""}};
  snapshot.config = config;
  const StatusView view = status_view(snapshot, query_of("/?q=core%20%3Cserv"));
  EXPECT_EQ(names_of(view), std::vector<std::string>{"api"});
  EXPECT_EQ(view.services.at(0).group, "Core <services>");
  EXPECT_EQ(view.groups.at(0).title, "Core <services>");
  EXPECT_EQ(view.groups.at(1).title, "other");
}

TEST(StatusView, IsBoundedAndHasPages) {
  const Snapshot snapshot = many_services(10000);
  const StatusView first = status_view(snapshot, {});
  EXPECT_EQ(first.services.size(), kServicesPerPage);
  EXPECT_EQ(first.services.at(9).state, State::Down);
  EXPECT_EQ(first.services.at(19).state, State::Degraded);
  EXPECT_EQ(first.services.at(20).state, State::Operational);
  EXPECT_EQ(first.groups.size(), 40U);
  EXPECT_EQ(first.groups.at(0).worst, State::Down);
  std::set<std::string> seen;
  for (std::size_t page = 1; page <= 100; ++page) {
    for (const std::string& name :
         names_of(status_view(snapshot, query_of("/?page=" + std::to_string(page)))))
      seen.insert(name);
  }
  EXPECT_EQ(seen.size(), 10000U);
  const StatusView past = status_view(snapshot, query_of("/?page=9999999999"));
  EXPECT_EQ(past.query.page, 100U);
  EXPECT_EQ(past.first, 9900U);
}

TEST(StatusView, HasNothingOfNothing) {
  const StatusView view = status_view({}, query_of("/?page=3&state=down"));
  EXPECT_EQ(view.total, 0U);
  EXPECT_TRUE(view.services.empty());
  EXPECT_TRUE(view.groups.empty());
  EXPECT_EQ(view.query.page, 1U);
}

TEST(StatusQuery, IsReadAndWritten) {
  for (const char* url :
       {"./", "./?state=down", "./?group=a%26b%20%22c%22", "./?state=unknown&group=x&q=%3Cb%3E&page=3"}) {
    const StatusQuery query = query_of(std::string(url).substr(1));
    EXPECT_EQ(url_of(query), url);
    EXPECT_FALSE(query.is_odd) << url;
  }
  for (const char* odd : {"/?state=dead", "/?state=Down", "/?page=0", "/?page=-1", "/?page=x", "/?page=1e3",
                          "/?page=99999999999999999999"}) {
    EXPECT_TRUE(query_of(odd).is_odd) << odd;
    EXPECT_EQ(url_of(query_of(odd)), "./") << odd;
  }
}

}  // namespace
}  // namespace picket::health
