// Sent codes: uniform, bound, short-lived, tried five times.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "authd/otp/one_time_code.h"

namespace picket::authd {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class SeededRandom final : public Random {
 public:
  std::string bytes(std::size_t count) override {
    std::string out;
    while (out.size() < count) {
      const std::uint64_t drawn = engine_();
      out.append(reinterpret_cast<const char*>(&drawn), sizeof drawn);
    }
    out.resize(count);
    return out;
  }

 private:
  std::mt19937_64 engine_{20260105};
};

TEST(GenerateOtp, DrawsEveryCodeWithTheSameChance) {
  SeededRandom random;
  std::array<std::array<int, 10>, 6> counts{};
  constexpr int kCodes = 1'000'000;
  for (int i = 0; i < kCodes; ++i) {
    const std::string code = generate_otp(6, random);
    ASSERT_EQ(code.size(), 6U);
    for (std::size_t place = 0; place < 6; ++place)
      ++counts.at(place).at(static_cast<std::size_t>(code[place] - '0'));
  }
  constexpr double kExpected = kCodes / 10.0;
  for (const auto& place : counts) {
    double chi_square = 0;
    for (const int count : place) chi_square += (count - kExpected) * (count - kExpected) / kExpected;
    EXPECT_LT(chi_square, 27.88);  // nine degrees of freedom, 1 in 1000
    EXPECT_GT(chi_square, 0.5);    // and no sequence that is too even
  }
}

TEST(GenerateOtp, KeepsLeadingZeros) {
  class Zero final : public Random {
    std::string bytes(std::size_t count) override { return std::string(count, '\0'); }
  } zero;
  EXPECT_EQ(generate_otp(6, zero), "000000");
  EXPECT_EQ(generate_otp(8, zero), "00000000");
}

class OtpTest : public testing::Test {
 protected:
  std::string hash(std::string_view code) const { return hash_otp(pepper_, binding_, code); }
  OtpState judge_at(WallTime now, std::string_view code = "012345") const {
    return judge(record_, hash(code), now, config_);
  }

  const Secret pepper_{"a key that the database does not hold"};
  const OtpBinding binding_{"attempt-1", OtpChannel::Sms, "alice"};
  const WallTime issued_{seconds(1'767'614'400)};
  const OtpConfig config_;
  OtpRecord record_{hash("012345"), issued_, 0, false};
};

TEST_F(OtpTest, AcceptsTheCodeThatWasSent) {
  EXPECT_EQ(judge_at(issued_), OtpState::Accepted);
  EXPECT_EQ(judge_at(issued_, "012 345"), OtpState::Accepted);
  EXPECT_EQ(judge_at(issued_, "012-345"), OtpState::Accepted);
  for (const std::string& wrong : {std::string("12345"), std::string("012346"), std::string(),
                                   std::string("0123450"), std::string(1 << 20, '0')})
    EXPECT_EQ(judge_at(issued_, wrong), OtpState::Wrong) << wrong.substr(0, 20);
  EXPECT_EQ(judge(record_, "", issued_, config_), OtpState::Wrong);
}

TEST_F(OtpTest, ExpiresAfterTenMinutesAndWhenTheClockGoesBack) {
  EXPECT_EQ(judge_at(issued_ + minutes(10)), OtpState::Accepted);
  EXPECT_EQ(judge_at(issued_ + minutes(10) + seconds(1)), OtpState::Expired);
  EXPECT_EQ(judge_at(issued_ - seconds(30)), OtpState::Accepted);
  EXPECT_EQ(judge_at(issued_ - minutes(60)), OtpState::Expired);
}

TEST_F(OtpTest, IsTriedFiveTimesAtMostAlsoWithTheRightCode) {
  record_.tries = 4;
  EXPECT_EQ(judge_at(issued_), OtpState::Accepted);
  record_.tries = 5;
  EXPECT_EQ(judge_at(issued_), OtpState::Exhausted);
}

TEST_F(OtpTest, IsAcceptedOnce) {
  record_.spent = true;
  EXPECT_EQ(judge_at(issued_), OtpState::Spent);
}

TEST_F(OtpTest, IsGoodForItsAttemptChannelAndAccountAlone) {
  const OtpBinding others[] = {{"attempt-2", OtpChannel::Sms, "alice"},
                               {"attempt-1", OtpChannel::Email, "alice"},
                               {"attempt-1", OtpChannel::Sms, "bob"},
                               {"attempt-1", OtpChannel::Sms, ""},
                               {"attempt-15:alice", OtpChannel::Sms, "alice"}};
  for (const OtpBinding& other : others) {
    EXPECT_EQ(judge(record_, hash_otp(pepper_, other, "012345"), issued_, config_), OtpState::Wrong);
  }
  EXPECT_NE(hash_otp(Secret("another key"), binding_, "012345"), record_.hash);
  // Fields cannot flow into each other.
  EXPECT_NE(hash_otp(pepper_, {"ab", OtpChannel::Sms, "c"}, "1"),
            hash_otp(pepper_, {"a", OtpChannel::Sms, "bc"}, "1"));
  EXPECT_EQ(record_.hash.size(), 64U);
}

TEST(OtpConfig, HasItsLimits) {
  EXPECT_TRUE(validate(OtpConfig{}));
  EXPECT_FALSE(validate(OtpConfig{.digits = 5}));
  EXPECT_FALSE(validate(OtpConfig{.digits = 9}));
  EXPECT_FALSE(validate(OtpConfig{.lifetime = minutes(11)}));
  EXPECT_FALSE(validate(OtpConfig{.lifetime = Duration(0)}));
  EXPECT_FALSE(validate(OtpConfig{.tries_max = 6}));
  EXPECT_FALSE(validate(OtpConfig{.tries_max = 0}));
}

}  // namespace
}  // namespace picket::authd
