#include "authd/forward_auth/decision.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/authd/forward_auth/forward_auth_fixture.h"
#include "tests/authd/forward_auth/people_fixture.h"

namespace picket::authd {
namespace {

constexpr std::string_view kRules = R"(
rules:
  - {name: health, paths: [/healthz], require: public}
  - {name: metrics, hosts: [app.example.org], paths: [/metrics], methods: [GET], require: one_factor, scopes: ["metrics:read"]}
  - {name: admin, hosts: ["*.example.org"], paths: [/admin/*], require: two_factors, roles: [admin, owner]}
  - {name: wiki, hosts: [wiki.example.org], require: one_factor, users: [Bob], roles: [manager]}
  - {name: office, hosts: [lan.example.org], networks: [10.0.0.0/8, 2001:db8::/32], require: one_factor}
  - {name: write, hosts: [app.example.org], methods: [POST, PUT, DELETE], paths: ["~ ^/v[12]/"], require: two_factors}
  - {name: closed, hosts: [app.example.org], paths: [/internal/*], require: deny}
  - {name: rest, hosts: [app.example.org, lan.example.org], require: one_factor}
)";

/// "allow granted rest", with a '+' when the application is told who asks.
std::string text_of(const AccessDecision& decision) {
  return fmt::format("{} {} {}{}", to_string(decision.verdict), to_string(decision.reason),
                     decision.rule != nullptr ? decision.rule->name : "-",
                     decision.shows_identity ? " +" : "");
}

struct DecisionRow {
  std::string url;
  std::optional<Identity> identity;
  std::string decision;
  std::string method = "GET";
  std::string client = "192.0.2.1";
};

void expect_rows(std::string_view yaml, const std::vector<DecisionRow>& rows,
                 const OwnerNetworks& owners = {}) {
  ForwardAuthConfig config = config_of(yaml);
  config.access.owners = owners;
  for (const DecisionRow& row : rows) {
    const AccessDecision decision =
        decide(request_of(row.url, row.method), row.identity ? &*row.identity : nullptr,
               address_of(row.client), config.access);
    EXPECT_EQ(text_of(decision), row.decision) << row.method << " " << row.url;
  }
}

TEST(AccessDecision, IsThatOfTheFirstRuleThatMatches) {
  const Identity user = person(Role::User);
  const std::string app = "https://app.example.org";
  expect_rows(kRules, {{app + "/healthz", std::nullopt, "allow public health"},
                       {app + "/healthz/", std::nullopt, "allow public health"},
                       {app + "/healthz/x", std::nullopt, "unauthenticated no_identity rest"},
                       {app + "/healthzx", std::nullopt, "unauthenticated no_identity rest"},
                       {"https://other.example/healthz", std::nullopt, "allow public health"},
                       {app + "/x", user, "allow granted rest +"},
                       {app + "/admin", user, "forbidden not_listed admin"},
                       {app + "/admin/users", user, "forbidden not_listed admin"},
                       {app + "/administration", user, "allow granted rest +"},
                       {app + "/Admin", user, "allow granted rest +"},
                       {app + "/internal/x", user, "forbidden denied_by_rule closed"},
                       {app + "/internal/x", std::nullopt, "forbidden denied_by_rule closed"},
                       {app + "/v1/x", half(Role::User), "needs_second_factor one_factor_only write", "POST"},
                       {app + "/v1/x", user, "allow granted write +", "DELETE"},
                       {app + "/v1/x", half(Role::User), "allow granted rest +"},
                       {app + "/v3/x", half(Role::User), "allow granted rest +", "POST"},
                       {"https://APP.example.org:443/internal/x", user, "forbidden denied_by_rule closed"}});
}

TEST(AccessDecision, IsToForbidWhatNoRuleMatches) {
  expect_rows(
      kRules,
      {{"https://other.example/x", person(Role::Owner), "forbidden denied_by_default -"},
       {"https://other.example/x", std::nullopt, "forbidden denied_by_default -"},
       {"https://example.org/admin", person(Role::Owner), "forbidden denied_by_default -"},
       {"https://app.example.org.evil.example/", person(Role::Owner), "forbidden denied_by_default -"},
       {"https://evilexample.org/admin", person(Role::Owner), "forbidden denied_by_default -"}});
  expect_rows("", {{"https://app.example.org/x", person(Role::Owner), "forbidden denied_by_default -"}});
  expect_rows("default: one_factor",
              {{"https://app.example.org/x", person(Role::User), "allow granted - +"},
               {"https://app.example.org/x", std::nullopt, "unauthenticated no_identity -"},
               {"https://app.example.org/x", api_key({"a:b"}), "forbidden scope -"}});
}

TEST(AccessDecision, KnowsRolesUsersAndFactors) {
  const std::string admin = "https://a.b.example.org/admin/x";
  const std::string wiki = "https://wiki.example.org/x";
  expect_rows(kRules, {{admin, std::nullopt, "unauthenticated no_identity admin"},
                       {admin, person(Role::Manager), "forbidden not_listed admin"},
                       {admin, person(Role::Admin), "allow granted admin +"},
                       {admin, person(Role::Owner), "allow granted admin +"},
                       {admin, half(Role::Admin), "needs_second_factor one_factor_only admin"},
                       {wiki, person(Role::User), "forbidden not_listed wiki"},
                       {wiki, person(Role::User, "bob"), "allow granted wiki +"},
                       {wiki, person(Role::User, "BOB"), "allow granted wiki +"},
                       {wiki, person(Role::User, "bobby"), "forbidden not_listed wiki"},
                       {wiki, person(Role::Manager), "allow granted wiki +"},
                       {wiki, person(Role::Admin), "forbidden not_listed wiki"},
                       {wiki, half(Role::User, "bob"), "allow granted wiki +"}});
}

TEST(AccessDecision, KnowsNetworksAlsoWhenTheyAreMapped) {
  const std::string lan = "https://lan.example.org/x";
  const Identity user = person(Role::User);
  expect_rows(kRules, {{lan, user, "allow granted office +", "GET", "10.1.2.3"},
                       {lan, user, "allow granted office +", "GET", "::ffff:10.1.2.3"},
                       {lan, user, "allow granted office +", "GET", "2001:db8::5"},
                       {lan, user, "allow granted rest +", "GET", "11.0.0.1"}});
}

TEST(AccessDecision, OfANarrowedIdentityNeedsARuleThatNamesItsScopes) {
  const std::string metrics = "https://app.example.org/metrics";
  const std::string other = "https://app.example.org/x";
  Identity program = api_key({"metrics:read"});
  program.via = Via::AccessToken;
  expect_rows(kRules, {{metrics, api_key({"metrics:read"}), "allow granted metrics +"},
                       {metrics, api_key({"metrics:*", "a:b"}), "allow granted metrics +"},
                       {metrics, program, "allow granted metrics +"},
                       {metrics, api_key({"metrics:write"}), "forbidden scope metrics"},
                       {metrics, api_key({}), "forbidden scope metrics"},
                       {metrics, person(Role::User), "allow granted metrics +"},
                       {metrics, half(Role::Admin), "needs_second_factor one_factor_only metrics"},
                       {metrics, api_key({"metrics:read"}), "forbidden scope rest", "POST"},
                       {other, api_key({"metrics:read"}), "forbidden scope rest"},
                       {other, program, "forbidden scope rest"},
                       {other, half(Role::Admin), "needs_second_factor one_factor_only rest"},
                       {other, half(Role::Owner), "needs_second_factor one_factor_only rest"},
                       {"https://app.example.org/v1/x", api_key({"*"}), "forbidden scope write", "POST"}});
}

TEST(AccessDecision, LetsNoProgramPassARuleWithoutScopesNotEvenWithAll) {
  Identity program = api_key({"*"});
  program.via = Via::AccessToken;
  for (const Identity& all : {api_key({"*"}), program}) {
    expect_rows(kRules, {{"https://app.example.org/x", all, "forbidden scope rest"},
                         {"https://app.example.org/metrics", all, "allow granted metrics +"},
                         {"https://app.example.org/healthz", all, "allow public health"}});
    expect_rows("default: one_factor", {{"https://app.example.org/x", all, "forbidden scope -"}});
  }
}

// DecisionRow 50 of the attacks.
TEST(AccessDecision, KeepsOwnersToTheirNetworks) {
  const OwnerNetworks home{{Cidr::parse("10.0.0.0/8").value(), Cidr::parse("2001:db8:1::/48").value()}};
  const std::string app = "https://app.example.org/x";
  const std::string open = "https://app.example.org/healthz";
  const Identity owner = person(Role::Owner);
  expect_rows(kRules,
              {{app, owner, "allow granted rest +", "GET", "10.0.0.1"},
               {app, owner, "allow granted rest +", "GET", "::ffff:10.0.0.1"},
               {app, owner, "allow granted rest +", "GET", "2001:db8:1::1"},
               {app, owner, "forbidden owner_network rest", "GET", "192.0.2.1"},
               {app, owner, "forbidden owner_network rest", "GET", "::ffff:192.0.2.1"},
               {app, owner, "forbidden owner_network rest", "GET", "2001:db8:2::1"},
               {app, api_key({"*"}, Role::Owner), "forbidden owner_network rest", "GET", "192.0.2.1"},
               {app, person(Role::Admin), "allow granted rest +", "GET", "192.0.2.1"},
               {open, owner, "allow public health", "GET", "192.0.2.1"},
               {open, owner, "allow public health +", "GET", "10.0.0.1"}},
              home);
}

TEST(AccessDecision, TellsAPublicPageOfWholeLoginsAlone) {
  const std::string open = "https://app.example.org/healthz";
  expect_rows(kRules, {{open, person(Role::User), "allow public health +"},
                       {open, half(Role::Admin), "allow public health"},
                       {open, api_key({"a:b"}), "allow public health"},
                       {open, std::nullopt, "allow public health"}});
}

}  // namespace
}  // namespace picket::authd
