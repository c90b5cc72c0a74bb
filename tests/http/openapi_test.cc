#include "base/http/openapi.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "base/text/strings.h"

namespace picket {
namespace {

using Json = nlohmann::json;

Response nothing(const Request&) {
  return {};
}

Router sample_router() {
  Router router;
  router.get("/", nothing);
  router.get("/api/v1/users", nothing,
             {.summary = "All <users>",
              .tag = "Users",
              .description = "By page.",
              .parameters = {{.name = "limit", .description = "at most", .type = "integer"},
                             {.name = "X-Trace", .place = "header", .required = true}},
              .response_schema = "UserList",
              .security = "bearer"});
  router.post("/api/v1/users", nothing,
              {.tag = "Users", .request_schema = "NewUser", .response_schema = "User"});
  router.del("/api/v1/users/{id}", nothing, {.tag = "Users"});
  router.post("/leave", nothing, {.request_schema = "Leave"});
  router.get("/static/{rest...}", nothing);
  router.get("/a/b", nothing);
  router.get("/a_b", nothing);
  router.get("/a-b", nothing);
  return router;
}

OpenApi sample_about() {
  return {
      .title = "authd & friends",
      .version = "1.2",
      .description = "x",
      .schemas =
          R"({"User":{"type":"object","description":"</pre><script>"},"NewUser":{"required":["name"]},"Leave":{},"UserList":{}})",
      .security_schemes = R"({"bearer":{"type":"http","scheme":"bearer"}})"};
}

Json document() {
  const auto text = render_openapi(sample_router(), sample_about());
  EXPECT_TRUE(text) << text.error().message;
  return Json::parse(text.value_or("{}"));
}

TEST(OpenApi, HoldsEveryRouteUnderAnIdOfItsOwn) {
  const Json paths = document().at("paths");
  std::set<std::string> ids;
  std::size_t operations = 0;
  for (const auto& [path, methods] : paths.items()) {
    for (const auto& [method, operation] : methods.items()) {
      ++operations;
      ids.insert(operation.at("operationId").get<std::string>());
    }
  }
  EXPECT_EQ(operations, sample_router().routes().size());
  EXPECT_EQ(ids.size(), operations);
  const Router router = sample_router();
  for (const Route& route : router.routes()) {
    const std::string path = replace_all(route.pattern, "...}", "}");
    EXPECT_TRUE(paths.at(path).contains(to_lower(to_string(route.method)))) << path;
  }
  EXPECT_EQ(paths.at("/api/v1/users/{id}").at("delete").at("operationId"), "delete_api_v1_users_by_id");
}

TEST(OpenApi, SaysWhatARouteTakesAndAnswers) {
  const Json all = document();
  EXPECT_EQ(all.at("openapi"), "3.1.0");
  EXPECT_EQ(all.at("info").at("title"), "authd & friends");
  const Json list = all.at("paths").at("/api/v1/users").at("get");
  EXPECT_EQ(list.at("tags"), Json::array({"Users"}));
  EXPECT_EQ(list.at("summary"), "All <users>");
  EXPECT_EQ(list.at("parameters").at(0).at("schema").at("type"), "integer");
  EXPECT_EQ(list.at("parameters").at(1),
            Json::parse(R"({"name":"X-Trace","in":"header","required":true,"schema":{"type":"string"}})"));
  EXPECT_EQ(list.at("security"), Json::parse(R"([{"bearer":[]}])"));
  EXPECT_EQ(list.at("responses").at("2XX").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/UserList");
  EXPECT_EQ(
      list.at("responses").at("default").at("content").at("application/problem+json").at("schema").at("$ref"),
      "#/components/schemas/Problem");
  const Json create = all.at("paths").at("/api/v1/users").at("post");
  EXPECT_EQ(create.at("requestBody").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/NewUser");
  EXPECT_EQ(create.at("requestBody").at("required"), true);
  EXPECT_EQ(all.at("paths").at("/leave").at("post").at("requestBody").at("required"), false);
  EXPECT_EQ(create.at("security"), Json::array());
  const Json rest = all.at("paths").at("/static/{rest}").at("get").at("parameters").at(0);
  EXPECT_EQ(rest, Json::parse(R"({"name":"rest","in":"path","required":true,"schema":{"type":"string"}})"));
  EXPECT_TRUE(all.at("components").at("schemas").contains("Problem"));
  EXPECT_EQ(all.at("components").at("securitySchemes").at("bearer").at("scheme"), "bearer");
}

TEST(OpenApi, RefusesNamesThatAreNotThere) {
  struct Row {
    RouteOptions options;
    std::string schemas, message;
  };
  const std::vector<Row> rows = {{{.request_schema = "User"}, "{}", "/x: there is no schema \"User\""},
                                 {{.response_schema = "User"}, "{}", "/x: there is no schema \"User\""},
                                 {{.security = "bearer"}, "{}", "/x: there is no security scheme \"bearer\""},
                                 {{}, "[]", "the schemas are no JSON object"},
                                 {{}, "{", "the schemas are no JSON object"}};
  for (const Row& row : rows) {
    Router router;
    router.get("/x", nothing, row.options);
    const auto text = render_openapi(router, {.schemas = row.schemas});
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().message, row.message);
    EXPECT_FALSE(openapi_page(router, {.schemas = row.schemas}));
  }
}

TEST(OpenApiPage, ShowsEveryRouteWithoutScriptOrNetwork) {
  const auto page = openapi_page(sample_router(), sample_about());
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_NE(page->body.find("<h1>authd &amp; friends 1.2</h1>"), std::string::npos);
  EXPECT_NE(page->body.find("All &lt;users&gt;"), std::string::npos);
  EXPECT_NE(page->body.find("<h2>Users</h2>"), std::string::npos);
  EXPECT_NE(page->body.find("<h3 id=\"schema-User\">"), std::string::npos);
  const Router router = sample_router();
  for (const Route& route : router.routes()) {
    const std::string path = "<code>" + replace_all(route.pattern, "...}", "}") + "</code>";
    EXPECT_NE(page->body.find(path), std::string::npos) << path;
  }
  for (const char* outside :
       {"<script", "http://", "https://", "//", "src=", "@import", "url(", "style=\""}) {
    EXPECT_EQ(page->body.find(outside), std::string::npos) << outside;
  }
}

TEST(OpenApiPage, AllowsItsOwnStyleAlone) {
  const auto page = openapi_page(sample_router(), sample_about());
  ASSERT_TRUE(page);
  const std::size_t open = page->body.find("<style>") + 7;
  const std::string style = page->body.substr(open, page->body.find("</style>") - open);
  const std::string policy = page->headers.get("Content-Security-Policy");
  EXPECT_TRUE(
      policy.starts_with("default-src 'none'; style-src 'sha256-" + base64_encode(sha256(style)) + "'"))
      << policy;
}

}  // namespace
}  // namespace picket
