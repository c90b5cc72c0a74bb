#include "exporters/security/posture/header_values.h"

#include <gtest/gtest.h>

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::security {
namespace {

struct HstsRow {
  const char* value;
  std::int64_t max_age;  ///< -1: browsers ignore the field
};

TEST(Hsts, IsReadAsBrowsersReadIt) {
  const HstsRow rows[] = {
      {"max-age=31536000", 31536000},
      {"Max-Age = \"63072000\" ; includeSubDomains; preload", 63072000},
      {";; max-age=0 ;", 0},
      {"max-age=99999999999999999999999", 1'000'000'000'000},
      {"includeSubDomains", -1},
      {"max-age", -1},
      {"max-age=", -1},
      {"max-age=-1", -1},
      {"max-age=1y", -1},
      {"max-age=1; max-age=2", -1},
      {"max-age=1; includeSubDomains; includesubdomains", -1},
      {"", -1},
      {"max-age=31536000, max-age=31536000", -1},
  };
  for (const HstsRow& row : rows) {
    const Result<Hsts> hsts = parse_hsts(row.value);
    EXPECT_EQ(hsts.has_value(), row.max_age >= 0) << row.value;
    if (hsts && row.max_age >= 0) {
      EXPECT_EQ(hsts->max_age_seconds, static_cast<std::uint64_t>(row.max_age)) << row.value;
    }
  }
  const Result<Hsts> whole = parse_hsts("max-age=1; IncludeSubDomains; preload");
  ASSERT_TRUE(whole.has_value());
  EXPECT_TRUE(whole->include_subdomains);
  EXPECT_TRUE(whole->preload);
}

struct CspRow {
  std::vector<std::string> values;
  std::vector<std::string> problems;
};

TEST(ContentSecurityPolicy, NamesWhatLetsScriptsIn) {
  const std::string sound = "default-src 'self'; object-src 'none'; base-uri 'none'";
  const std::vector<CspRow> rows = {
      {{}, {"no policy is sent"}},
      {{" ; , "}, {"no policy is sent"}},
      {{sound}, {}},
      {{"DEFAULT-SRC 'self'; Base-URI 'self'"}, {}},
      {{"script-src 'self'; base-uri 'self'"}, {"neither object-src nor default-src is set"}},
      {{"img-src 'self'"},
       {"neither script-src nor default-src is set", "neither object-src nor default-src is set",
        "base-uri is not set"}},
      {{"default-src 'self' 'unsafe-inline'; base-uri 'none'"}, {"default-src holds 'unsafe-inline'"}},
      {{"default-src 'none'; script-src 'self' 'Unsafe-Eval'; base-uri 'none'"},
       {"script-src holds 'unsafe-eval'"}},
      {{"default-src 'none'; script-src 'unsafe-inline' 'nonce-abc'; base-uri 'none'"}, {}},
      {{"default-src 'none'; script-src https: 'unsafe-inline' 'strict-dynamic' 'nonce-abc'; base-uri 'none'"},
       {}},
      {{"default-src 'none'; script-src https:; base-uri 'none'"}, {"script-src lets in \"https:\""}},
      {{"default-src 'none'; script-src https://*; base-uri 'none'"}, {"script-src lets in \"https://*\""}},
      {{"default-src 'none'; script-src *.com; base-uri 'none'"}, {"script-src lets in \"*.com\""}},
      {{"default-src 'none'; script-src https://*.example.com:443/x; base-uri 'none'"}, {}},
      {{"default-src 'none'; script-src data:; base-uri 'none'"}, {"script-src lets in \"data:\""}},
      {{"default-src *"}, {"default-src lets in \"*\"", "object-src lets in \"*\"", "base-uri is not set"}},
      {{"default-src 'none'; script-src-elem 'unsafe-inline'; base-uri 'none'"},
       {"script-src-elem holds 'unsafe-inline'"}},
      // Only the first of equal directives counts.
      {{"default-src 'self'; default-src *; base-uri 'none'"}, {}},
      // Every policy is enforced: one sound one is enough, in one field or in two.
      {{"default-src *, " + sound}, {}},
      {{"default-src *", sound}, {}},
  };
  for (const CspRow& row : rows)
    EXPECT_EQ(csp_problems(parse_csp(row.values)), row.problems) << join(row.values, " | ");
}

TEST(ContentSecurityPolicy, HasLimits) {
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "d" + std::to_string(i) + " " + std::string(2000, 'x') + " y;";
  const std::vector<ContentPolicy> policies = parse_csp({many, many});
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies.front().directives.size(), 100U);
  EXPECT_LE(parse_csp({std::string(10'000, ','), replace_all(std::string(100, 'a'), "a", "a b,")}).size(),
            16U);
}

TEST(Framing, IsReadFromBothHeaders) {
  EXPECT_EQ(csp_framing(parse_csp({"default-src 'self'"})), Framing::NotSaid);
  EXPECT_EQ(csp_framing(parse_csp({"frame-ancestors 'none'"})), Framing::Restricted);
  EXPECT_EQ(csp_framing(parse_csp({"frame-ancestors"})), Framing::Restricted);
  EXPECT_EQ(csp_framing(parse_csp({"frame-ancestors *"})), Framing::Open);
  EXPECT_EQ(csp_framing(parse_csp({"frame-ancestors https:"})), Framing::Open);
  EXPECT_EQ(csp_framing(parse_csp({"frame-ancestors *, frame-ancestors 'self'"})), Framing::Restricted);
  EXPECT_EQ(frame_options({}), Framing::NotSaid);
  EXPECT_EQ(frame_options({"deny"}), Framing::Restricted);
  EXPECT_EQ(frame_options({"SAMEORIGIN"}), Framing::Restricted);
  EXPECT_EQ(frame_options({"DENY", "DENY"}), Framing::Restricted);
  EXPECT_EQ(frame_options({"DENY, SAMEORIGIN"}), Framing::Open);
  EXPECT_EQ(frame_options({"ALLOW-FROM https://a.example"}), Framing::Open);
  EXPECT_EQ(frame_options({"ALLOWALL"}), Framing::Open);
}

TEST(ReferrerPolicy, IsTheLastKnownWord) {
  EXPECT_EQ(referrer_policy({}), "");
  EXPECT_EQ(referrer_policy({"no-referrer, strict-origin-when-cross-origin"}),
            "strict-origin-when-cross-origin");
  EXPECT_EQ(referrer_policy({"Same-Origin", "from-the-future"}), "same-origin");
  EXPECT_TRUE(keeps_paths("no-referrer"));
  EXPECT_TRUE(keeps_paths("strict-origin-when-cross-origin"));
  for (const char* weak :
       {"", "unsafe-url", "no-referrer-when-downgrade", "origin-when-cross-origin", "origin"})
    EXPECT_FALSE(keeps_paths(weak)) << weak;
}

TEST(PermissionsPolicy, LimitsSomething) {
  EXPECT_EQ(permissions_problem({"camera=(), geolocation=(self \"https://a.example\")"}), "");
  EXPECT_EQ(permissions_problem({"camera=()", "microphone=self"}), "");
  EXPECT_EQ(permissions_problem({"fullscreen=*"}), "it limits no feature");
  EXPECT_EQ(permissions_problem({""}), "it limits no feature");
  EXPECT_EQ(permissions_problem({"camera=*, microphone=()"}), "camera is allowed to every site");
  EXPECT_EQ(permissions_problem({"Camera=(*)"}), "camera is allowed to every site");
  EXPECT_EQ(permissions_problem({"camera 'none'"}), "\"camera 'none'\" is not name=(allowlist)");
}

TEST(Shown, IsTextForPeople) {
  EXPECT_EQ(shown("a\r\nb\x1b[31m"), "\"a  b\xEF\xBF\xBD[31m\"");
  EXPECT_TRUE(is_valid_utf8(shown("\xff\xfe" + std::string(500, '\xc3'))));
  EXPECT_LE(shown(std::string(5000, 'x')).size(), 122U);
}

}  // namespace
}  // namespace picket::security
