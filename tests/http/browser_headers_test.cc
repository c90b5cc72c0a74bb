#include <gtest/gtest.h>

#include "base/http/cors.h"
#include "base/http/security_headers.h"

namespace picket {
namespace {

template <class T>
Result<T> read(std::string_view yaml) {
  const RealFiles files;
  return parse_config<T>(yaml, "x.yml", files);
}

TEST(SecurityHeaders, CloseEverythingByDefault) {
  Response response = Response::html("x");
  SecurityHeaders().apply(response);
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
      {"X-Frame-Options", "DENY"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Embedder-Policy", "require-corp"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Origin-Agent-Cluster", "?1"}};
  for (const auto& [name, value] : rows) EXPECT_EQ(response.headers.get(name), value) << name;
  const std::string policy = response.headers.get("Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'")) << policy;
  EXPECT_TRUE(policy.ends_with("frame-ancestors 'none'")) << policy;
  EXPECT_NE(response.headers.get("Permissions-Policy").find("camera=()"), std::string::npos);
  EXPECT_EQ(response.headers.size(), 11U);
}

TEST(SecurityHeaders, LeaveWhatAResponseSaysItself) {
  Response response = Response::html("x");
  response.headers.add("content-security-policy", "default-src 'self'");
  SecurityHeaders().apply(response);
  EXPECT_EQ(response.headers.all("Content-Security-Policy"), std::vector<std::string>{"default-src 'self'"});
}

TEST(SecurityHeaders, AreConfigured) {
  const auto headers = read<SecurityHeaders>("{frame_options: SAMEORIGIN, strict_transport_security: \"\"}");
  ASSERT_TRUE(headers) << headers.error().message;
  Response response;
  headers->apply(response);
  EXPECT_EQ(response.headers.get("X-Frame-Options"), "SAMEORIGIN");
  EXPECT_EQ(response.headers.find("Strict-Transport-Security"), nullptr);
  EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(read<SecurityHeaders>("{frame_options: \"a\\r\\nX: y\"}"));
  EXPECT_FALSE(read<SecurityHeaders>("{frame_option: DENY}"));
}

TEST(SecurityHeaders, CanBeLeftOut) {
  SecurityHeaders headers;
  headers.leave_out("Strict-Transport-Security");
  Response response;
  headers.apply(response);
  EXPECT_EQ(response.headers.find("Strict-Transport-Security"), nullptr);
  EXPECT_EQ(response.headers.get("X-Frame-Options"), "DENY");
}

Cors sample() {
  return {.origins = {"https://app.example.org", "http://127.0.0.1:3000"},
          .methods = {"GET", "PUT"},
          .exposed = {"RateLimit"},
          .credentials = true};
}

Request request_of(Method method, Headers headers) {
  Request request;
  request.method = method;
  request.headers = std::move(headers);
  return request;
}

TEST(Cors, AnswersAPreflight) {
  struct Row {
    Headers headers;
    bool allowed;
  };
  const std::string app = "https://app.example.org";
  const std::string method = "Access-Control-Request-Method";
  const std::string names = "Access-Control-Request-Headers";
  const std::vector<Row> rows = {
      {{{"Origin", app}, {method, "PUT"}}, true},
      {{{"Origin", app}, {method, "PUT"}, {names, "content-type, authorization"}}, true},
      {{{"Origin", app}, {method, "DELETE"}}, false},
      {{{"Origin", app}, {method, "put"}}, false},
      {{{"Origin", app}, {method, "PUT"}, {names, "x-evil"}}, false},
      {{{"Origin", app}, {method, "PUT"}, {names, "content-type,"}}, false},
      {{{"Origin", "https://evil.example"}, {method, "PUT"}}, false},
      {{{"Origin", "https://sub.app.example.org"}, {method, "PUT"}}, false},
      {{{"Origin", "http://app.example.org"}, {method, "PUT"}}, false},
      {{{"Origin", app + ".evil.example"}, {method, "PUT"}}, false},
      {{{"Origin", "null"}, {method, "PUT"}}, false},
      {{{"Origin", app}, {"Origin", app}, {method, "PUT"}}, false}};
  for (const Row& row : rows) {
    const auto response = sample().preflight(request_of(Method::Options, row.headers));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 204);
    EXPECT_EQ(response->headers.get("Access-Control-Allow-Origin"), row.allowed ? app : "");
    EXPECT_EQ(response->headers.get("Access-Control-Allow-Methods"), row.allowed ? "GET, PUT" : "");
    EXPECT_EQ(response->headers.get("Access-Control-Max-Age"), row.allowed ? "600" : "");
    EXPECT_EQ(response->headers.get("Access-Control-Allow-Headers"),
              row.allowed ? "Authorization, Content-Type" : "");
    EXPECT_EQ(response->headers.get("Access-Control-Allow-Credentials"), row.allowed ? "true" : "");
    EXPECT_TRUE(response->headers.get("Vary").starts_with("Origin, "));
  }
}

TEST(Cors, LeavesAloneWhatIsNoPreflight) {
  const Headers whole = {{"Origin", "https://app.example.org"}, {"Access-Control-Request-Method", "PUT"}};
  EXPECT_FALSE(sample().preflight(request_of(Method::Get, whole)));
  EXPECT_FALSE(sample().preflight(request_of(Method::Options, {{"Origin", "https://app.example.org"}})));
  EXPECT_FALSE(sample().preflight(request_of(Method::Options, {{"Access-Control-Request-Method", "PUT"}})));
  EXPECT_FALSE(Cors{}.preflight(request_of(Method::Options, whole)));
}

TEST(Cors, LetsListedOriginsReadTheAnswer) {
  Response mine;
  mine.headers.add("Vary", "Accept-Encoding");
  sample().apply(request_of(Method::Get, {{"Origin", "http://127.0.0.1:3000"}}), mine);
  EXPECT_EQ(mine.headers.get("Access-Control-Allow-Origin"), "http://127.0.0.1:3000");
  EXPECT_EQ(mine.headers.get("Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(mine.headers.get("Access-Control-Expose-Headers"), "RateLimit");
  EXPECT_EQ(mine.headers.get("Vary"), "Accept-Encoding, Origin");

  Response foreign;
  sample().apply(request_of(Method::Get, {{"Origin", "https://evil.example"}}), foreign);
  EXPECT_EQ(foreign.headers.get("Vary"), "Origin");
  EXPECT_EQ(foreign.headers.size(), 1U);

  Response none;
  Cors{}.apply(request_of(Method::Get, {{"Origin", "https://evil.example"}}), none);
  EXPECT_EQ(none.headers.size(), 0U);
}

TEST(Cors, LetsNoCookiesAlongAndNothingMoreBeReadUnlessItIsConfigured) {
  const Cors plain{.origins = {"https://app.example.org"}, .exposed = {}};
  const Headers headers = {{"Origin", "https://app.example.org"}, {"Access-Control-Request-Method", "POST"}};
  const auto preflight = plain.preflight(request_of(Method::Options, headers));
  ASSERT_TRUE(preflight);
  Response answer;
  plain.apply(request_of(Method::Get, headers), answer);
  for (const Response& response : {*preflight, answer}) {
    EXPECT_EQ(response.headers.get("Access-Control-Allow-Origin"), "https://app.example.org");
    EXPECT_EQ(response.headers.find("Access-Control-Allow-Credentials"), nullptr);
    EXPECT_EQ(response.headers.find("Access-Control-Expose-Headers"), nullptr);
  }
}

TEST(Cors, IsConfiguredWithExactOrigins) {
  const auto cors = read<Cors>("{origins: [\"https://a.example\"], credentials: true, max_age: 1m}");
  ASSERT_TRUE(cors) << cors.error().message;
  EXPECT_TRUE(cors->credentials);
  EXPECT_EQ(cors->max_age, std::chrono::minutes(1));
  for (const char* origin : {"*", "null", "a.example", "https://a.example/", "https://A.example",
                             "https://a.example:443", "http://a.example:80", "https://*.a.example",
                             "ftp://a.example", "https://", "https://a.example:", ""}) {
    EXPECT_FALSE(read<Cors>(fmt::format("{{origins: [\"{}\"]}}", origin))) << origin;
  }
  EXPECT_FALSE(read<Cors>("methods: [\"*\"]"));
  EXPECT_FALSE(read<Cors>("headers: [\"a b\"]"));
  EXPECT_FALSE(read<Cors>("exposed: [\"*\"]"));
  EXPECT_FALSE(read<Cors>("headers: [\"\"]"));
  EXPECT_FALSE(read<Cors>("max_age: -1s"));
  EXPECT_TRUE(read<Cors>("{origins: [\"http://a.example:443\", \"https://[::1]:8443\"], max_age: 0s}"));
}

}  // namespace
}  // namespace picket
