// RFC 4226 and RFC 6238 by their vectors, by oathtool, and by what a login may do with them.
#include <gtest/gtest.h>

#include "authd/totp/totp.h"
#include "tests/support/process.h"
#include "tests/support/program.h"

namespace picket::authd {
namespace {

using std::chrono::seconds;

std::string key_of(std::size_t bytes) {
  std::string key;
  while (key.size() < bytes) key += "1234567890";
  return key.substr(0, bytes);
}

TotpSecret secret_of(std::size_t bytes) {
  constexpr std::string_view kDigits[] = {
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY"
      "3TQOJQGEZDGNBVGY3TQOJQGEZDGNA"};
  return *TotpSecret::parse(bytes == 20 ? kDigits[0] : bytes == 32 ? kDigits[1] : kDigits[2]);
}

WallTime at(std::int64_t unix_seconds) {
  return WallTime(seconds(unix_seconds));
}

TEST(Hotp, MatchesTheVectorsOfRfc4226) {
  const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                         "254676", "287922", "162583", "399871", "520489"};
  std::uint64_t counter = 0;
  for (const char* code : codes) {
    EXPECT_EQ(hotp(OtpAlgorithm::Sha1, key_of(20), counter, 6), code) << counter;
    ++counter;
  }
}

struct TotpVector {
  std::int64_t time;
  const char* sha1;
  const char* sha256;
  const char* sha512;
};

TEST(Totp, MatchesTheVectorsOfRfc6238) {
  const TotpVector rows[] = {
      {59, "94287082", "46119246", "90693936"},         {1111111109, "07081804", "68084774", "25091201"},
      {1111111111, "14050471", "67062674", "99943326"}, {1234567890, "89005924", "91819424", "93441116"},
      {2000000000, "69279037", "90698825", "38618901"}, {20000000000, "65353130", "77737706", "47863826"},
  };
  for (const TotpVector& row : rows) {
    SCOPED_TRACE(row.time);
    const std::int64_t step = row.time / kTotpStep.count();  // our clock ends in 2262, before the last row
    EXPECT_EQ(totp_code({secret_of(20), {OtpAlgorithm::Sha1, 8}}, step), row.sha1);
    EXPECT_EQ(totp_code({secret_of(32), {OtpAlgorithm::Sha256, 8}}, step), row.sha256);
    EXPECT_EQ(totp_code({secret_of(64), {OtpAlgorithm::Sha512, 8}}, step), row.sha512);
  }
}

struct OathRow {
  OtpAlgorithm algorithm;
  const char* option;
  int digits;
  std::size_t bytes;
};

TEST(Totp, AcceptsTheCodesOfOathtool) {
  const std::string oathtool = test::find_program("oathtool", "oathtool");
  const OathRow rows[] = {
      {OtpAlgorithm::Sha1, "--totp=SHA1", 6, 20},
      {OtpAlgorithm::Sha1, "--totp=SHA1", 8, 20},
      {OtpAlgorithm::Sha256, "--totp=SHA256", 6, 32},
      {OtpAlgorithm::Sha512, "--totp=SHA512", 8, 64},
  };
  SystemRandom random;
  for (const OathRow& row : rows) {
    SCOPED_TRACE(fmt::format("{} {}", row.option, row.digits));
    for (const std::string& base32 : {secret_of(row.bytes).base32(), TotpSecret::generate(random).base32()}) {
      const auto run =
          test::run_to_end({.argv = {oathtool, row.option, "--base32", "--digits", std::to_string(row.digits),
                                     "--now", "2026-01-05 12:00:29 UTC", base32}});
      ASSERT_EQ(run.exit_code, 0) << run.errors;
      const std::string code = run.output.substr(0, run.output.find('\n'));
      const TotpKey key{*TotpSecret::parse(base32), {row.algorithm, row.digits}};
      EXPECT_EQ(verify_totp(key, code, at(1767614429), {}), 1767614400 / 30) << code;
    }
  }
}

class VerifyTotp : public testing::Test {
 protected:
  std::string code(std::int64_t step) const { return totp_code(key_, step); }

  const TotpKey key_{secret_of(20), {}};
  const WallTime now_ = at(3000);  // step 100
};

struct WindowRow {
  std::int64_t step;
  int skew;
  bool accepted;
};

TEST_F(VerifyTotp, AcceptsTheCurrentStepAndAsManyBeforeItAsTheWindowSays) {
  const WindowRow rows[] = {
      {100, 1, true}, {99, 1, true}, {98, 1, false}, {101, 1, false}, {100, 0, true},
      {99, 0, false}, {98, 2, true}, {97, 2, false}, {101, 2, false},
  };
  for (const WindowRow& row : rows) {
    SCOPED_TRACE(fmt::format("step {} skew {}", row.step, row.skew));
    const auto step = verify_totp(key_, code(row.step), now_, {}, {row.skew});
    EXPECT_EQ(step, row.accepted ? std::optional(row.step) : std::nullopt);
  }
}

TEST_F(VerifyTotp, ChangesAtTheEdgeOfAStep) {
  EXPECT_EQ(totp_step(at(2999)), 99);
  EXPECT_EQ(totp_step(at(3000)), 100);
  EXPECT_EQ(verify_totp(key_, code(98), at(2999), {}), 98);
  EXPECT_EQ(verify_totp(key_, code(98), at(3000), {}), std::nullopt);
}

TEST_F(VerifyTotp, AcceptsNoStepTwiceAndNoneBeforeASpentOne) {
  const auto first = verify_totp(key_, code(100), now_, {});
  ASSERT_EQ(first, 100);
  EXPECT_EQ(verify_totp(key_, code(100), now_, first), std::nullopt);
  EXPECT_EQ(verify_totp(key_, code(99), now_, first), std::nullopt);
  EXPECT_EQ(verify_totp(key_, code(100), at(3030), first), std::nullopt);
  EXPECT_EQ(verify_totp(key_, code(101), at(3030), first), 101);
}

TEST_F(VerifyTotp, SkipsSpacesAndNothingElse) {
  const std::string right = code(100);
  EXPECT_EQ(verify_totp(key_, right.substr(0, 3) + " " + right.substr(3), now_, {}), 100);
  const std::string rows[] = {
      "",          right.substr(1),      right + "0",        "0" + right, right + "\n",
      "-" + right, std::string(6, '\0'), right.substr(0, 5), "000000",    std::string(1 << 20, '0')};
  for (const std::string& typed : rows) {
    EXPECT_EQ(verify_totp(key_, typed, now_, {}), std::nullopt)
        << testing::PrintToString(typed.substr(0, 20));
  }
  EXPECT_EQ(verify_totp({secret_of(32), {}}, right, now_, {}), std::nullopt);
}

TEST_F(VerifyTotp, KnowsNoTimeBefore1970) {
  EXPECT_EQ(totp_step(at(-100)), 0);
  EXPECT_EQ(verify_totp(key_, code(0), at(-100), {}), 0);
  EXPECT_EQ(verify_totp(key_, code(0), at(10), {}, {2}), 0);
}

TEST(TotpSecret, Has160BitsAndReadsAsPeopleWriteIt) {
  SystemRandom random;
  const TotpSecret secret = TotpSecret::generate(random);
  EXPECT_EQ(secret.bytes().size(), 20U);
  EXPECT_EQ(secret.base32().size(), 32U);
  EXPECT_NE(secret, TotpSecret::generate(random));
  EXPECT_EQ(TotpSecret::parse(secret.base32()), secret);
  const char* spellings[] = {"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
                             "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
                             " gezd gnbv gy3t qojq gezd gnbv gy3t qojq "};
  for (const char* spelling : spellings)
    EXPECT_EQ(TotpSecret::parse(spelling)->bytes(), key_of(20)) << spelling;
  const std::string refused[] = {"", "GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",
                                 std::string(256, 'A'), std::string(1 << 20, 'A')};
  for (const std::string& text : refused) EXPECT_FALSE(TotpSecret::parse(text)) << text.substr(0, 40);
}

TEST(TotpParams, AreSixOrEightDigitsAndASkewOfUpToTwo) {
  EXPECT_TRUE(validate(TotpParams{.digits = 8}));
  EXPECT_FALSE(validate(TotpParams{.digits = 7}));
  EXPECT_TRUE(validate(TotpWindow{.skew = 2}));
  EXPECT_FALSE(validate(TotpWindow{.skew = 3}));
  EXPECT_FALSE(validate(TotpWindow{.skew = -1}));
}

}  // namespace
}  // namespace picket::authd
