// Segments, phone numbers, the request signature and what statuses mean: no network.
#include <gtest/gtest.h>

#include "base/deliver/delivery.h"
#include "base/deliver/http_delivery.h"
#include "base/deliver/sigv4.h"
#include "base/deliver/sms.h"
#include "base/time/timestamp.h"

namespace picket {
namespace {

std::string repeat(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(SmsSegments, AreCountedAsTheNetworkDoes) {
  using enum SmsEncoding;
  struct Row {
    std::string text;
    SmsEncoding encoding;
    int units, segments;
  };
  const std::vector<Row> rows{
      {"", Gsm7, 0, 0},
      {"redis is down", Gsm7, 13, 1},
      {repeat("a", 160), Gsm7, 160, 1},
      {repeat("a", 161), Gsm7, 161, 2},
      {repeat("a", 306), Gsm7, 306, 2},
      {repeat("a", 307), Gsm7, 307, 3},
      {"Größe @£¥ Åé ÆßÉ ΔΦΓΛΩΠΨΣΘΞ\n", Gsm7, 28, 1},
      {"[{~€}]", Gsm7, 12, 1},
      {repeat("€", 80), Gsm7, 160, 1},
      {repeat("a", 152) + "€" + repeat("a", 152), Gsm7, 306, 3},  // an escape pair is not split
      {"`", Ucs2, 1, 1},
      {"ê", Ucs2, 1, 1},
      {repeat("я", 70), Ucs2, 70, 1},
      {repeat("я", 71), Ucs2, 71, 2},
      {repeat("я", 134), Ucs2, 134, 2},
      {repeat("я", 135), Ucs2, 135, 3},
      {"🔥", Ucs2, 2, 1},
      {repeat("a", 66) + "🔥" + repeat("a", 66), Ucs2, 134, 3},  // nor a surrogate pair
      {"\xFF", Ucs2, 1, 1},
  };
  for (const Row& row : rows) {
    const SmsSegments counted = count_segments(row.text);
    EXPECT_EQ(counted.encoding, row.encoding) << row.text;
    EXPECT_EQ(counted.units, row.units) << row.text;
    EXPECT_EQ(counted.segments, row.segments) << row.text;
  }
}

TEST(SmsSegments, AMessageIsCutToWhatFits) {
  EXPECT_EQ(fit_segments("short", 1), "short");
  EXPECT_EQ(fit_segments(repeat("a", 161), 1), repeat("a", 157) + "...");
  EXPECT_EQ(fit_segments(repeat("a", 161), 2), repeat("a", 161));
  EXPECT_EQ(fit_segments(repeat("a", 400), 2), repeat("a", 303) + "...");
  EXPECT_EQ(fit_segments(repeat("я", 80), 1), repeat("я", 67) + "...");
  EXPECT_EQ(fit_segments(repeat("🔥", 40), 1), repeat("🔥", 33) + "...");
  EXPECT_EQ(fit_segments(repeat("a", 158) + "[]", 1), repeat("a", 157) + "...");
  // The one character that asks for UCS-2 is behind the cut.
  EXPECT_EQ(fit_segments(repeat("a", 200) + "я", 1), repeat("a", 157) + "...");
  EXPECT_EQ(fit_segments(repeat("a", 100) + "я" + repeat("a", 60), 1), repeat("a", 100) + "...");
  EXPECT_EQ(fit_segments("a\xFF", 1), "a\uFFFD");
  for (int i = 1; i < 400; i += 7) {
    EXPECT_LE(count_segments(fit_segments(repeat("aя🔥[", i), 3)).segments, 3);
  }
}

TEST(PhoneNumber, IsE164) {
  for (const std::string_view good :
       {"+14155550100", "+49301234567", "+12345678", "+2904567", "+123456789012345"}) {
    EXPECT_TRUE(check_phone_number(good)) << good;
  }
  for (const std::string_view bad : {"", "+", "14155550100", "+0415555010", "+123456", "+1234567890123456",
                                     "+1415555o100", "+1415 5550100", "+14155550100\n"}) {
    const auto checked = check_phone_number(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().kind, ErrorKind::InvalidInput);
  }
}

// From AWS's Signature Version 4 test suite and, the last one, from the general reference's worked example.
TEST(SigV4, MatchesTheVectorsOfAws) {
  struct Row {
    SigV4Request request;
    std::string service, signed_headers, signature;
  };
  SigV4Request vanilla{"GET", "example.amazonaws.com", "/", {}, {}, ""};
  SigV4Request query = vanilla;
  query.query = {{"Param2", "value2"}, {"Param1", "value1"}};
  SigV4Request trimmed = vanilla;
  trimmed.headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}};
  SigV4Request form{"POST", "example.amazonaws.com", "/", {}, {}, "Param1=value1"};
  form.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  SigV4Request users{"GET", "iam.amazonaws.com", "/", {}, {}, ""};
  users.query = {{"Action", "ListUsers"}, {"Version", "2010-05-08"}};
  users.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  const std::vector<Row> rows{
      {vanilla, "service", "host;x-amz-date",
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {query, "service", "host;x-amz-date",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {trimmed, "service", "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {form, "service", "content-type;host;x-amz-date",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
      {users, "iam", "content-type;host;x-amz-date",
       "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
  };
  for (const Row& row : rows) {
    const SigV4Scope scope{"us-east-1", row.service, "AKIDEXAMPLE",
                           Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};
    const Headers headers = sign_v4(row.request, scope, parse_rfc3339("2015-08-30T12:36:00Z").value());
    EXPECT_EQ(headers.get("X-Amz-Date"), "20150830T123600Z");
    EXPECT_EQ(headers.get("Authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/" + row.service +
                  "/aws4_request, SignedHeaders=" + row.signed_headers + ", Signature=" + row.signature);
  }
}

TEST(DeliveryOutcomes, FollowTheStatus) {
  using enum DeliveryOutcome;
  const std::vector<std::pair<int, DeliveryOutcome>> rows{
      {200, Delivered}, {202, Delivered}, {301, Permanent}, {400, Permanent},
      {401, Permanent}, {404, Permanent}, {408, Retry},     {413, Permanent},
      {425, Retry},     {429, Retry},     {500, Retry},     {503, Retry}};
  for (const auto& [status, outcome] : rows) EXPECT_EQ(outcome_of_status(status), outcome) << status;
}

TEST(RetryAfter, IsReadInSecondsOrAsADate) {
  const WallTime now = parse_rfc3339("1994-11-06T08:49:00Z").value();
  const auto read = [&](const std::string& value) { return retry_after({{"retry-after", value}}, now); };
  EXPECT_EQ(read("120"), std::chrono::seconds(120));
  EXPECT_EQ(read("0"), Duration::zero());
  EXPECT_EQ(read("Sun, 06 Nov 1994 08:49:37 GMT"), std::chrono::seconds(37));
  EXPECT_EQ(read("Sun, 06 Nov 1994 08:48:37 GMT"), Duration::zero());
  EXPECT_EQ(read("99999999999999"), std::chrono::hours(24));
  EXPECT_EQ(read("-5"), std::nullopt);
  EXPECT_EQ(read("soon"), std::nullopt);
  EXPECT_EQ(retry_after({}, now), std::nullopt);
}

}  // namespace
}  // namespace picket
