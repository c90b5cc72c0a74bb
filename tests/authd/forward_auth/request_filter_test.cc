#include "authd/forward_auth/request_filter.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/authd/forward_auth/forward_auth_fixture.h"
#include "tests/support/field_lines.h"

namespace picket::authd {
namespace {

RequestFilter filter_of(FilterMode mode) {
  return {mode, Detector::built_in().value()};
}

std::string rules_of(const RequestFilter::Finding& finding) {
  std::string text;
  for (const AttackMatch& match : finding.matches)
    text += (text.empty() ? "" : " ") + std::string(match.rule);
  return text;
}

TEST(RequestFilter, FindsAttacksInPathAndQuery) {
  struct Row {
    const char* target;
    const char* rules;
  };
  const std::vector<Row> rows = {
      {"/x?id=1", ""},
      {"/x?id=1%20or%201%3D1", "sql_numeric_tautology"},
      {"/x?id=1+or+1=1", "sql_numeric_tautology"},
      {"/x?id=%2527%2520or%25201%253D1", "sql_quoted_tautology sql_numeric_tautology"},
      {"/x?q=%3Cscript%3E", "xss_script_element"},
      {"/x?a=1&q=%3cScRiPt%20src=x", "xss_script_element"},
      {"/x?file=../../secret", "traversal_dots"},
      {"/x?file=%2e%2e%2fsecret", "traversal_dots"},
      {"/x?host=127.0.0.1%3Bwhoami", "command_after_separator"},
      {"/x?a=b%00", "control_nul"},
      {"/x?user[$ne]=1", "nosql_operator"},
      {"/x?%3Cscript%3E=1", "xss_script_element"},
      {"/x?%3Cscript%3E", "xss_script_element"},
      {"/.git/config", "scan_version_control"},
      {"/x%3Cscript%3E", "xss_script_element"},
      {"/x?q=union&y=select+1", ""},
      {"/x?a=1&id=5&ls=2", ""},
      {"/x?online=1&once=2", ""},
      {"/x?expr=rate(http_requests_total%5B5m%5D)%20or%20vector(0)", ""},
      {"/x?next=https://app.example.org/a%3Fb%3Dc", ""},
      {"/x?q=O'Reilly+%26+Sons", ""}};
  for (const Row& row : rows) {
    const OriginalRequest request = request_of(std::string("https://app.example.org") + row.target);
    EXPECT_EQ(rules_of(filter_of(FilterMode::Detect).look_at(request)), row.rules) << row.target;
  }
}

TEST(RequestFilter, BlocksOnlyWhenItIsTold) {
  const OriginalRequest attack = request_of("https://app.example.org/x?q=%3Cscript%3E");
  const OriginalRequest plain = request_of("https://app.example.org/x");
  EXPECT_FALSE(filter_of(FilterMode::Detect).look_at(attack).is_blocked);
  EXPECT_TRUE(filter_of(FilterMode::Block).look_at(attack).is_blocked);
  EXPECT_FALSE(filter_of(FilterMode::Block).look_at(plain).is_blocked);
  EXPECT_EQ(rules_of(filter_of(FilterMode::Off).look_at(attack)), "");
  EXPECT_FALSE(filter_of(FilterMode::Off).look_at(attack).is_blocked);
}

TEST(RequestFilter, ReportsARuleOnceForAllParameters) {
  const OriginalRequest request = request_of("https://app.example.org/x?a=../x&b=../y&c=%3Cscript%3E");
  EXPECT_EQ(rules_of(filter_of(FilterMode::Detect).look_at(request)), "traversal_dots xss_script_element");
}

TEST(RequestFilter, TellsWhereTheFirstMatchIs) {
  const auto where = [](const std::string& target) {
    return filter_of(FilterMode::Detect).look_at(request_of("https://app.example.org" + target)).where;
  };
  EXPECT_EQ(where("/x?a=1"), "");
  EXPECT_EQ(where("/.git/config?q=%3Cscript%3E"), "path");
  EXPECT_EQ(where("/x?a=1&q=%3Cscript%3E&b=../y"), "parameter q");
  EXPECT_EQ(where("/x?%3Cscript%3E=1"), "name of a parameter");
  EXPECT_EQ(where("/x?" + std::string(100, 'n') + "=../y"), "parameter " + std::string(61, 'n') + "...");
  EXPECT_EQ(filter_of(FilterMode::Detect).look_at_text("/../../etc/passwd").where, "address");
}

TEST(RequestFilter, TakesEndlessParametersForAnAttack) {
  std::string query = "a=1";
  for (int i = 0; i < 255; ++i) query += "&a=1";
  const RequestFilter filter = filter_of(FilterMode::Block);
  EXPECT_EQ(rules_of(filter.look_at(request_of("https://a.example/?" + query))), "");
  const auto finding = filter.look_at(request_of("https://a.example/?a=1&" + query));
  EXPECT_EQ(rules_of(finding), "too_many_parameters");
  EXPECT_TRUE(finding.is_blocked);
}

TEST(RequestFilter, LooksAtAUrlThatIsNoRequest) {
  const RequestFilter filter = filter_of(FilterMode::Detect);
  const auto finding = filter.look_at_text("https://a.example/%2e%2e/etc/passwd");
  EXPECT_NE(rules_of(finding).find("traversal_dots"), std::string::npos);
}

TEST(RequestFilter, LeavesHarmlessRequestsAlone) {
  const RequestFilter filter = filter_of(FilterMode::Block);
  int all = 0;
  int blocked = 0;
  for (const FieldLine& line : field_lines("harmless_fields.txt")) {
    if (line.where != FieldKind::Target) continue;
    const std::string url = "https://app.example.org" + line.field;
    const auto request = read_original({{"X-Original-URL", url}, {"X-Original-Method", "GET"}});
    const auto finding = request ? filter.look_at(*request) : filter.look_at_text(url);
    ++all;
    if (!finding.is_blocked) continue;
    ++blocked;
    std::printf("false alarm: %s: %s\n", rules_of(finding).c_str(), line.line.c_str());
  }
  std::printf("%d of %d harmless requests blocked\n", blocked, all);
  EXPECT_GE(all, 600);
  EXPECT_LE(blocked * 1000, all * 3);
}

TEST(RequestFilter, FindsWhatIsHiddenByItsEncoding) {
  const RequestFilter filter = filter_of(FilterMode::Detect);
  for (const char* value :
       {"%26lt%3Bscript%26gt%3B", "%5Cu003cscript%5Cu003e", "%u003cscript%u003e",
        "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg%3D%3D", "%ef%bc%9cscript%ef%bc%9e", "%253Cscript%253E"}) {
    const auto finding = filter.look_at(request_of(std::string("https://a.example/x?q=") + value));
    EXPECT_NE(rules_of(finding).find("xss_script_element"), std::string::npos) << value;
  }
}

}  // namespace
}  // namespace picket::authd
