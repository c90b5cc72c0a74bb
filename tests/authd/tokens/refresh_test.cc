#include "authd/tokens/refresh.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/text/encoding.h"
#include "tests/authd/tokens/token_fixture.h"

namespace picket::authd {
namespace {

const ClientBinding kPhone{"phone"};
const ClientBinding kThief{"thief"};

/// A store of one family: judges, writes what it was told, and remembers every token that was given.
class Session {
 public:
  explicit Session(const RefreshPolicy& policy = {}) : policy_(policy) {
    SystemRandom random;
    family_ = make_refresh_family(random, kPhone, kNow, policy_);
    given_.push_back(refresh_token(family_, family_.active).reveal());
  }

  std::string present(const std::string& token, const ClientBinding& client, WallTime now) {
    const auto parsed = PresentedRefresh::parse(token);
    if (!parsed) return "malformed";
    RefreshJudgement judgement = judge_refresh(family_, *parsed, client, now, policy_);
    EXPECT_EQ(judgement.family.version != family_.version, judgement.family != family_);
    family_ = std::move(judgement.family);
    last_.clear();
    if (judgement.next) last_ = judgement.next->reveal();
    if (judgement.next && last_ != given_.back()) given_.push_back(last_);
    return std::string(to_string(judgement.verdict));
  }
  /// The n-th token that was given; 0 is the one of login.
  const std::string& given(std::size_t n) const { return given_.at(n); }
  const std::string& latest() const { return given_.back(); }
  const std::vector<std::string>& all() const { return given_; }
  const std::string& last_answer() const { return last_; }
  RefreshFamily& family() { return family_; }

 private:
  RefreshPolicy policy_;
  RefreshFamily family_;
  std::vector<std::string> given_;
  std::string last_;
};

TEST(Refresh, RotatesTheActiveToken) {
  Session session;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(session.present(session.latest(), kPhone, at_second(i * 600)), "rotated");
    EXPECT_EQ(session.last_answer(), session.given(static_cast<std::size_t>(i) + 1));
  }
  EXPECT_EQ(std::set(session.all().begin(), session.all().end()).size(), 6U);
}

TEST(Attack20, ParallelRequestsOfOneClientGetTheSameSuccessor) {
  Session session;
  ASSERT_EQ(session.present(session.given(0), kPhone, kNow), "rotated");
  for (int i = 0; i < 63; ++i) {
    EXPECT_EQ(session.present(session.given(0), kPhone, at_second(i % 11)), "grace_replay") << i;
    EXPECT_EQ(session.last_answer(), session.given(1)) << i;
  }
  EXPECT_EQ(session.all().size(), 2U);
  EXPECT_EQ(session.present(session.given(1), kPhone, at_second(11)), "rotated");
}

TEST(Attack20, ACompareAndSetLetsOneOfTwoRotationsWin) {
  SystemRandom random;
  const RefreshFamily family = make_refresh_family(random, kPhone, kNow);
  const auto presented = PresentedRefresh::parse(refresh_token(family, 0).reveal()).value();
  const RefreshJudgement one = judge_refresh(family, presented, kPhone, kNow);
  const RefreshJudgement two = judge_refresh(family, presented, kPhone, at_second(1));
  EXPECT_EQ(one.next, two.next) << "both answer the same token, whoever writes first";
  const RefreshJudgement again = judge_refresh(one.family, presented, kPhone, at_second(1));
  EXPECT_EQ(again.verdict, RefreshVerdict::ReplaySuccessor) << "the loser reads again";
  EXPECT_EQ(again.next, one.next);
  EXPECT_EQ(again.family, one.family) << "and has nothing to write";
}

TEST(Attack20, WithinTheGraceAnotherClientIsAThief) {
  Session session;
  ASSERT_EQ(session.present(session.given(0), kPhone, kNow), "rotated");
  EXPECT_EQ(session.present(session.given(0), kThief, at_second(1)), "reuse");
  EXPECT_EQ(session.last_answer(), "");
  EXPECT_EQ(session.present(session.given(1), kPhone, at_second(2)), "revoked");
}

TEST(Attack21, AGrandparentEndsTheFamily) {
  for (const int seconds_later : {1, 600}) {
    Session session;
    session.present(session.given(0), kPhone, kNow);
    session.present(session.given(1), kPhone, kNow);
    EXPECT_EQ(session.present(session.given(0), kPhone, at_second(seconds_later)), "reuse");
    for (const std::string& token : session.all()) {
      EXPECT_EQ(session.present(token, kPhone, at_second(seconds_later)), "revoked");
    }
  }
}

TEST(Attack21, AStolenTokenEndsTheFamilyWhoeverComesFirst) {
  Session thief_first;
  EXPECT_EQ(thief_first.present(thief_first.given(0), kThief, kNow), "rotated");
  EXPECT_EQ(thief_first.present(thief_first.given(0), kPhone, at_second(3)), "reuse");
  EXPECT_EQ(thief_first.present(thief_first.given(1), kThief, at_second(4)), "revoked");
  Session owner_first;
  EXPECT_EQ(owner_first.present(owner_first.given(0), kPhone, kNow), "rotated");
  EXPECT_EQ(owner_first.present(owner_first.given(0), kThief, at_second(300)), "reuse");
  EXPECT_EQ(owner_first.present(owner_first.given(1), kPhone, at_second(301)), "revoked");
}

TEST(Attack22, AClockStepNeitherRevivesNorLengthensTheGrace) {
  Session session;
  ASSERT_EQ(session.present(session.given(0), kPhone, at_second(0)), "rotated");
  ASSERT_EQ(session.present(session.given(1), kPhone, at_second(3600)), "rotated");
  EXPECT_EQ(session.present(session.given(0), kPhone, at_second(0)), "reuse") << "an hour back";
  Session other;
  ASSERT_EQ(other.present(other.given(0), kPhone, at_second(3600)), "rotated");
  ASSERT_EQ(other.present(other.given(0), kPhone, at_second(3600 - 11)), "grace_replay") << "counts as late";
  EXPECT_TRUE(other.family().late_replayed);
  EXPECT_EQ(other.present(other.given(0), kPhone, at_second(3600 - 12)), "reuse");
}

TEST(Attack22, ATokenYoungerThanARestoredDatabaseIsRefused) {
  Session session;
  const RefreshFamily backup = session.family();
  for (int i = 0; i < 3; ++i) session.present(session.latest(), kPhone, at_second(i * 60));
  session.family() = backup;
  EXPECT_EQ(session.present(session.given(2), kPhone, at_second(600)), "reuse");
  EXPECT_EQ(session.present(session.given(0), kPhone, at_second(601)), "revoked");
}

TEST(Attack23, ALostAnswerIsGivenAgain) {
  Session soon;
  soon.present(soon.given(0), kPhone, kNow);
  EXPECT_EQ(soon.present(soon.given(0), kPhone, at_second(2)), "grace_replay");
  EXPECT_EQ(soon.last_answer(), soon.given(1));
  Session late;
  late.present(late.given(0), kPhone, kNow);
  EXPECT_EQ(late.present(late.given(0), kPhone, at_second(300)), "grace_replay");
  EXPECT_EQ(late.last_answer(), late.given(1));
  EXPECT_EQ(late.present(late.given(0), kPhone, at_second(301)), "reuse") << "once, and no second time";
}

TEST(Attack23, ALostAnswerIsNotGivenToAnotherClientNorOverTheBudget) {
  Session session;
  session.present(session.given(0), kPhone, kNow);
  EXPECT_EQ(session.present(session.given(0), kThief, at_second(300)), "reuse");
  Session lossy;
  int now = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(lossy.present(lossy.given(i), kPhone, at_second(now += 300)), "rotated");
    EXPECT_EQ(lossy.present(lossy.given(i), kPhone, at_second(now += 300)), "grace_replay");
  }
  EXPECT_EQ(lossy.present(lossy.given(3), kPhone, at_second(now += 300)), "rotated");
  EXPECT_EQ(lossy.present(lossy.given(3), kPhone, at_second(now += 300)), "reuse");
}

TEST(Refresh, EndsAbsolutelyAfterSevenDays) {
  Session session;
  const WallTime end = kNow + std::chrono::hours(168);
  for (WallTime now = kNow; now < end; now += std::chrono::hours(1)) {
    ASSERT_EQ(session.present(session.latest(), kPhone, now), "rotated");
  }
  EXPECT_EQ(session.present(session.latest(), kPhone, end), "expired");
  EXPECT_EQ(session.present(session.given(0), kPhone, end), "expired");
  EXPECT_EQ(session.present(session.latest(), kPhone, end - std::chrono::nanoseconds(1)), "rotated");
}

TEST(Refresh, DoesNotKnowForgedTokens) {
  Session session, other;
  const std::string token = session.latest();
  for (std::size_t i = 4; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const std::string outcome = session.present(changed, kPhone, kNow);
    EXPECT_TRUE(outcome == "unknown" || outcome == "malformed") << i << " " << outcome;
    EXPECT_FALSE(session.family().revoked);
  }
  EXPECT_EQ(session.present(other.latest(), kPhone, kNow), "unknown");
  for (const std::string& text : {std::string(), std::string("prt_"), token + "=", token + "A",
                                  "pak_" + token.substr(4), "prt_" + base64url_encode(std::string(55, 'x')),
                                  "prt_" + base64url_encode(std::string(16, 'x') + std::string(40, '\xff')),
                                  "prt_" + std::string(100'000, 'A')}) {
    EXPECT_EQ(PresentedRefresh::parse(text), std::nullopt) << text.substr(0, 80);
  }
}

/// How many of the tokens that were ever given could be rotated now.
int live_leaves(Session& session, WallTime now) {
  int live = 0;
  for (const std::string& token : session.all()) {
    const auto presented = PresentedRefresh::parse(token).value();
    if (judge_refresh(session.family(), presented, kPhone, now).verdict == RefreshVerdict::Rotate) ++live;
  }
  return live;
}

/// Presents one of the last three tokens, mostly the latest, mostly as the owner, after up to 12 s.
void step(Session& session, WallTime& now, std::mt19937& random) {
  now += std::chrono::milliseconds(random() % 12'000);
  if (random() % 20 == 0) now -= std::chrono::seconds(30);
  const std::size_t size = session.all().size();
  const std::size_t back = random() % 10 < 7 ? 0 : std::min<std::size_t>(random() % 3, size - 1);
  const std::string token = session.given(size - 1 - back);
  const std::string latest = session.latest();
  const bool was_revoked = session.family().revoked;
  const std::string verdict = session.present(token, random() % 15 == 0 ? kThief : kPhone, now);
  EXPECT_LE(live_leaves(session, now), 1);
  EXPECT_EQ(was_revoked, verdict == "revoked");
  EXPECT_TRUE(verdict != "rotated" || token == latest) << "only the leaf rotates";
  EXPECT_TRUE(verdict != "grace_replay" || session.last_answer() == latest) << "a replay gives the leaf";
  EXPECT_TRUE(verdict != "reuse" || live_leaves(session, now) == 0);
}

TEST(Refresh, NeverHasTwoLiveLeavesWhateverIsPresented) {
  std::mt19937 random(20261121);
  int revoked = 0;
  std::int64_t deepest = 0;
  for (int run = 0; run < 400; ++run) {
    Session session;
    WallTime now = kNow;
    for (int i = 0; i < 40; ++i) step(session, now, random);
    revoked += session.family().revoked ? 1 : 0;
    deepest = std::max(deepest, session.family().active);
  }
  EXPECT_GT(revoked, 50);
  EXPECT_LT(revoked, 400);
  EXPECT_GT(deepest, 20);
}

}  // namespace
}  // namespace picket::authd
