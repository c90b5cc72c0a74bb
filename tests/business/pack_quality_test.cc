// Pack quality over a few rows, with results worked out by hand.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/business/pack_company.h"

namespace picket::business {
namespace {

using picket::test::Figures;
using picket::test::kDay;
using picket::test::kNow;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr std::int64_t kWindowBegins = kNow - 30 * kDay;

class PackQuality : public picket::test::PackTest {
 protected:
  void measure(const std::string& characteristic, const std::vector<std::string>& values,
               std::int64_t at = kWindowBegins) {
    for (const std::string& value : values)
      company_.insert("demo_measurements", {fmt::format("'press', '{}', {}, {}", characteristic, value, at)});
  }
  void limit(const std::string& characteristic, const std::string& limits) {
    company_.run(
        fmt::format("INSERT INTO demo_spec_limits VALUES ('press', '{}', {})", characteristic, limits));
  }
  void expect_near(const Figures& figures, const std::string& key, double value, double near = 1e-9) {
    EXPECT_THAT(figures, Contains(Pair(key, DoubleNear(value, near))));
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, PackQuality, picket::test::kBothEngines, picket::test::engine_name);

TEST_P(PackQuality, DpmoAndSigmaLevelOfTheLast30Days) {
  company_.insert("demo_batches", {fmt::format("'press', 1000, 600000, {}", kWindowBegins),
                                   fmt::format("'press', 500, 400000, {}", kNow - 1),
                                   fmt::format("'press', 70, 9000000, {}", kWindowBegins - 1),  // too old
                                   fmt::format("'paint', 10, 100, {}", kNow - 1),               // no defect
                                   fmt::format("'pack', 0, 0, {}", kNow - 1)});  // no opportunity
  company_.insert("demo_defects", {fmt::format("1, 'press', 'scratch', 66000, {}", kWindowBegins),
                                   fmt::format("1, 'press', 'misfit', 807, {}", kNow - 1),
                                   fmt::format("1, 'press', 'misfit', 5, {}", kWindowBegins - 1),
                                   fmt::format("1, 'pack', 'misfit', 3, {}", kNow - 1)});
  EXPECT_EQ(company_.figures("quality", "production"),
            (Figures{{"business_process_units_total{press}", 1570},
                     {"business_process_units_total{paint}", 10},
                     {"business_process_units_total{pack}", 0},
                     {"business_process_opportunities_total{press}", 1e7},
                     {"business_process_opportunities_total{paint}", 100},
                     {"business_process_opportunities_total{pack}", 0}}));
  EXPECT_EQ(company_.figures("quality", "defects"),
            (Figures{{"business_process_defects_total{press,scratch}", 66000},
                     {"business_process_defects_total{press,misfit}", 812},
                     {"business_process_defects_total{pack,misfit}", 3}}));
  Figures dpmo = company_.figures("quality", "dpmo");
  EXPECT_EQ(dpmo.at("business_process_dpmo{press}"), 66807);
  EXPECT_EQ(dpmo.at("business_process_dpmo{paint}"), 0);
  expect_near(dpmo, "business_process_sigma_level{press}", 3.0, 1e-5);
  EXPECT_EQ(dpmo.size(), 3U) << "no sigma level without a defect, nothing without an opportunity";
}

TEST_P(PackQuality, DpmoOfPeriods) {
  company_.insert("demo_batches",
                  {"'press', 1, 1000000, 1000000", "'press', 1, 1000, 1086400", "'paint', 1, 4, 1086400"});
  company_.insert("demo_defects", {"1, 'press', 'a', 308538, 1086399", "1, 'paint', 'a', 1, 1172799"});
  EXPECT_EQ(company_.report("quality", "dpmo"),
            (Figures{{"one,press", 308538}, {"two,press", 0}, {"two,paint", 250000}}));
  const Figures level = company_.report("quality", "sigma_level");
  expect_near(level, "one,press", 2.0, 1e-5);
  EXPECT_EQ(level.count("two,press"), 0U) << "no defect, no level";
  EXPECT_EQ(company_.report("quality", "units"),
            (Figures{{"one,press", 1}, {"two,press", 1}, {"two,paint", 1}}));
  EXPECT_EQ(company_.report("quality", "defects"), (Figures{{"one,press,a", 308538}, {"two,paint,a", 1}}));
}

TEST_P(PackQuality, CapabilityOfTwoLimitsIsThatOfTheNearerOne) {
  // Deviations -0.2, 0, 0.2: s = sqrt(0.08 / 2) = 0.2.
  measure("bore", {"9.8", "10.0", "10.2"});
  measure("bore", {"1000"}, kWindowBegins - 1);
  limit("bore", "9.4, 10.9");
  const Figures figures = company_.figures("quality", "capability");
  EXPECT_EQ(figures.at("business_process_samples{press,bore}"), 3);
  expect_near(figures, "business_process_mean{press,bore}", 10);
  expect_near(figures, "business_process_stddev{press,bore}", 0.2);
  expect_near(figures, "business_process_cp{press,bore}", 1.5 / 1.2);
  expect_near(figures, "business_process_cpk{press,bore}", 0.6 / 0.6);
  EXPECT_EQ(company_.figures("quality", "spec_limits"),
            (Figures{{"business_process_lower_spec_limit{press,bore}", 9.4},
                     {"business_process_upper_spec_limit{press,bore}", 10.9}}));
}

TEST_P(PackQuality, AMeanBeyondALimitIsANegativeCpk) {
  measure("bore", {"1", "3"});  // mean 2, s = sqrt(2)
  limit("bore", "0, 1.5");
  expect_near(company_.figures("quality", "capability"), "business_process_cpk{press,bore}",
              -0.5 / (3 * std::sqrt(2.0)));
}

TEST_P(PackQuality, OneLimitGivesCpkAndNoCp) {
  for (const char* name : {"low", "high", "none"}) measure(name, {"9.8", "10.0", "10.2"});
  limit("low", "9.4, NULL");
  limit("high", "NULL, 10.9");
  const Figures figures = company_.figures("quality", "capability");
  expect_near(figures, "business_process_cpk{press,low}", 1);
  expect_near(figures, "business_process_cpk{press,high}", 1.5);
  EXPECT_EQ(figures.count("business_process_cpk{press,none}"), 0U);
  EXPECT_THAT(figures, Not(Contains(Key(StartsWith("business_process_cp{")))));
  EXPECT_EQ(company_.figures("quality", "spec_limits").size(), 2U);
}

TEST_P(PackQuality, OneSampleHasAMeanAndNoDeviation) {
  measure("bore", {"9.8"});
  limit("bore", "9, 11");
  EXPECT_EQ(company_.figures("quality", "capability"), (Figures{{"business_process_samples{press,bore}", 1},
                                                                {"business_process_mean{press,bore}", 9.8}}));
}

TEST_P(PackQuality, EqualSamplesDoNotDeviateAndHaveNoCapability) {
  // The mean of these, as doubles are added up, is not 0.1.
  measure("bore", std::vector<std::string>(10, "0.1"));
  limit("bore", "0, 1");
  EXPECT_EQ(company_.figures("quality", "capability"), (Figures{{"business_process_samples{press,bore}", 10},
                                                                {"business_process_mean{press,bore}", 0.1},
                                                                {"business_process_stddev{press,bore}", 0}}));
}

TEST_P(PackQuality, DeviationOfLargeValuesIsNotLostToRounding) {
  measure("bore", {"1000000000.1", "1000000000.2", "1000000000.3"});
  expect_near(company_.figures("quality", "capability"), "business_process_stddev{press,bore}", 0.1, 1e-6);
}

}  // namespace
}  // namespace picket::business
