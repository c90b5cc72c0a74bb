#include "base/config/reader.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/support/temp_dir.h"

namespace picket {
namespace {

enum class Color { Red, Green };

struct Http {
  std::string url;
  int status = 200;
};

void read_yaml(MapReader& r, Http& http) {
  r.require("url", http.url);
  r.read("status", http.status);
  if (!http.url.starts_with("http")) r.problem("url", "must be an http:// or https:// URL");
}

struct Check {
  std::string name;
  Duration interval = std::chrono::minutes(5);
  std::optional<Http> http;
};

void read_yaml(MapReader& r, Check& check) {
  r.require("name", check.name);
  r.read("interval", check.interval);
  r.read("http", check.http);
}

struct Pair {  // "left=right"
  std::string left, right;
};

bool read_value(const ValueReader& r, Pair& pair) {
  std::string text;
  if (!r.decode(text)) return false;
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    r.problem("must be left=right");
    return false;
  }
  pair = {text.substr(0, equals), text.substr(equals + 1)};
  return true;
}

struct Sample {
  bool enabled = false;
  std::string title = "untitled";
  double ratio = 0.5;
  Duration timeout = std::chrono::seconds(10);
  Bytes limit = 1_KiB;
  std::optional<Regex> pattern;
  Secret token;
  std::uint16_t port = 80;
  std::int64_t big = 0;
  std::uint64_t size = 0;
  Color color = Color::Red;
  std::vector<Check> checks;
  std::vector<int> numbers;
  std::map<std::string, std::string> labels;
  std::optional<int> maybe;
  Pair pair;
};

void read_yaml(MapReader& r, Sample& s) {
  r.read("enabled", s.enabled);
  r.read("title", s.title);
  r.read("ratio", s.ratio);
  r.read("timeout", s.timeout);
  r.read("limit", s.limit);
  r.read("pattern", s.pattern);
  r.read_secret("token", s.token);
  r.read("port", s.port);
  r.read("big", s.big);
  r.read("size", s.size);
  r.read_enum("color", s.color, {{"red", Color::Red}, {"green", Color::Green}});
  r.read("checks", s.checks);
  r.read("numbers", s.numbers);
  r.read("labels", s.labels);
  r.read("maybe", s.maybe);
  r.read("pair", s.pair);
  r.ignore("legacy");
}

const RealFiles kFiles;

std::string problems_of(std::string_view text) {
  const auto read = parse_config<Sample>(text, "health.yml", kFiles);
  return read ? "" : read.error().message;
}

TEST(Reader, ReadsEveryTypeOfField) {
  const auto read = parse_config<Sample>(R"(
enabled: true
title: "5"
ratio: 1e-3
timeout: 1h30m
limit: 64KiB
pattern: ^a+$
token: s3cret
port: 65535
big: -9223372036854775808
size: 9223372036854775807
color: green
checks:
  - name: one
    interval: 0
    http: {url: "http://a", status: 204}
  - {name: 2}
numbers: [1, -2]
labels: {b: x, a: 1}
maybe: 7
pair: l=r=s
legacy: {anything: [goes]}
)",
                                         "health.yml", kFiles);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_TRUE(read->enabled);
  EXPECT_EQ(read->title, "5");
  EXPECT_DOUBLE_EQ(read->ratio, 0.001);
  EXPECT_EQ(read->timeout, std::chrono::minutes(90));
  EXPECT_EQ(read->limit, 64_KiB);
  ASSERT_TRUE(read->pattern);
  EXPECT_TRUE(read->pattern->full_match("aaa"));
  EXPECT_EQ(read->token.reveal(), "s3cret");
  EXPECT_EQ(read->port, 65535);
  EXPECT_EQ(read->big, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read->size, 9223372036854775807U);
  EXPECT_EQ(read->color, Color::Green);
  ASSERT_EQ(read->checks.size(), 2U);
  EXPECT_EQ(read->checks[0].interval, Duration::zero());
  EXPECT_EQ(read->checks[0].http->status, 204);
  EXPECT_EQ(read->checks[1].name, "2");
  EXPECT_EQ(read->checks[1].interval, std::chrono::minutes(5));
  EXPECT_EQ(read->numbers, (std::vector<int>{1, -2}));
  EXPECT_EQ(read->labels, (std::map<std::string, std::string>{{"a", "1"}, {"b", "x"}}));
  EXPECT_EQ(read->maybe, 7);
  EXPECT_EQ(read->pair.right, "r=s");
}

TEST(Reader, KeepsTheDefaultsOfAnEmptyFileAndOfEmptyLists) {
  for (const std::string_view text : {"", "# nothing\n", "{}", "checks:\nlabels:\nnumbers: []\n"}) {
    const auto read = parse_config<Sample>(text, "health.yml", kFiles);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->title, "untitled");
    EXPECT_EQ(read->port, 80);
    EXPECT_TRUE(read->checks.empty());
  }
}

struct Refusal {
  std::string_view text;
  std::string_view problems;
};

constexpr Refusal kRefusals[] = {
    {"enabled: yes", "health.yml:1:10: enabled: must be true or false, not \"yes\" (did you mean true?)"},
    {"enabled: True", "health.yml:1:10: enabled: must be true or false, not \"True\" (did you mean true?)"},
    {"enabled: OFF", "health.yml:1:10: enabled: must be true or false, not \"OFF\" (did you mean false?)"},
    {"enabled: maybe", "health.yml:1:10: enabled: must be true or false, not \"maybe\""},
    {"enabled: 'true'", "health.yml:1:10: enabled: must be true or false, not \"true\" (did you mean true?)"},
    {"enabled:", "health.yml:1:1: enabled: must be true or false, not empty"},
    {"title: [x]", "health.yml:1:8: title: must be text, not a list"},
    {"title: {x: 1}", "health.yml:1:8: title: must be text, not a map"},
    {"title: ~", "health.yml:1:8: title: must be text, not empty"},
    {"ratio: half", "health.yml:1:8: ratio: must be a number, not \"half\""},
    {"ratio: '0.5'", "health.yml:1:8: ratio: must be a number, not the text \"0.5\""},
    {"ratio: NaN", "health.yml:1:8: ratio: must be a number, not \"NaN\""},
    {"ratio: 1e999", "health.yml:1:8: ratio: must be a number, not \"1e999\""},
    {"timeout: 5", "health.yml:1:10: timeout: must be a duration such as 30s, 5m or 1h30m, not \"5\""},
    {"timeout: -5s", "health.yml:1:10: timeout: must be a duration such as 30s, 5m or 1h30m, not \"-5s\""},
    {"timeout: 5 min",
     "health.yml:1:10: timeout: must be a duration such as 30s, 5m or 1h30m, not \"5 min\""},
    {"limit: lots", "health.yml:1:8: limit: must be a size such as 512, 64KiB or 10MB, not \"lots\""},
    {"port: 65536", "health.yml:1:7: port: must be from 0 to 65535, not 65536"},
    {"port: -1", "health.yml:1:7: port: must be from 0 to 65535, not -1"},
    {"port: 99999999999999999999", "health.yml:1:7: port: must be from 0 to 65535, not 99999999999999999999"},
    {"port: 0x50", "health.yml:1:7: port: must be a whole number, not \"0x50\""},
    {"port: 010", "health.yml:1:7: port: must be a whole number, not \"010\""},
    {"port: 8.0", "health.yml:1:7: port: must be a whole number, not \"8.0\""},
    {"port: 1_000", "health.yml:1:7: port: must be a whole number, not \"1_000\""},
    {"port: '80'", "health.yml:1:7: port: must be a whole number, not the text \"80\""},
    {"port: [80]", "health.yml:1:7: port: must be a whole number, not a list"},
    {"color: blue", "health.yml:1:8: color: must be one of red, green, not \"blue\""},
    {"color: gren",
     "health.yml:1:8: color: must be one of red, green, not \"gren\" (did you mean \"green\"?)"},
    {"checks: {a: 1}", "health.yml:1:9: checks: must be a list, not a map"},
    {"checks: x", "health.yml:1:9: checks: must be a list, not a single value"},
    {"labels: [1]", "health.yml:1:9: labels: must be a map, not a list"},
    {"numbers: [1, x, 3, y]",
     "health.yml:1:14: numbers[1]: must be a whole number, not \"x\"\n"
     "health.yml:1:20: numbers[3]: must be a whole number, not \"y\""},
    {"maybe: x", "health.yml:1:8: maybe: must be a whole number, not \"x\""},
    {"pair: lr", "health.yml:1:7: pair: must be left=right"},
    {"labels: {a: [1]}", "health.yml:1:13: labels.a: must be text, not a list"},
    {"token: [a]", "health.yml:1:8: token: must be text"},
    {"- a", "health.yml:1:1: must be a map, not a list"},
    {"just text", "health.yml:1:1: must be a map, not a single value"},
    {"enabled: true\ntitel: x", "health.yml:2:1: unknown key \"titel\" (did you mean \"title\"?)"},
    {"zzzzzzzzzz: x",
     "health.yml:1:1: unknown key \"zzzzzzzzzz\"; known are enabled, title, ratio, timeout, limit, pattern, "
     "token_file, token, port, big, size, color, checks, numbers, labels, maybe, pair, legacy"},
    {"checks:\n  - intervall: 5m\n    name: x\n",
     "health.yml:2:5: checks[0]: unknown key \"intervall\" (did you mean \"interval\"?)"},
    {"checks:\n  - interval: 5m\n", "health.yml:2:5: checks[0].name: is required"},
    {"checks: [{name: a}, {name: b, http: {url: ftp://x}}]",
     "health.yml:1:43: checks[1].http.url: must be an http:// or https:// URL"},
    {"checks: [{name: a, http: 3}]", "health.yml:1:26: checks[0].http: must be a map, not a single value"},
    {"a\nb: 1", "health.yml:2:2: illegal map value"},
};

TEST(Reader, NamesPlaceKeyAndReasonOfEveryProblem) {
  for (const Refusal& row : kRefusals) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(problems_of(row.text), row.problems);
  }
}

TEST(Reader, ReportsEveryProblemInFileOrder) {
  EXPECT_EQ(
      problems_of("port: x\nbogus: 1\nratio: y\nchecks:\n  - name: [1]\n  - {}\n"),
      "health.yml:1:7: port: must be a whole number, not \"x\"\n"
      "health.yml:2:1: unknown key \"bogus\"; known are enabled, title, ratio, timeout, limit, pattern, "
      "token_file, token, port, big, size, color, checks, numbers, labels, maybe, pair, legacy\n"
      "health.yml:3:8: ratio: must be a number, not \"y\"\n"
      "health.yml:5:11: checks[0].name: must be text, not a list\n"
      "health.yml:6:5: checks[1].name: is required");
}

TEST(Reader, NamesTheReasonOfABadRegularExpression) {
  const std::string problems = problems_of("pattern: 'a('");
  EXPECT_TRUE(problems.starts_with("health.yml:1:10: pattern: must be a regular expression (RE2): "))
      << problems;
}

TEST(Reader, PlacesAnAliasedProblemAtTheAlias) {
  EXPECT_EQ(problems_of("title: &t x\nport: *t\n"),
            "health.yml:2:7: port: must be a whole number, not \"x\"");
}

TEST(Reader, NeverLetsAValueStartALineOfItsOwn) {
  const std::string problems = problems_of("port: \"x\\nhealth.yml:9:9: all is well\"\n");
  EXPECT_EQ(problems.find('\n'), std::string::npos) << problems;
}

TEST(Reader, LeavesAFieldAloneWhenItsValueIsBad) {
  Problems problems("f");
  const YamlNode root = parse_yaml("port: x\ncolor: blue\nchecks: 3\n", problems);
  ReadContext context{kFiles, problems};
  Sample sample;
  sample.port = 7;
  sample.color = Color::Green;
  sample.checks.resize(2);
  EXPECT_FALSE(ValueReader(root, "", context).decode(sample));
  EXPECT_EQ(sample.port, 7);
  EXPECT_EQ(sample.color, Color::Green);
  EXPECT_EQ(sample.checks.size(), 2U);
}

TEST(Reader, GivesTheKeysThatNobodyAskedFor) {
  Problems problems("f");
  const YamlNode root = parse_yaml("a: 1\nb: 2\nc: 3\n", problems);
  ReadContext context{kFiles, problems};
  MapReader reader(ValueReader(root, "top", context));
  int b = 0;
  EXPECT_TRUE(reader.read("b", b));
  std::string rest;
  for (const auto& [key, value] : reader.rest()) rest += key + "=" + value.path() + ";";
  EXPECT_EQ(rest, "a=top.a;c=top.c;");
  reader.finish();
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(reader.rest().empty());
}

// --- secrets ---

struct Credentials {
  Secret password;
  Secret required;
};

void read_yaml(MapReader& r, Credentials& c) {
  r.read_secret("password", c.password);
  r.require_secret("key", c.required);
}

class SecretFile : public testing::Test {
 protected:
  Result<Credentials> read(std::string_view text) {
    return parse_config<Credentials>(text, dir_.path() + "/auth.yml", files_);
  }
  std::string problems_of(std::string_view text) {
    const auto result = read(text);
    return result ? "" : result.error().message.substr(dir_.path().size() + 1);
  }
  void write(const std::string& name, std::string_view content) {
    ASSERT_TRUE(files_.write_atomic(dir_.path() + "/" + name, content, 0600));
  }

  test::TempDir dir_;
  RealFiles files_;
};

TEST_F(SecretFile, IsReadBesideTheConfigFileWithoutItsNewline) {
  write("pw", " p w \r\n");
  const auto read_back = read("password_file: pw\nkey: k\n");
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_EQ(read_back->password.reveal(), " p w ");
  EXPECT_EQ(read_back->required.reveal(), "k");
}

TEST_F(SecretFile, ProblemsNameTheKey) {
  write("empty", "\n");
  EXPECT_EQ(problems_of("password: a\npassword_file: b\nkey: k\n"),
            "auth.yml:2:16: password_file: must not be given together with \"password\"");
  EXPECT_TRUE(problems_of("key: k\npassword_file: absent\n")
                  .starts_with("auth.yml:2:16: password_file: cannot be read: "));
  EXPECT_TRUE(problems_of("key: k\npassword_file: empty\n")
                  .starts_with("auth.yml:2:16: password_file: names an empty file: "));
  EXPECT_EQ(problems_of("password: x\n"), "auth.yml:1:1: key: is required (or \"key_file\")");
  EXPECT_EQ(problems_of("key: [hunter2]\n"), "auth.yml:1:6: key: must be text");
}

TEST_F(SecretFile, WholeConfigIsLoadedFromDisk) {
  write("auth.yml", "key: k\n");
  EXPECT_TRUE(load_config<Credentials>(dir_.path() + "/auth.yml", files_));
  const auto absent = load_config<Credentials>(dir_.path() + "/none.yml", files_);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::NotFound);
}

TEST(Secret, PrintsAsStars) {
  EXPECT_EQ(fmt::format("{}|{}", Secret("hunter2"), Secret()), "***|");
}

TEST(Problems, ShowsTheFirstHundredAndCountsTheRest) {
  Problems problems("f.yml");
  for (int i = 5000; i > 0; --i) problems.add({i, 1}, "k", "bad");
  problems.add({}, "", "as a whole");
  const std::string text = problems.error().message;
  EXPECT_EQ(problems.count(), 5001U);
  EXPECT_EQ(std::ranges::count(text, '\n'), 100);
  EXPECT_TRUE(text.ends_with("\nf.yml: and 4901 more problems")) << text.substr(text.size() - 80);
}

}  // namespace
}  // namespace picket
