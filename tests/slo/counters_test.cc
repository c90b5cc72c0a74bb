// Counters and expressions of objectives, as PromQL.
#include "tools/slo/counters.h"

#include <gtest/gtest.h>

namespace picket::slo {
namespace {

std::string rate_of(std::string_view text) {
  const auto rate = events_per_second(text);
  return rate ? *rate : "refused";
}

TEST(Counters, BecomeOneRate) {
  EXPECT_EQ(rate_of("requests_total"), "sum(rate(requests_total[5m]))");
  EXPECT_EQ(rate_of(" a:b{code=~\"5[0-9]{2}\", path='}'}\n"),
            "sum(rate(a:b{code=~\"5[0-9]{2}\", path='}'}[5m]))");
  EXPECT_EQ(rate_of("{__name__=~`a|b`}"), "sum(rate({__name__=~`a|b`}[5m]))");
}

TEST(Counters, MayBeExpressions) {
  EXPECT_EQ(rate_of("sum(rate(a[5m]))"), "sum(rate(a[5m]))");
  EXPECT_EQ(rate_of("sum(rate(a[{{.window}}]))"), "sum(rate(a[5m]))");
  EXPECT_EQ(rate_of("rate(a[{{ .window }}])"), "sum(rate(a[5m]))");
  EXPECT_EQ(rate_of("sum(rate(a[5m])) - sum(rate(b[5m]))"), "sum(sum(rate(a[5m])) - sum(rate(b[5m])))");
  EXPECT_EQ(rate_of("sum by (x) (rate(a[5m]))"), "sum(sum by (x) (rate(a[5m])))");
}

TEST(Counters, AreRefusedWhenTheyAreNone) {
  for (const std::string_view text :
       {"", "sum(a)", "a + b", "1", "a{x=\"y\"", "a{x=\"y}", "rate(a[5m]))", "rate(a[1h])", "rate(a[5m:1m])",
        "a} # {", "sum(rate(a[5m])) # all", "a{x=\"y\"} b", "(a]", "a{x=\"\\\"}"}) {
    EXPECT_EQ(rate_of(text), "refused") << text;
  }
  EXPECT_EQ(rate_of(std::string_view("a\0b", 3)), "refused");
}

TEST(Counters, AreNamedAsSeries) {
  EXPECT_TRUE(is_series("up"));
  EXPECT_TRUE(is_series("up{job=\"shop\"}"));
  for (const std::string_view text : {"", "up == 1", "sum(up)", "up[5m]", "up{"})
    EXPECT_FALSE(is_series(text)) << text;
}

}  // namespace
}  // namespace picket::slo
