#include "authd/sessions/session_collector.h"

#include "base/metrics/exposition.h"
#include "tests/authd/sessions/session_fixture.h"

namespace picket::authd {
namespace {

class SessionMetrics : public OnReplicas {
 protected:
  static std::string text_of(SessionCollector& collector) {
    Collector* const all[] = {&collector};
    return encode(all, ExpositionFormat::Text004);
  }
};

TEST_P(SessionMetrics, ShowWhatWasJudgedInSeriesThatAreThereFromTheStart) {
  const auto here = replica();
  const auto keys = SigningKeyKeeper::start(stores_->signing_keys(), clock_, {}).value();
  SessionCollector collector(here->sessions, here->check, *keys);
  const std::string before = text_of(collector);
  EXPECT_EQ(before.find("authd_sessions_active"), std::string::npos) << "is not counted yet";
  const Grant grant = opened(*here, created("alice"));
  ASSERT_TRUE(here->sessions.refresh(grant.refresh_token.reveal(), kFirefox));
  ASSERT_TRUE(here->sessions.count_active());
  EXPECT_EQ(word(here->check.by_cookie("nonsense")), "denied");
  EXPECT_EQ(word(here->check.by_access_token(grant.access_token.reveal())), "believed");
  const std::string after = text_of(collector);
  for (const std::string_view line : {
           R"(authd_refresh_total{result="rotated"} 1)",
           R"(authd_refresh_total{result="grace_replay"} 0)",
           R"(authd_refresh_total{result="unknown"} 0)",
           R"(authd_sessions_active 1)",
           R"(authd_token_checks_total{via="cookie",result="denied"} 1)",
           R"(authd_token_checks_total{via="access_token",result="believed"} 1)",
           R"(authd_token_checks_total{via="api_key",result="unavailable"} 0)",
           R"(authd_signing_key_expiry_timestamp_seconds{state="active"} 1770206400)",
       }) {
    EXPECT_NE(after.find(line), std::string::npos) << line << "\n" << after;
  }
  const auto lines = [](const std::string& text) { return std::ranges::count(text, '\n'); };
  EXPECT_EQ(lines(after), lines(before) + 3);
}

INSTANTIATE_TEST_SUITE_P(Engines, SessionMetrics, kEngines, test::engine_name);

}  // namespace
}  // namespace picket::authd
