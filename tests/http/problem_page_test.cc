// Problems are pages for browsers and JSON for programs.
#include "base/http/problem_page.h"

#include <gtest/gtest.h>

#include <latch>

#include "base/http/accept.h"
#include "tests/http/raw_client.h"
#include "tests/http/test_server.h"
#include "tests/support/temp_dir.h"

namespace picket::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kChromium =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";

TEST(PrefersHtml, IsTrueForBrowsersAlone) {
  const std::vector<std::pair<std::string, bool>> cases{
      {kChromium, true},
      {"text/html, application/xhtml+xml, */*", true},
      {"text/html", true},
      {"TEXT/HTML;q=0.9, application/json;q=0.5", true},
      {"text/*, */*;q=0.5", true},
      {"*/*", false},
      {"", false},
      {"application/json", false},
      {"application/json, text/plain, */*", false},
      {"application/problem+json, text/html", false},
      {"text/html, application/json", false},
      {"text/html;q=0", false},
      {"text/html;q=x", false},
      {"text/html;q=0.4, */*;q=0.5", false},
      {"application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1", false}};
  for (const auto& [accept, expected] : cases) {
    EXPECT_EQ(prefers_html({{"Accept", accept}}), expected) << accept;
  }
  EXPECT_FALSE(prefers_html({}));
  EXPECT_TRUE(prefers_html({{"Accept", "*/*;q=0.1"}, {"Accept", "text/html"}})) << "two fields are one list";
}

ProblemPage test_page() {
  return [](const Target& target, const Problem& problem) {
    Response page = Response::html("<p>" + std::to_string(problem.status) + "|" + problem.title + "|" +
                                   problem.detail + "|" + target.path + "|" + problem.headers.get("Allow"));
    page.status = problem.status;
    page.headers.set("Content-Security-Policy", "the page's own");
    return page;
  };
}

class ProblemViews : public testing::Test {
 protected:
  Response shown(const std::string& accept, Response response) const {
    Request request;
    request.target = *Target::parse("/some/where?x=1");
    if (!accept.empty()) request.headers.add("Accept", accept);
    return ProblemView(page_, request).shown(std::move(response));
  }
  ProblemPage page_ = test_page();
};

TEST_F(ProblemViews, KeepTheFieldsOfTheProblemAndThePagesOwn) {
  Response problem = Response::problem(429, "Too many requests", "Wait a little.");
  problem.headers.add("Retry-After", "7");
  problem.headers.add("Vary", "Origin");
  problem.headers.add("Content-Security-Policy", "the problem's");
  const Response page = shown(kChromium, problem);
  EXPECT_EQ(page.status, 429);
  EXPECT_EQ(page.body, "<p>429|Too many requests|Wait a little.|/some/where|");
  EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.get("Retry-After"), "7");
  EXPECT_EQ(page.headers.all("Content-Security-Policy"), std::vector<std::string>{"the page's own"});
  EXPECT_EQ(page.headers.get("Vary"), "Origin, Accept");
  const Response json = shown("*/*", problem);
  EXPECT_EQ(json.body, problem.body);
  EXPECT_EQ(json.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(json.headers.get("Vary"), "Origin, Accept");
}

TEST_F(ProblemViews, LeaveEverythingElseAlone) {
  for (const Response& response :
       {Response::html("x"), Response::text(503, "x"), Response::json(400, "{}")}) {
    const Response same = shown(kChromium, response);
    EXPECT_EQ(same.body, response.body);
    EXPECT_EQ(same.headers.get("Vary"), "");
  }
}

TEST_F(ProblemViews, ShowProblemsWhoseJsonSaysLittle) {
  const std::vector<std::string> bodies{"", "[]", R"({"title":7})", R"({"title":""})",
                                        std::string(100000, '[')};
  for (const std::string& body : bodies) {
    Response problem = Response::problem(403, "", "");
    problem.body = body;
    EXPECT_EQ(shown(kChromium, problem).body, "<p>403|Forbidden||/some/where|");
  }
}

class ProblemServer : public testing::Test {
 protected:
  static std::string get(const std::string& path, const std::string& accept) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: " + accept + "\r\n\r\n";
  }
  const TempDir dir_;
};

TEST_F(ProblemServer, AnswersEachByItsAccept) {
  TestServer server({.limits = {.body = Bytes(10)}, .problem_page = test_page()});
  server.router.post("/only-post", [](const Request&) { return Response::text(200, "x"); });
  server.router.get("/throws", [](const Request&) -> Response { throw std::runtime_error("secret"); });
  server.start();
  RawClient client(server.port());
  const RawResponse missing = client.ask(get("/nothing", kChromium));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, "<p>404|Not Found||/nothing|");
  EXPECT_EQ(missing.field("vary"), "Accept");
  const RawResponse json = client.ask(get("/nothing", "*/*"));
  EXPECT_EQ(json.status, 404);
  EXPECT_EQ(json.field("content-type"), "application/problem+json");
  EXPECT_EQ(json.field("vary"), "Accept");
  const RawResponse method = client.ask(get("/only-post", kChromium));
  EXPECT_EQ(method.body, "<p>405|Method Not Allowed||/only-post|POST, OPTIONS");
  EXPECT_EQ(method.field("allow"), "POST, OPTIONS");
  EXPECT_EQ(client.ask(get("/throws", kChromium)).body, "<p>500|Internal Server Error||/throws|");
  const RawResponse large = RawClient(server.port())
                                .ask(
                                    "POST /only-post HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n"
                                    "Content-Length: 11\r\n\r\nhello world");
  EXPECT_EQ(large.status, 413);
  EXPECT_TRUE(large.body.starts_with("<p>413|")) << large.body;
}

TEST_F(ProblemServer, ShowsPagesOfRefusalsBeforeTheRoute) {
  dir_.write("web.yml", "rate_limit: {interval: 1h, burst: 1}\nbasic_auth_users: {a: $2b$04$" +
                            std::string(53, 'a') + "}");
  TestServer server({.web_config = dir_.file("web.yml"), .problem_page = test_page()});
  server.start();
  RawClient client(server.port());
  const RawResponse stranger = client.ask(get("/x", kChromium));
  EXPECT_EQ(stranger.body, "<p>401|Unauthorized||/x|");
  EXPECT_TRUE(stranger.field("www-authenticate").starts_with("Basic "));
  const RawResponse limited = client.ask(get("/x", kChromium));
  EXPECT_EQ(limited.body, "<p>429|Too Many Requests||/x|");
  EXPECT_EQ(limited.field("retry-after"), "3600");
}

TEST_F(ProblemServer, ShowsAPageOfARequestThatTookTooLong) {
  std::latch done(1);
  TestServer server({.limits = {.request_timeout = 50ms}, .problem_page = test_page()});
  server.router.get("/slow", [&](const Request&) {
    done.wait();
    return Response::text(200, "x");
  });
  server.start();
  const RawResponse answer = RawClient(server.port()).ask(get("/slow", kChromium));
  done.count_down();
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(answer.body.starts_with("<p>503|")) << answer.body;
}

TEST_F(ProblemServer, AnswersAHeadWithoutTheBodyOfThePage) {
  TestServer server({.problem_page = test_page()});
  server.start();
  RawClient client(server.port());
  client.send("HEAD /nothing HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n");
  const RawResponse head = client.response(true);
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.field("content-type"), "text/html; charset=utf-8");
}

}  // namespace
}  // namespace picket::test
