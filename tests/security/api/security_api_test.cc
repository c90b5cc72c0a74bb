// The API by a real server, for somebody unknown and for a user of web.config.yml.
#include "exporters/security/api/security_api.h"

#include <gtest/gtest.h>

#include "base/http/openapi.h"
#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/time/timestamp.h"
#include "tests/security/api/running_api.h"

namespace picket::security {
namespace {

using nlohmann::json;
using picket::test::HttpAnswer;
using test::event;
using test::RunningApi;

constexpr const char* kEvents = "/api/v1/security/events";

class SecurityApiTest : public ::testing::Test {
 protected:
  static json body_of(const HttpAnswer& answer) {
    const auto body = parse_json(answer.body);
    if (!body) ADD_FAILURE() << answer.status << " " << answer.body;
    return body.value_or(json::object());
  }
  json get(const std::string& target) { return body_of(api_.get(target)); }
  json get_as_ops(const std::string& target) { return body_of(api_.get_as_ops(target)); }
  static std::vector<std::string> ids(const json& body) {
    std::vector<std::string> ids;
    for (const json& event : body.at("events")) ids.push_back(event.at("id"));
    return ids;
  }

  RunningApi api_;
};

using Ids = std::vector<std::string>;

TEST_F(SecurityApiTest, AnswersEventsNewestFirst) {
  api_.insert({event(1), event(2)});
  const json body = get_as_ops(kEvents);
  EXPECT_EQ(ids(body), (Ids{"web-0002", "web-0001"}));
  const json expected = {{"id", "web-0001"},
                         {"time", "2026-01-05T12:00:01.000Z"},
                         {"source", "web"},
                         {"kind", "attack"},
                         {"category", "sql_injection"},
                         {"severity", "high"},
                         {"client", "203.0.113.77"},
                         {"account", "alice"},
                         {"summary", "sql_injection from 203.0.113.77 as alice was answered with 200"},
                         {"details", {{"rule", "sqli-union"}, {"status", 200}, {"target", "/item?id=1"}}}};
  EXPECT_EQ(body["events"][1], expected);
  EXPECT_EQ(body["next_cursor"], nullptr);
  EXPECT_EQ(body["masked"], false);
  EXPECT_EQ(api_.get(kEvents).header("Cache-Control"), "no-store");
}

TEST_F(SecurityApiTest, MasksForThoseWhomNobodyKnows) {
  SecurityEvent six = event(2, "2001:db8:7:8::9");
  six.details = R"({"accounts":["bob"],"first":"203.0.113.78"})";
  api_.insert({event(1), six});
  const HttpAnswer answer = api_.get(kEvents);
  for (const char* secret : {"113.77", "113.78", "alice", "bob", "7:8::9"})
    EXPECT_EQ(answer.body.find(secret), std::string::npos) << secret << " in " << answer.body;
  const json body = body_of(answer);
  EXPECT_EQ(body["events"][1]["client"], "203.0.113.0/24");
  EXPECT_EQ(body["events"][0]["client"], "2001:db8:7::/48");
  EXPECT_EQ(body["events"][0]["account"], "a…");
  EXPECT_EQ(body["masked"], true);
  EXPECT_EQ(api_.get_as_stranger(kEvents).status, 401);
}

TEST_F(SecurityApiTest, LetsNobodyGuessWhatIsMasked) {
  api_.insert({event(1), event(2, "203.0.113.9")});
  const std::string client = std::string(kEvents) + "?client=";
  EXPECT_EQ(ids(get_as_ops(client + "203.0.113.77")), Ids{"web-0001"});
  EXPECT_EQ(ids(get(client + "203.0.113.77")).size(), 2U);  // as the network
  EXPECT_EQ(ids(get(client + "203.0.113.200")).size(), 2U);
  EXPECT_EQ(ids(get(client + "203.0.0.0/8")).size(), 2U);
  const std::string text = std::string(kEvents) + "?text=";
  EXPECT_EQ(ids(get_as_ops(text + "113.77")), Ids{"web-0001"});
  EXPECT_EQ(ids(get(text + "113.77")).size(), 0U);
  EXPECT_EQ(ids(get(text + "alice")).size(), 0U);
  EXPECT_EQ(ids(get(text + "item?id")).size(), 0U);
  EXPECT_EQ(ids(get(text + "answered")).size(), 2U);
  EXPECT_EQ(api_.get(std::string(kEvents) + "?account=alice").status, 403);
  EXPECT_EQ(ids(get_as_ops(std::string(kEvents) + "?account=alice")).size(), 2U);
}

TEST_F(SecurityApiTest, FiltersAndPages) {
  std::vector<SecurityEvent> events;
  events.reserve(25);
  for (int n = 0; n < 25; ++n) events.push_back(event(n));
  events[3].severity = Severity::Critical;
  api_.insert(events);
  EXPECT_EQ(
      ids(get(std::string(kEvents) + "?severity=critical&kind=attack&source=web&category=sql_injection")),
      Ids{"web-0003"});
  EXPECT_EQ(ids(get(std::string(kEvents) + "?from=2026-01-05T12:00:23Z&severity=&text=")),
            (Ids{"web-0024", "web-0023"}));
  EXPECT_EQ(ids(get(std::string(kEvents) + "?to=2026-01-05T12:00:01")), Ids{"web-0000"});
  EXPECT_EQ(ids(get(std::string(kEvents) + "?from=2026-01-05T12:01&severity=&text=")), Ids{});
  EXPECT_EQ(ids(get(std::string(kEvents) + "?to=2026-01-05T13:00:01%2B01:00")), Ids{"web-0000"});
  Ids seen;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const json body = get(fmt::format("{}?limit=10&cursor={}", kEvents, cursor));
    for (const std::string& id : ids(body)) seen.push_back(id);
    EXPECT_EQ(body["next_cursor"].is_null(), page == 2);
    cursor = body["next_cursor"].is_null() ? "" : body["next_cursor"].get<std::string>();
  }
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_EQ(seen.back(), "web-0000");
}

TEST_F(SecurityApiTest, SaysWhichParameterIsWrong) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"from=yesterday", "from must be a time such as"},
      {"to=2026-13-01T00:00:00Z", "to must be a time"},
      {"from=9999-01-01T00:00:00Z", "from must be a time"},
      {"from=2026-01-05T12:00:00Z&to=2026-01-05T12:00:00Z", "from must be before to"},
      {"severity=High", "severity must be info, low, medium, high or critical"},
      {"client=nobody", "client must be an address or a network"},
      {"client=203.0.113.0/33", "client must be"},
      {"limit=0", "limit must be a number between 1 and 1000"},
      {"limit=1001", "limit must be"},
      {"limit=99999999999999999999", "limit must be"},
      {"cursor=7", "cursor must be next_cursor"},
      {"cursor=1-", "cursor must be"},
      {"cursor=x-1", "cursor must be"},
      {"cursor=1--1", "cursor must be"},
      {"cursor=9223372036854775807-1", "cursor must be"},
      {"text=%ff", "text must be text in UTF-8"},
      {"kind=" + std::string(300, 'x'), "kind must be text in UTF-8 of at most 256 bytes"}};
  for (const auto& [query, message] : rows) {
    const HttpAnswer answer = api_.get(std::string(kEvents) + "?" + query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.header("Content-Type").substr(0, 24), "application/problem+json") << query;
    EXPECT_NE(answer.body.find(message), std::string::npos) << query << ": " << answer.body;
  }
  EXPECT_EQ(api_.get(std::string(kEvents) + "?cursor=-5-1").status, 200);
}

TEST_F(SecurityApiTest, SaysThatTheStoreDoesNotAnswer) {
  api_.trouble = "disk is full";
  const HttpAnswer answer = api_.get(kEvents);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("disk is full"), std::string::npos) << answer.body;
}

TEST_F(SecurityApiTest, IsValidJsonWhateverBytesTheLogHad) {
  std::vector<SecurityEvent> events;
  std::vector<TopList> top;
  std::vector<PostureTarget> posture;
  const std::vector<std::string> texts = {std::string("nul\0", 4), "\xff\xfe\xed\xa0\x80", test::kNasty,
                                          "\xE2\x80\xAE\xC2\x85\xE2\x80\xA8", std::string(1 << 20, '"')};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    SecurityEvent e = event(static_cast<int>(i));
    e.source = e.kind = e.category = e.client = e.account = e.summary = e.details = texts[i];
    events.push_back(e);
    top.push_back({.measure = "m", .entries = {{texts[i], 1, 0}}});
    posture.push_back(
        {.target = texts[i], .error = texts[i], .findings = {{.summary = texts[i]}}, .passed = {texts[i]}});
  }
  api_.insert(events);
  api_.top = std::move(top);
  api_.posture = std::move(posture);
  for (const char* target : {kEvents, "/api/v1/security/top", "/api/v1/security/posture"}) {
    for (const HttpAnswer& answer : {api_.get(target), api_.get_as_ops(target)}) {
      EXPECT_EQ(answer.status, 200);
      EXPECT_TRUE(parse_json(answer.body)) << answer.body;
      EXPECT_TRUE(is_valid_utf8(answer.body));
      EXPECT_LT(answer.body.size(), 100'000U);
      for (const char* mark : {"\xE2\x80\xAE", "\xE2\x80\xA8", "\xC2\x85"})
        EXPECT_EQ(answer.body.find(mark), std::string::npos) << target;
    }
  }
}

TEST_F(SecurityApiTest, ListsClientsByTheirNetworks) {
  api_.top = {{.measure = "attacks",
               .entries = {{"203.0.113.7/32", 40, 2},
                           {"2001:db8::/64", 30, 0},
                           {"203.0.113.9/32", 20, 1},
                           {"2001:db8:5::/64", 2, 0}}}};
  const json all = get_as_ops("/api/v1/security/top")["lists"][0]["entries"];
  EXPECT_EQ(all[0]["key"], "203.0.113.7");
  EXPECT_EQ(all[1]["key"], "2001:db8::/64");
  EXPECT_EQ(get("/api/v1/security/top")["lists"][0]["entries"],
            (json{{{"key", "203.0.113.0/24"}, {"count", 60}, {"error", 3}, {"claimed", false}},
                  {{"key", "2001:db8::/48"}, {"count", 30}, {"error", 0}, {"claimed", false}},
                  {{"key", "2001:db8:5::/48"}, {"count", 2}, {"error", 0}, {"claimed", false}}}));
}

TEST_F(SecurityApiTest, ListsAddressesThatClientsClaimApart) {
  api_.top = {{.measure = "attacks",
               .entries = {{"203.0.113.7/32", 40, 0, true},
                           {"203.0.113.7/32", 30, 0, false},
                           {"203.0.113.9/32", 20, 0, true}}}};
  EXPECT_EQ(get_as_ops("/api/v1/security/top")["lists"][0]["entries"][0],
            (json{{"key", "203.0.113.7"}, {"count", 40}, {"error", 0}, {"claimed", true}}));
  EXPECT_EQ(get("/api/v1/security/top")["lists"][0]["entries"],
            (json{{{"key", "203.0.113.0/24"}, {"count", 60}, {"error", 0}, {"claimed", true}},
                  {{"key", "203.0.113.0/24"}, {"count", 30}, {"error", 0}, {"claimed", false}}}));
}

TEST_F(SecurityApiTest, ListsTheGreatest) {
  api_.top = {{.measure = "attacks",
               .entries = {{"203.0.113.7", 40, 2}, {"198.51.100.1", 30, 0}, {"203.0.113.9", 20, 1}}},
              {.measure = "requests", .entries = {{"198.51.100.1", 9, 0}}}};
  const json all = get_as_ops("/api/v1/security/top");
  EXPECT_EQ(all["lists"].size(), 2U);
  EXPECT_EQ(all["lists"][0]["entries"][0],
            (json{{"key", "203.0.113.7"}, {"count", 40}, {"error", 2}, {"claimed", false}}));
  const json attacks = get("/api/v1/security/top?measure=attacks");
  ASSERT_EQ(attacks["lists"].size(), 1U);
  EXPECT_EQ(attacks["lists"][0]["entries"],
            (json{{{"key", "203.0.113.0/24"}, {"count", 60}, {"error", 3}, {"claimed", false}},
                  {{"key", "198.51.100.0/24"}, {"count", 30}, {"error", 0}, {"claimed", false}}}));
  EXPECT_EQ(attacks["masked"], true);
  const HttpAnswer unknown = api_.get("/api/v1/security/top?measure=shoes");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_NE(unknown.body.find("attacks, requests"), std::string::npos) << unknown.body;
}

TEST_F(SecurityApiTest, RefusesParametersThatThereAreNot) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"events?severty=high",
       "there is no parameter \"severty\" (did you mean \"severity\"?): there are from, "},
      {"events?limit=5&page=2", "there is no parameter \"page\""},
      {"top?mesure=attacks", "(did you mean \"measure\"?)"},
      {"posture?target=a", "there is no parameter \"target\""}};
  for (const auto& [target, message] : rows) {
    const json answer = get("/api/v1/security/" + target);
    EXPECT_EQ(answer["status"], 400) << target;
    EXPECT_NE(answer["detail"].get<std::string>().find(message), std::string::npos) << answer;
  }
}

TEST_F(SecurityApiTest, DescribesThePosture) {
  api_.posture = {{.target = "https://shop.example:443",
                   .score = 0.75,
                   .scanned = *parse_rfc3339("2026-01-05T11:00:00Z"),
                   .findings = {{.check = "tls_protocol",
                                 .severity = Severity::High,
                                 .summary = "TLS 1.0 is accepted",
                                 .what_to_do = "Allow TLS 1.2 and 1.3 alone"}},
                   .passed = {"the certificate is trusted"}},
                  {.target = "https://new.example:443", .error = "connection refused"}};
  const json targets = get("/api/v1/security/posture").at("targets");
  EXPECT_EQ(targets[0]["score"], 0.75);
  EXPECT_EQ(targets[0]["scanned"], "2026-01-05T11:00:00.000Z");
  EXPECT_EQ(targets[0]["findings"][0]["severity"], "high");
  EXPECT_EQ(targets[0]["findings"][0]["what_to_do"], "Allow TLS 1.2 and 1.3 alone");
  EXPECT_EQ(targets[0]["passed"][0], "the certificate is trusted");
  EXPECT_EQ(targets[1]["score"], nullptr);
  EXPECT_EQ(targets[1]["error"], "connection refused");
}

TEST(SecurityApiRoutes, StandInOpenApi) {
  Router router;
  SecurityApi api({});
  api.add_routes(router);
  const auto document = render_openapi(router, {.title = "security_exporter", .version = "1"});
  ASSERT_TRUE(document) << document.error().message;
  const auto paths = parse_json(*document)->at("paths");
  const json& parameters = paths.at(kEvents).at("get").at("parameters");
  EXPECT_EQ(parameters.size(), 11U);
  EXPECT_EQ(paths.at("/api/v1/security/top").at("get").at("parameters").size(), 1U);
  EXPECT_TRUE(paths.contains("/api/v1/security/posture"));
}

}  // namespace
}  // namespace picket::security
