#include "base/http/message.h"

#include <gtest/gtest.h>

#include "base/http/router.h"

namespace picket {
namespace {

TEST(Target, DecodesPathAndQueryOnce) {
  const std::optional<Target> target = Target::parse("/a%20b/%2525?x=1+2&y=%26&y=&flag&=z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/%25");
  EXPECT_EQ(*target->param("x"), "1 2");
  EXPECT_EQ(target->params("y"), (std::vector<std::string>{"&", ""}));
  EXPECT_EQ(*target->param("flag"), "");
  EXPECT_EQ(*target->param(""), "z");
  EXPECT_EQ(target->param("no"), nullptr);
  EXPECT_EQ(target->raw, "/a%20b/%2525?x=1+2&y=%26&y=&flag&=z");
}

TEST(Target, RefusesWhatIsNoTarget) {
  for (const std::string_view raw : {"", "a", "/%", "/%4", "/%zz", "/%00", "/?a=%0", "/?%gg=1", "/a b",
                                     "/a#b", "/a\tb", "/a\x7f", "http://x/"}) {
    EXPECT_FALSE(Target::parse(raw)) << raw;
  }
}

TEST(Target, TakesRawUtf8AsOtherServersDo) {
  ASSERT_TRUE(Target::parse("/caf\xc3\xa9"));
  EXPECT_EQ(Target::parse("/caf\xc3\xa9")->path, "/caf\xc3\xa9");
}

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers{{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  EXPECT_EQ(headers.get("content-type"), "text/plain");
  EXPECT_EQ(headers.all("X-a"), (std::vector<std::string>{"1", "2"}));
  headers.set("x-A", "3");
  EXPECT_EQ(headers.all("X-A"), (std::vector<std::string>{"3"}));
  headers.remove("X-A");
  EXPECT_EQ(headers.find("X-A"), nullptr);
  EXPECT_EQ(headers.get("X-A", "none"), "none");
}

TEST(Method, RoundTripsThroughText) {
  for (const Method method : {Method::Get, Method::Head, Method::Post, Method::Put, Method::Delete,
                              Method::Patch, Method::Options}) {
    EXPECT_EQ(parse_method(to_string(method)), method);
  }
  EXPECT_FALSE(parse_method("get"));
  EXPECT_FALSE(parse_method("TRACE"));
}

TEST(Response, ProblemIsJsonWhateverTheTextIs) {
  const Response response = Response::problem(422, "Bad \"thing\"", "line\nfeed");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Bad \"thing\"","status":422,"detail":"line\nfeed"})");
}

Response named(const Request&) {
  return {};
}

class RouterMatch : public testing::Test {
 protected:
  RouterMatch() {
    router_.get("/", named);
    router_.get("/metrics", named);
    router_.get("/services/{name}", named);
    router_.put("/services/{name}", named);
    router_.get("/services/all", named);
    router_.get("/services/{name}/log", named);
    router_.get("/files/{path...}", named);
    router_.post("/-/reload", named);
  }
  std::string pattern(Method method, std::string_view path) const {
    const Router::Match match = router_.match(method, path);
    return match.route ? match.route->pattern : "allow:" + match.allow;
  }
  Router router_;
};

TEST_F(RouterMatch, FindsTheMostLiteralRoute) {
  EXPECT_EQ(pattern(Method::Get, "/"), "/");
  EXPECT_EQ(pattern(Method::Get, "/services/all"), "/services/all");
  EXPECT_EQ(pattern(Method::Get, "/services/redis"), "/services/{name}");
  EXPECT_EQ(pattern(Method::Get, "/services/redis/log"), "/services/{name}/log");
  EXPECT_EQ(pattern(Method::Get, "/files/a/b/c"), "/files/{path...}");
  EXPECT_EQ(pattern(Method::Put, "/services/all"), "/services/{name}")
      << "the literal one is another method's";
}

TEST_F(RouterMatch, TellsNotFoundFromNotAllowed) {
  EXPECT_EQ(pattern(Method::Get, "/metrics/foo"), "allow:");
  EXPECT_EQ(pattern(Method::Get, "/metrics/"), "allow:");
  EXPECT_EQ(pattern(Method::Get, "/services/"), "allow:");
  EXPECT_EQ(pattern(Method::Post, "/metrics"), "allow:GET, HEAD, OPTIONS");
  EXPECT_EQ(pattern(Method::Delete, "/services/x"), "allow:GET, HEAD, PUT, OPTIONS");
  EXPECT_EQ(pattern(Method::Get, "/-/reload"), "allow:POST, OPTIONS");
}

TEST_F(RouterMatch, GivesTheParts) {
  const Router::Match one = router_.match(Method::Head, "/services/redis");
  ASSERT_TRUE(one.route);
  EXPECT_EQ(one.params, (std::vector<std::pair<std::string, std::string>>{{"name", "redis"}}));
  const Router::Match rest = router_.match(Method::Get, "/files/a/b.txt");
  EXPECT_EQ(rest.params.at(0).second, "a/b.txt");
  const Router::Match odd = router_.match(Method::Get, "/services/{name}");
  EXPECT_EQ(odd.params.at(0).second, "{name}") << "a path that looks like a pattern is a path";
}

}  // namespace
}  // namespace picket
