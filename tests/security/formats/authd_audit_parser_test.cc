// Against the lines of authd itself.
#include "exporters/security/formats/authd_audit_parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "authd/audit/chain.h"
#include "authd/audit/event.h"
#include "base/log/line.h"
#include "tests/security/formats/reader.h"

namespace picket::security::test {
namespace {

class AuthdAudit : public testing::Test {
 protected:
  std::string line(authd::AuditEvent event) {
    event.timestamp = at("2026-11-30T14:17:11Z");
    event.ip = "203.0.113.9";
    const authd::AuditEvent canonical = authd::canonical_event(std::move(event)).value();
    hash_ = authd::chain_hash(hash_, ++seq_, canonical);
    return authd::jsonl_line({seq_, canonical, hash_});
  }
  std::string attempt(const std::string& action, const std::string& factor, const std::string& reason) {
    return line({.action = action,
                 .resource = "user:u1",
                 .result = reason == "none" ? "success" : "denied",
                 .details = authd::audit_details({{"factor", factor}, {"reason", reason}})});
  }
  std::vector<std::string> lines(int count) {
    std::vector<std::string> all;
    all.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) all.push_back(line({.action = "users.update", .result = "success"}));
    return all;
  }
  std::vector<ChainCheck> checks(const std::vector<std::string>& all) {
    std::vector<ChainCheck> found;
    found.reserve(all.size());
    for (const std::string& one : all) found.push_back(reader_.record(one).chain);
    EXPECT_EQ(reader_.problem(), "");
    return found;
  }
  static long broken(const std::vector<ChainCheck>& found) {
    return std::ranges::count(found, ChainCheck::Broken);
  }

  std::int64_t seq_ = 0;
  std::string hash_{authd::chain_start()};
  Reader reader_{{.type = FormatType::AuthdAudit}};
};

TEST_F(AuthdAudit, TellsTriesFromChanges) {
  const LogRecord& failed = reader_.record(attempt("auth.login", "password", "wrong"));
  EXPECT_EQ(failed.kind, RecordKind::Login);
  EXPECT_EQ(failed.failure, LoginFailure::BadPassword);
  EXPECT_EQ(failed.account, "u1");
  EXPECT_EQ(failed.action, "auth.login");
  EXPECT_EQ(failed.outcome, "denied");
  EXPECT_EQ(failed.reason, "wrong");
  EXPECT_EQ(reader_.client(), "203.0.113.9");
  EXPECT_EQ(failed.time, at("2026-11-30T14:17:11Z"));
  EXPECT_EQ(failed.chain, ChainCheck::Intact);
  EXPECT_EQ(reader_.record(attempt("auth.challenge", "password", "none")).kind, RecordKind::Account);
  const LogRecord& done = reader_.record(attempt("auth.login", "totp", "none"));
  EXPECT_EQ(done.kind, RecordKind::Login);
  EXPECT_EQ(done.failure, LoginFailure::None);
  EXPECT_EQ(done.method_of_login, LoginMethod::Totp);
  const LogRecord& change = reader_.record(line({.action = "sessions.end",
                                                 .resource = "session:s",
                                                 .result = "success",
                                                 .details = R"({"reason":"logout"})"}));
  EXPECT_EQ(change.kind, RecordKind::Account);
  EXPECT_EQ(change.reason, "logout");
}

TEST_F(AuthdAudit, KnowsWhyATryFailed) {
  using Row = std::pair<std::pair<const char*, const char*>, LoginFailure>;
  for (const auto& [what, failure] :
       {Row{{"password", "unknown"}, LoginFailure::UnknownAccount},
        Row{{"password", "locked"}, LoginFailure::Locked}, Row{{"password", "stopped"}, LoginFailure::Locked},
        Row{{"password", "suspended"}, LoginFailure::Disabled}, Row{{"totp", "wrong"}, LoginFailure::Mfa},
        Row{{"backup_code", "spent"}, LoginFailure::Mfa}, Row{{"sms", "exhausted"}, LoginFailure::Mfa},
        Row{{"email", "expired"}, LoginFailure::Expired},
        Row{{"password", "owner_network"}, LoginFailure::Policy}}) {
    EXPECT_EQ(reader_.record(attempt("auth.login", what.first, what.second)).failure, failure) << what.second;
  }
}

TEST_F(AuthdAudit, FollowsTheChainThroughWhateverClientsSend) {
  std::vector<std::string> all;
  for (const char* agent : {"plain", "quote\" back\\slash", "\xC2\x85 next line",
                            "\xE2\x80\xA8\xE2\x80\xAE turned \\u2028", "\x01\x1F\x7F", "\xFF\xFE broken",
                            ",\"seq\":99,\"hash\":\"x\"}", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"}) {
    all.push_back(line(
        {.user_agent = agent, .action = "x", .details = authd::audit_details({{"z", agent}, {"a", "b"}})}));
  }
  const auto found = checks(all);
  EXPECT_EQ(std::ranges::count(found, ChainCheck::Intact), static_cast<long>(all.size()));
}

TEST_F(AuthdAudit, SeesALineThatWasChanged) {
  auto all = lines(5);
  all[2].replace(all[2].find("users.update"), 12, "users.delete");
  const auto found = checks(all);
  EXPECT_EQ(broken(found), 1);
  EXPECT_EQ(found[2], ChainCheck::Broken);
}

TEST_F(AuthdAudit, SeesALineThatIsMissing) {
  auto all = lines(30);
  all.erase(all.begin() + 3);
  EXPECT_EQ(broken(checks(all)), 1);
}

/// Two authd on one database: in the file of each, the rows of the other are missing.
TEST_F(AuthdAudit, MissesNoRowsOfOthersInTheFileOfAReplica) {
  std::vector<std::string> mine = lines(120);
  std::erase_if(mine, [i = 0](const std::string&) mutable { return ++i % 3 == 2 || (i > 60 && i < 90); });
  Reader replica({.type = FormatType::AuthdAudit, .replica = true});
  std::vector<ChainCheck> found;
  for (const std::string& one : mine) found.push_back(replica.record(one).chain);
  EXPECT_EQ(broken(found), 0);
  EXPECT_GT(broken(checks(mine)), 0);

  mine[20].replace(mine[20].find("users.update"), 12,
                   "users.delete");  // a row that follows on the one before
  Reader again({.type = FormatType::AuthdAudit, .replica = true});
  found.clear();
  for (const std::string& one : mine) found.push_back(again.record(one).chain);
  EXPECT_EQ(broken(found), 1);
}

TEST_F(AuthdAudit, TakesLinesThatWereWrittenAtTheSameTime) {
  auto all = lines(12);
  std::swap(all[2], all[3]);
  std::rotate(all.begin() + 5, all.begin() + 6, all.begin() + 10);
  const auto found = checks(all);
  EXPECT_EQ(broken(found), 0);
  EXPECT_EQ(found.back(), ChainCheck::Intact);
}

TEST_F(AuthdAudit, SeesAChangeInALineThatWaited) {
  auto all = lines(4);
  std::swap(all[1], all[2]);
  all[1].replace(all[1].find("success"), 7, "failure");
  EXPECT_EQ(broken(checks(all)), 1);
}

TEST_F(AuthdAudit, TakesNoNumberThatNoRowHas) {
  const auto all = lines(4);
  for (std::size_t i = 0; i < 3; ++i) reader_.record(all[i]);
  std::string huge = all[3];
  huge.replace(huge.rfind(":4,"), 3, ":9223372036854775807,");
  EXPECT_EQ(reader_.record(huge).chain, ChainCheck::Broken);
  EXPECT_EQ(reader_.record(all[3]).chain, ChainCheck::Intact);
  Reader fresh({.type = FormatType::AuthdAudit});
  EXPECT_EQ(fresh.record(huge).chain, ChainCheck::Broken);
  EXPECT_EQ(fresh.parser().state(), "");
  EXPECT_FALSE(fresh.parser().restore("9223372036854775807 " + std::string(64, 'a')));
}

TEST_F(AuthdAudit, RemembersNoMoreThanItMay) {
  auto all = lines(12);
  for (std::size_t i = 2; i < all.size(); ++i) {
    const std::string state = reader_.parser().state();
    std::string large = all[i];
    large.insert(1, "\"pad\":\"" + std::string(kLineMax / 2, 'x') + "\",");
    reader_.record(all[0]);
    reader_.record(all[2]);  // waits for the one before
    reader_.record(large);
    EXPECT_LE(reader_.parser().state().size(), kParserStateMax) << i;
    Reader after({.type = FormatType::AuthdAudit});
    EXPECT_TRUE(after.parser().restore(reader_.parser().state())) << i;
    ASSERT_TRUE(reader_.parser().restore(state));
  }
  EXPECT_FALSE(reader_.parser().restore("1 " + std::string(64, 'a') + "\n{\"pad\":\"" +
                                        std::string(kParserStateMax, 'x') + "\"," + all[4].substr(1)));
}

TEST_F(AuthdAudit, TakesTheChainUpWhereItStood) {
  auto all = lines(8);
  std::swap(all[3], all[4]);
  for (int i = 0; i < 4; ++i) reader_.record(all[static_cast<std::size_t>(i)]);
  const std::string state = reader_.parser().state();
  Reader after({.type = FormatType::AuthdAudit});
  ASSERT_TRUE(after.parser().restore(state));
  EXPECT_EQ(after.parser().state(), state);
  for (std::size_t i = 4; i < all.size(); ++i) EXPECT_EQ(after.record(all[i]).chain, ChainCheck::Intact);
  Reader fresh({.type = FormatType::AuthdAudit});
  EXPECT_EQ(fresh.record(all[5]).chain, ChainCheck::Start);
  EXPECT_EQ(fresh.record(all[6]).chain, ChainCheck::Intact);
  for (std::size_t length = 1; length < state.size(); ++length) {
    std::ignore = after.parser().restore(state.substr(0, length));  // ends, whatever is torn off
  }
  EXPECT_FALSE(after.parser().restore("7 abc"));
  EXPECT_FALSE(after.parser().restore("x"));
}

TEST_F(AuthdAudit, BeginsAgainWithAnotherChain) {
  checks(lines(20));
  seq_ = 0;
  hash_ = authd::chain_start();
  const auto found = checks(lines(5));
  EXPECT_EQ(broken(found), 1);
  EXPECT_EQ(found.back(), ChainCheck::Intact);
}

TEST_F(AuthdAudit, RefusesWhatIsNotALineOfIt) {
  for (const char* text : {"", "{}", "x", R"({"action":"a","details":{},"seq":1})",
                           R"({"action":"a","details":1,"seq":1,"hash":""})"}) {
    EXPECT_NE(std::string(text).empty(), reader_.read(text) != ParseResult::Ok) << text;
  }
  std::string bad_time = lines(1)[0];
  bad_time.replace(bad_time.find("2026-11"), 7, "2026-99");
  EXPECT_EQ(reader_.read(bad_time), ParseResult::Time);
}

TEST(AuthdLog, TellsWhatTheAuditFileDoesNot) {
  const auto line_of = [](const char* msg, bool json) {
    const LogEvent event{
        .time = at("2026-11-30T14:17:11Z"),
        .level = LogLevel::Warn,
        .message = msg,
        .fields = {
            {"client", "203.0.113.9"}, {"tier", "auth"}, {"scope", "network"}, {"account", "a b\"=c"}}};
    return json ? format_json(event) : format_logfmt(event);
  };
  Reader reader({.type = FormatType::AuthdLog});
  for (const bool json : {false, true}) {
    const auto line = [&](const char* msg) { return line_of(msg, json); };
    const LogRecord& limit = reader.record(line("too many failures"));
    EXPECT_EQ(limit.kind, RecordKind::RateLimit);
    EXPECT_EQ(limit.limit, "auth");
    EXPECT_EQ(reader.client(), "203.0.113.9");
    EXPECT_EQ(limit.time, at("2026-11-30T14:17:11Z"));
    const LogRecord& lock = reader.record(line("login locked"));
    EXPECT_EQ(lock.kind, RecordKind::Account);
    EXPECT_EQ(lock.action, "auth.lock");
    EXPECT_EQ(lock.reason, "network");
    EXPECT_EQ(lock.account, "a b\"=c");
    EXPECT_EQ(reader.record(line("login refused")).kind, RecordKind::Other);
    EXPECT_EQ(reader.record(line("msg=\"network blocked\" client=1.1.1.1")).kind, RecordKind::Other);
  }
  EXPECT_EQ(reader.problem(), "");
  for (const char* text : {"x", "ts=1 msg=\"open", "=x", "{\"msg\":1}", "level=warn"}) {
    EXPECT_EQ(reader.read(text), ParseResult::Format) << text;
  }
}

}  // namespace
}  // namespace picket::security::test
