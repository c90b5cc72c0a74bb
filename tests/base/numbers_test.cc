// Durations, sizes and numbers: what people and machines write, and what they read back.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "base/text/bytes.h"
#include "base/text/duration.h"
#include "base/text/numbers.h"

namespace picket {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, IsReadAndPrintedAsPrometheusDoes) {
  struct Row {
    std::string_view text;
    Duration duration;
    std::string_view printed;
  };
  const std::vector<Row> rows{
      {"0", Duration::zero(), "0s"},
      {"0s", Duration::zero(), "0s"},
      {"324ms", milliseconds(324), "324ms"},
      {"3s", seconds(3), "3s"},
      {"5m", minutes(5), "5m"},
      {"1h", hours(1), "1h"},
      {"4d", hours(96), "4d"},
      {"4d1h", hours(97), "97h"},
      {"14d", hours(14 * 24), "2w"},
      {"3w", hours(21 * 24), "3w"},
      {"3w2d1h", hours(23 * 24 + 1), "553h"},
      {"10y", hours(10 * 365 * 24), "10y"},
      {"1h30m", minutes(90), "1h30m"},
      {"1m500ms", milliseconds(60500), "1m500ms"},
      {"90s", seconds(90), "1m30s"},
  };
  for (const Row& row : rows) {
    const auto parsed = parse_duration(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(*parsed, row.duration) << row.text;
    EXPECT_EQ(format_duration(*parsed), row.printed);
    EXPECT_EQ(parse_duration(row.printed).value(), row.duration) << row.printed;
  }
}

TEST(Duration, RefusesWhatPrometheusRefuses) {
  for (const std::string_view text :
       {"", "1", "1y1m1d", "-1w", "1.5d", "d", "1s1s", "1m1h", "5 m", "5M", "1ms1s", "294y",
        "99999999999999999999s", "9223372036854775807ms", "1h "}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::InvalidInput);
    EXPECT_NE(parsed.error().message.find("is not a duration"), std::string::npos);
  }
}

TEST(Duration, FromSecondsRoundsAndClamps) {
  EXPECT_EQ(from_seconds(0.1), milliseconds(100));
  EXPECT_EQ(from_seconds(-1.5), milliseconds(-1500));
  EXPECT_EQ(from_seconds(1e-9 * 0.6), Duration(1));
  EXPECT_EQ(from_seconds(1e300), Duration::max());
  EXPECT_EQ(from_seconds(-1e300), Duration::min());
  EXPECT_EQ(from_seconds(std::nan("")), Duration::zero());
  EXPECT_EQ(format_duration(milliseconds(-1500)), "-1s500ms");
}

TEST(Bytes, ReadUnitsAndPrintTheLargestExactOne) {
  struct Row {
    std::string_view text;
    std::uint64_t count;
    std::string_view printed;
  };
  const std::vector<Row> rows{
      {"0", 0, "0"},
      {"512", 512, "512"},
      {"64KiB", 65536, "64KiB"},
      {"1MiB", 1U << 20U, "1MiB"},
      {"10MB", 10'000'000, "10MB"},
      {"2 GiB", 2ULL << 30U, "2GiB"},
      {"5mib", 5U << 20U, "5MiB"},
      {"1000B", 1000, "1KB"},
      {"1025", 1025, "1025"},
  };
  for (const Row& row : rows) {
    const auto parsed = parse_bytes(row.text);
    ASSERT_TRUE(parsed) << row.text;
    EXPECT_EQ(parsed->count, row.count) << row.text;
    EXPECT_EQ(format_bytes(*parsed), row.printed);
  }
  for (const std::string_view text :
       {"", "-1", "MiB", "1.5MiB", "10XB", "99999999999999999999", "18446744073709551615KiB"}) {
    EXPECT_FALSE(parse_bytes(text)) << text;
  }
}

TEST(Numbers, WholeNumbersAreReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_int("42").value(), 42);
  EXPECT_EQ(parse_int("+7").value(), 7);
  EXPECT_EQ(parse_int("-9223372036854775808").value(), std::numeric_limits<std::int64_t>::min());
  for (const std::string_view text :
       {"", "+", "-", "1x", " 1", "1 ", "1.0", "0x10", "+-1", "9223372036854775808"}) {
    EXPECT_FALSE(parse_int(text)) << text;
  }
}

TEST(Numbers, DoublesAreReadAsInASample) {
  EXPECT_EQ(parse_double("1.5").value(), 1.5);
  EXPECT_EQ(parse_double("-1e-3").value(), -0.001);
  EXPECT_EQ(parse_double("+2E5").value(), 2e5);
  EXPECT_EQ(parse_double(".5").value(), 0.5);
  EXPECT_EQ(parse_double("+Inf").value(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parse_double("-Inf").value(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(parse_double("NaN").value()));
  for (const std::string_view text :
       {"", "-", "+", "1,5", "1.5 ", " 1", "0x1p3", "nan(1)", "infinit", "--1", "1e", "1e999"}) {
    EXPECT_FALSE(parse_double(text)) << text;
  }
}

TEST(Numbers, DoublesPrintShortAndReadBackTheSame) {
  const std::vector<std::pair<double, std::string_view>> rows{
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {-1, "-1"},
      {10, "10"},
      {0.1, "0.1"},
      {1767614400, "1767614400"},
      {1e21, "1e+21"},
      {1.5e-9, "1.5e-09"},
      {0.3, "0.3"},
      {0.1 + 0.2, "0.30000000000000004"},
      {100000, "100000"},
      {12345.678, "12345.678"},
      {std::numeric_limits<double>::infinity(), "+Inf"},
      {-std::numeric_limits<double>::infinity(), "-Inf"},
      {std::nan(""), "NaN"},
  };
  for (const auto& [value, text] : rows) EXPECT_EQ(format_double(value), text);

  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isnan(value)) continue;
    std::string out = "x";
    append_double(out, value);
    ASSERT_EQ(parse_double(out.substr(1)).value(), value) << out;
  }
}

}  // namespace
}  // namespace picket
