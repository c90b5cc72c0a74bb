// Lines of 50 kB and more against every regular expression and every parser, and what happens when a regular
// expression has no verdict. Work is the processor's time of this thread, compared with that of a shorter line.
#include <gmock/gmock.h>
#include <re2/set.h>

#include <ctime>
#include <map>
#include <random>

#include "base/detect/detector.h"
#include "exporters/security/formats/line_parser.h"
#include "tests/http/raw_client.h"
#include "tests/security/faults/fault_fixture.h"
#include "tests/security/no_automaton.h"
#include "tests/security/sources/reader_fixture.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/nginx_server.h"
#include "tests/support/temp_dir.h"

namespace picket::security {
namespace {

constexpr std::size_t kLong = 50'000;

std::string repeated(std::string_view piece, std::size_t size) {
  std::string text;
  while (text.size() + piece.size() <= size) text += piece;
  return text;
}

double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The least of three tries, after one that warms up.
template <class Work>
double work_of(const Work& work) {
  work();
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double before = processor_seconds();
    work();
    least = std::min(least, processor_seconds() - before);
  }
  return least;
}

/// `more` is what `times` the text took. Linear is `times` as much, quadratic its square.
void expect_linear(double less, double more, double times, const std::string& what) {
  EXPECT_LT(more, 3 * times * less + 0.001) << what;
}

class OneRule {
 public:
  explicit OneRule(const std::string& pattern) : set_(options(), re2::RE2::UNANCHORED) {
    EXPECT_GE(set_.Add(pattern, nullptr), 0) << pattern;
    EXPECT_TRUE(set_.Compile()) << pattern;
  }
  void read(const std::string& text) const {
    std::vector<int> matched;
    re2::RE2::Set::ErrorInfo error{};
    set_.Match(text, &matched, &error);
    EXPECT_EQ(error.kind, re2::RE2::Set::kNoError);
  }

 private:
  static re2::RE2::Options options() {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_case_sensitive(false);
    options.set_dot_nl(true);
    options.set_max_mem(4 << 20);
    return options;
  }
  re2::RE2::Set set_;
};

TEST(LongLines, Fault28EveryRuleTakesWorkInProportionToTheLine) {
  const std::vector<AttackRule> rules = parse_attack_rules(attack_rules_text()).value();
  ASSERT_GT(rules.size(), 100U);
  std::map<std::string, std::pair<double, double>> by_shape;
  for (const AttackRule& rule : rules) {
    const OneRule one(rule.pattern);
    std::vector<std::string> pieces = {"a", "' or 1", "<a ${{../", "\xff%27("};
    for (const RuleExample& example : rule.examples) {
      if (!example.is_attack) continue;
      pieces.push_back(example.text.substr(0, example.text.size() - 1));  // nearly one, again and again
      break;
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const std::string small = repeated(pieces[i], kLong / 10), large = repeated(pieces[i], kLong);
      if (small.empty()) continue;
      auto& [less, more] = by_shape[i < 4 ? pieces[i] : "an example"];
      less += work_of([&] { one.read(small); });
      more += work_of([&] { one.read(large); });
    }
  }
  for (const auto& [shape, work] : by_shape) expect_linear(work.first, work.second, 10, shape);
}

TEST(LongLines, Fault28EveryParserTakesWorkInProportionToTheLine) {
  const std::vector<std::string> heads = {
      "",
      R"(192.0.2.1 - - [05/Jan/2026:12:00:00 +0000] "GET /)",
      R"(2026/01/05 12:00:00 [error] 7#7: *1 limiting requests, excess: 0.9 by zone "z", client: )",
      "Jan  5 12:00:00 host sshd[1]: Failed password for ",
      R"({"time":"2026-01-05T12:00:00Z","request_uri":")",
      R"({"timestamp":"2026-01-05T12:00:00Z","action":")",
      "ts=2026-01-05T12:00:00Z msg=\"",
      "[["};
  const std::vector<std::string> pieces = {"a",       "\"",         "\\",     "\" ",  " ",        "[",
                                           "{\"a\":", ", client: ", " from ", "for ", "=",        "a=b ",
                                           "\\u00e9", "%25",        "x, ",    "][",   "\xff\xfe", "user \""};
  for (const FormatType type :
       {FormatType::Nginx, FormatType::Apache, FormatType::NginxError, FormatType::Json, FormatType::Auth,
        FormatType::AuthdAudit, FormatType::AuthdLog}) {
    const auto parser = make_parser({.type = type, .time_zone = "UTC"}).value();
    LogRecord record;
    const auto parse = [&](const std::string& line) {
      parser->parse(line, test::ManualClock::kStart, record);
    };
    for (const std::string& head : heads) {
      for (const std::string& piece : pieces) {
        const std::string small = head + repeated(piece, kLong / 10), large = head + repeated(piece, kLong);
        expect_linear(work_of([&] { parse(small); }), work_of([&] { parse(large); }), 10,
                      fmt::format("{}: {}{} ...", to_string(type), head, piece));
      }
    }
  }
}

TEST(LongLines, Fault28TheDetectorTakesWorkInProportionToTheField) {
  const Detector detector = Detector::built_in().value();
  constexpr std::size_t kSmall = 2100;  // no longer quiet text in any case
  for (const char* piece : {"(", "'", "\"", "<a ", "${", "{{", "/*", "union ", "%27", "%2527", "&lt;",
                            "\\u003c", "../", "$(", ";", "a=b&", "&&", "YWJj", "+"}) {
    const std::string small = "/?q=" + repeated(piece, kSmall);
    const std::string large = "/?q=" + repeated(piece, 3 * kSmall);
    const auto scan = [&](const std::string& text) {
      for (int i = 0; i < 20; ++i) detector.scan_raw(text, FieldKind::Target);
    };
    expect_linear(work_of([&] { scan(small); }), work_of([&] { scan(large); }), 3, piece);
  }
}

class LongRequests : public SecurityFaults {};

TEST_F(LongRequests, Fault28OfARealNginxAreCountedAndHideNothingElse) {
  test::NginxServer nginx(
      "large_client_header_buffers 4 64k;\nserver { listen 127.0.0.1:@PORT@; access_log @DIR@/access.log; "
      "location / { return 200 \"ok\"; } }");
  exporter_.configure("sources: [{name: web, path: \"" + nginx.dir().file("access.log") +
                      "\", from: start, line_limit: 64KiB}]\n");
  exporter_.start();
  const std::vector<std::string> pieces = {"(",         "'",   "<a",    "${",  "{{", "../",
                                           "a+or+1=1+", "%27", "%2527", "&a=", "a"};
  const auto ask = [&](const std::string& query, const std::string& agent) {
    const auto answer = test::RawClient(static_cast<std::uint16_t>(nginx.port()))
                            .ask("GET /?q=" + query + " HTTP/1.1\r\nHost: h\r\nUser-Agent: " + agent +
                                 "\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer.status, 200) << query.substr(0, 20);
  };
  for (const std::string& piece : pieces) {
    ask(repeated(piece, kLong), "sqlmap/1.7");                  // one field too long to look through
    ask(repeated(piece, kLong), repeated(piece + "x", kLong));  // a line over its limit
    ask("1'+UNION+SELECT+password+FROM+users--", "x");          // and the next one is read
  }
  const auto count = static_cast<double>(pieces.size());
  EXPECT_TRUE(exporter_.shows(kLines, 3 * count)) << exporter_.process().errors();
  EXPECT_TRUE(exporter_.shows(R"(security_log_parse_failures_total{source="web",reason="oversize"})", count));
  EXPECT_TRUE(
      exporter_.shows(R"(security_attack_requests_total{source="web",category="unscannable"})", count));
  EXPECT_TRUE(
      exporter_.shows(R"(security_attack_requests_total{source="web",category="scanner_agent"})", count));
  EXPECT_TRUE(exporter_.shows(kAttacks, count));
}

class NoVerdict : public ReaderFixture {
 protected:
  void append(int count) {
    for (int i = 0; i < count; ++i)
      text_ +=
          "192.0.2.7 - - [05/Jan/2026:12:00:00 +0000] \"GET /?q=1'+UNION+SELECT+a+FROM+b-- HTTP/1.1\" 200 100 "
          "\"https://r.example/\" \"sqlmap/1.7\"\n";
    dir_.write("access.log", text_);
  }
  void read_all() { ReaderFixture::read_all(*reader_); }
  Count attacks(AttackClass kind) const {
    return reader_->status()->signals.counters.attacks.at(category_of(kind));
  }

  std::string text_;  ///< of the log
  const std::unique_ptr<SourceReader> reader_ = open(
      {.name = "web", .format = {}, .files = {.pattern = dir_.file("access.log"), .from = TailFrom::Start}});
};

TEST_F(NoVerdict, Fault29IsCountedAndNeverTakenForNoAttack) {
  append(10);
  {
    const NoAutomaton out_of_memory;
    read_all();
  }
  EXPECT_EQ(attacks(AttackClass::Unscannable), 10U);
  EXPECT_EQ(attacks(AttackClass::SqlInjection), 0U);
  EXPECT_EQ(reader_->status()->signals.counters.rules.at("out_of_memory"), 10U);
  ASSERT_FALSE(events_.empty());
  EXPECT_EQ(events_.front().category, "unscannable");
  EXPECT_EQ(events_.front().severity, Severity::Info);
}

TEST_F(NoVerdict, Fault29IsNotRememberedForTheNextLine) {
  append(10);
  {
    const NoAutomaton out_of_memory;
    read_all();
  }
  append(10);
  read_all();
  EXPECT_EQ(attacks(AttackClass::Unscannable), 10U);
  EXPECT_EQ(attacks(AttackClass::SqlInjection), 10U);
  EXPECT_EQ(attacks(AttackClass::ScannerAgent), 10U);
}

TEST(Automata, Fault29RulesThatNeedMoreMemoryThanThereIsAreRefused) {
  std::vector<AttackRule> rules;
  rules.reserve(200);
  for (int i = 0; i < 200; ++i)
    rules.push_back(
        {AttackClass::Xss, fmt::format("rule_{}", i), fmt::format("(a|b)*a(a|b){{{}}}x", 1000 - i)});
  const auto detector = Detector::compile(std::move(rules));
  ASSERT_FALSE(detector);
  EXPECT_THAT(detector.error().message, testing::HasSubstr("need too much memory"));
}

TEST(Automata, Fault29WithMoreStatesThanMemoryHasAVerdictAllTheSame) {
  constexpr std::size_t kBack = 900;  // two to that power of states
  const Detector detector =
      Detector::compile({{AttackClass::Xss, "far", fmt::format("(a|b)*a(a|b){{{}}}x", kBack)}}).value();
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::string text;
    while (text.size() < Detector::kTextMax - 1) text += (random() & 1) != 0 ? 'a' : 'b';
    text += 'x';
    const bool is_attack = text.at(text.size() - kBack - 2) == 'a';
    const auto matches = detector.scan(text, TextPart::Value);
    EXPECT_EQ(matches.size(), is_attack ? 1U : 0U);
    for (const AttackMatch& match : matches) EXPECT_EQ(match.rule, "far");
  }
}

}  // namespace
}  // namespace picket::security
