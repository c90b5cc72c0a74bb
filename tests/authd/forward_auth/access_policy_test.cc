#include "authd/forward_auth/access_policy.h"

#include <gtest/gtest.h>

#include "tests/authd/forward_auth/forward_auth_fixture.h"

namespace picket::authd {
namespace {

TEST(HostPattern, EndsAtTheBoundaryOfALabel) {
  struct Row {
    const char* pattern;
    const char* host;
    bool matches;
  };
  const std::vector<Row> rows = {{"app.example.org", "app.example.org", true},
                                 {"App.Example.org.", "app.example.org", true},
                                 {"app.example.org", "xapp.example.org", false},
                                 {"app.example.org", "a.app.example.org", false},
                                 {"*.example.org", "a.example.org", true},
                                 {"*.example.org", "a.b.example.org", true},
                                 {"*.example.org", "example.org", false},
                                 {"*.example.org", "evilexample.org", false},
                                 {"*.example.org", "example.org.evil", false},
                                 {"b\xc3\xbc"
                                  "cher.example",
                                  "xn--bcher-kva.example", true},
                                 {"[2001:DB8::1]", "2001:db8::1", true},
                                 {"192.0.2.1", "192.0.2.1", true}};
  for (const Row& row : rows) {
    const auto pattern = HostPattern::parse(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern;
    EXPECT_EQ(pattern->matches(row.host), row.matches) << row.pattern << " " << row.host;
  }
  for (const char* pattern : {"", "*", "*.", "a.*", "*a.b", "a b", "app.example.org:443", "https://a"}) {
    EXPECT_FALSE(HostPattern::parse(pattern)) << pattern;
  }
}

TEST(PathPattern, EndsAtTheBoundaryOfASegment) {
  struct Row {
    const char* pattern;
    const char* path;
    bool matches;
  };
  const std::vector<Row> rows = {{"/login", "/login", true},
                                 {"/login", "/login/", true},
                                 {"/login/", "/login", true},
                                 {"/login", "/login/x", false},
                                 {"/login", "/loginx", false},
                                 {"/admin/*", "/admin", true},
                                 {"/admin/*", "/admin/", true},
                                 {"/admin/*", "/admin/x/y", true},
                                 {"/admin/*", "/administration", false},
                                 {"/admin/*", "/Admin/x", false},
                                 {"/*", "/", true},
                                 {"/*", "/x", true},
                                 {"/", "/", true},
                                 {"/", "/x", false},
                                 {"/a b/*", "/a b/c", true},
                                 {"/e\xcc\x81/*", "/\xc3\xa9/x", true},
                                 {"~ ^/v[12]/", "/v1/x", true},
                                 {"~ ^/v[12]/", "/x/v1/", false},
                                 {"~ [.]php$", "/a.php", true},
                                 {"~^/x$", "/x", true}};
  for (const Row& row : rows) {
    const auto pattern = PathPattern::parse(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern;
    EXPECT_EQ(pattern->matches(row.path), row.matches) << row.pattern << " " << row.path;
  }
  for (const char* pattern :
       {"", "admin", "*", "/a/*/b", "/a*", "/a//b", "/a/../b", "/a;b", "~ (", "/a\\b"}) {
    EXPECT_FALSE(PathPattern::parse(pattern)) << pattern;
  }
}

TEST(AccessPolicy, AsksItsRulesInOrderWhateverTheirPathsBeginWith) {
  const ForwardAuthConfig config = config_of(R"(
rules:
  - {name: a, paths: [/x/*], methods: [GET], require: public}
  - {name: b, paths: ["~ ^/x/y"], methods: [POST], require: public}
  - {name: c, paths: [/, /y], require: public}
  - {name: d, paths: [/x/z, /y/*], require: public}
  - {name: e, paths: [/*], methods: [POST], require: public}
  - {name: f, paths: [/x], require: public}
)");
  struct Row {
    const char* method;
    const char* path;
    const char* rule;
  };
  const std::vector<Row> rows = {{"GET", "/x/y", "a"},  {"POST", "/x/y", "b"}, {"PUT", "/x/y", "-"},
                                 {"PUT", "/", "c"},     {"PUT", "/y/", "c"},   {"PUT", "/x/z", "d"},
                                 {"POST", "/x/z", "d"}, {"PUT", "/y/q", "d"},  {"POST", "/q", "e"},
                                 {"POST", "/x", "e"},   {"PUT", "/x", "f"},    {"PUT", "/q", "-"}};
  for (const Row& row : rows) {
    const auto request = request_of(std::string("https://a.example") + row.path, row.method);
    const AccessRule* rule = config.access.find(request, address_of("192.0.2.1"));
    EXPECT_EQ(rule != nullptr ? rule->name : "-", row.rule) << row.method << " " << row.path;
  }
}

TEST(ForwardAuthConfig, IsReadWithEverything) {
  const ForwardAuthConfig config = config_of(R"(
default: deny
rules:
  - hosts: [app.example.org]
    paths: [/x/*]
    methods: [GET]
    networks: [10.0.0.0/8]
    require: two_factors
    roles: [admin]
    users: [Bob]
    scopes: ["metrics:read"]
  - {name: last, require: public}
redirect: {login_url: "https://auth.example.org/login", allowed: ["https://*.example.org"]}
filter: block
filter_without: [scan_wordpress]
)");
  ASSERT_EQ(config.access.rules().size(), 2U);
  const AccessRule& rule = config.access.rules().front();
  EXPECT_EQ(rule.name, "rules[0]");
  EXPECT_EQ(rule.require, Requirement::TwoFactors);
  EXPECT_EQ(rule.roles, std::vector<Role>{Role::Admin});
  EXPECT_EQ(rule.users, std::vector<std::string>{"bob"});
  EXPECT_EQ(rule.scopes, std::vector<std::string>{"metrics:read"});
  EXPECT_EQ(config.access.rules().back().name, "last");
  EXPECT_EQ(config.redirect.login_url, "https://auth.example.org/login");
  EXPECT_TRUE(config.redirect.allowed.safe("https://a.example.org/"));
  EXPECT_EQ(config.filter, FilterMode::Block);
}

TEST(ForwardAuthConfig, DeniesAndDetectsWhenItIsEmpty) {
  const ForwardAuthConfig config = config_of("");
  EXPECT_EQ(config.access.otherwise, Requirement::Deny);
  EXPECT_EQ(config.filter, FilterMode::Detect);
  EXPECT_EQ(config.redirect.login_url, "");
}

TEST(ForwardAuthConfig, SaysWhatIsWrongWithIt) {
  struct Case {
    const char* yaml;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"rules: [{paths: [/x]}]", "require: is required: deny, public, one_factor or two_factors"},
      {"rules: [{require: two_factor}]", "did you mean \"two_factors\"?"},
      {"rules: [{require: public, path: [/x]}]", "unknown key \"path\" (did you mean \"paths\"?)"},
      {"rules: [{require: public, hosts: [\"a:80\"]}]",
       "rules[0].hosts[0]: \"a:80\": must be a host name without port, or *. and a name"},
      {"rules: [{require: public, paths: [x]}]",
       "rules[0].paths[0]: \"x\": no request has this path: the path does not begin with a slash"},
      {"rules: [{require: public, paths: [/a/*/b]}]", "a * can only be the last segment"},
      {"rules: [{require: public, paths: [\"~ (\"]}]", "rules[0].paths[0]: \"~ (\": missing )"},
      {"rules: [{require: public, methods: [get]}]",
       "rules[0].methods[0]: \"get\": methods are in upper case"},
      {"rules: [{require: public, networks: [10.0.0.0/33]}]", "rules[0].networks[0]: \"10.0.0.0/33\""},
      {"rules: [{require: public, roles: [admin]}]",
       "rules[0].roles: needs require: one_factor or two_factors"},
      {"rules: [{require: deny, scopes: [\"a:b\"]}]", "rules[0].scopes: needs require"},
      {"rules: [{require: one_factor, roles: [boss]}]", "rules[0].roles[0]: \"boss\""},
      {"rules: [{require: one_factor, users: [\"a@b\"]}]", "rules[0].users[0]: \"a@b\""},
      {"rules: [{require: one_factor, scopes: [x]}]", "rules[0].scopes[0]: \"x\": a scope is"},
      {"rules: [{require: public}, {paths: [/x], require: deny}]",
       "rules: \"rules[0]\" matches every request: the rules below it are never asked"},
      {"rules: [{name: a, paths: [/x], require: deny}, {name: a, require: deny}]",
       "two rules are named \"a\""},
      {"default: allow", "default"},
      {"owner_networks: [10.0.0.0/8]", "owner_networks: stands at the top of the file"},
      {"redirect: {login_url: /login}", "redirect.login_url: must be an https:// URL"},
      {"redirect: {login_url: \"https://a/\", allowed: [a]}", "redirect.allowed: \"a\" is not of the form"},
      {"filter: on", "filter"},
      {"filter_without: [scan_x]", "filter_without: there is no attack rule \"scan_x\""}};
  for (const Case& c : cases) {
    const auto config = read_config(c.yaml);
    ASSERT_FALSE(config) << c.yaml;
    EXPECT_NE(config.error().message.find(c.message), std::string::npos) << c.yaml << "\n"
                                                                         << config.error().message;
  }
}

}  // namespace
}  // namespace picket::authd
