#include "exporters/security/signals/attack_history.h"

#include <gtest/gtest.h>

#include "exporters/security/signals/audit_chain_watch.h"
#include "tests/security/signals/signal_lines.h"

namespace picket::security {
namespace {

const std::size_t kScripts = category_of(AttackClass::Xss);
constexpr Seconds kStart = kTen;  // a whole hour

std::uint64_t matched(const AttackHistory& history, Seconds now) {
  std::uint64_t sum = 0;
  for (const AttackHistory::Counts& step : history.within(kScripts, now)) sum += step.matched;
  return sum;
}

TEST(AttackHistory, HasTheLastHourInSteps) {
  AttackHistory history;
  history.add(kScripts, false, kStart);
  history.add(kScripts, true, kStart + 299);
  history.add(kScripts, false, kStart + 300);
  const AttackHistory::Hour hour = history.within(kScripts, kStart + 300);
  EXPECT_EQ(hour[10], (AttackHistory::Counts{2, 1}));
  EXPECT_EQ(hour[11], (AttackHistory::Counts{1, 0}));
  EXPECT_EQ(matched(history, kStart + 3599), 3U);
  EXPECT_EQ(matched(history, kStart + 3600), 1U);
  EXPECT_EQ(matched(history, kStart + 3900), 0U);
  EXPECT_EQ(history.within(category_of(AttackClass::SqlInjection), kStart + 300)[10].matched, 0U);
}

TEST(AttackHistory, ForgetsWhatAStepHeldAnHourAgo) {
  AttackHistory history;
  history.add(kScripts, true, kStart);
  history.add(kScripts, false, kStart + 3600);
  EXPECT_EQ(history.within(kScripts, kStart + 3600)[11], (AttackHistory::Counts{1, 0}));
  history.add(kScripts, true, kStart);  // late, and its step has gone
  EXPECT_EQ(matched(history, kStart + 3600), 1U);
}

TEST(AttackHistory, ComesBackAsItWasOrNotAtAll) {
  AttackHistory history;
  history.add(kScripts, true, kStart);
  AttackHistory read;
  ASSERT_TRUE(read.restore(history.to_json()));
  EXPECT_EQ(read.within(kScripts, kStart), history.within(kScripts, kStart));
  for (
      const char* torn :
      {"[]", "{}", "[[1,{}]]",
       R"([[0,{"xss":[1]}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}],[0,{}]])"}) {
    EXPECT_FALSE(read.restore(parse_json(torn).value())) << torn;
    EXPECT_EQ(matched(read, kStart), 1U);
  }
}

TEST(AuditChainWatch, ShowsABreakForADay) {
  AuditChainWatch watch;
  EXPECT_FALSE(watch.status(kStart));
  watch.add(ChainCheck::None, kStart);
  EXPECT_FALSE(watch.status(kStart));
  watch.add(ChainCheck::Start, kStart);
  EXPECT_EQ(watch.status(kStart), (AuditChainStatus{0, true}));
  watch.add(ChainCheck::Broken, kStart + 10);
  watch.add(ChainCheck::Intact, kStart + 20);
  EXPECT_EQ(watch.status(kStart + 20), (AuditChainStatus{1, false}));
  EXPECT_EQ(watch.status(kStart + 10 + AuditChainWatch::kBreakShown - 1), (AuditChainStatus{1, false}));
  EXPECT_EQ(watch.status(kStart + 10 + AuditChainWatch::kBreakShown), (AuditChainStatus{1, true}));
  AuditChainWatch read;
  ASSERT_TRUE(read.restore(watch.to_json()));
  EXPECT_EQ(read.status(kStart + 20), watch.status(kStart + 20));
}

TEST(SignalsSnapshot, HasTheHourOfEverySource) {
  Reading one, other;
  one.take(request("192.0.2.1", 0, "/?q=<script", 200));
  other.take(request("192.0.2.2", 1, "/?q=<script", 403));
  const std::array both{one.snapshot(1), other.snapshot(1)};
  const SignalsSnapshot all = merge(both);
  EXPECT_EQ(all.hour.at(kScripts)[11], (AttackHistory::Counts{2, 1}));
}

}  // namespace
}  // namespace picket::security
