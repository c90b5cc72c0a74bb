// The program: what it writes and prints.
#include "tools/slo/slo_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/files/files.h"
#include "tests/support/temp_dir.h"

namespace picket::slo {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kFile =
    "service: shop\nslos:\n  - {name: x, objective: 99%, events: {total: requests_total, errors: failures_total}}\n";

struct Answer {
  int status = 0;
  std::string out{};
  std::string errors{};
};

class SloRules : public testing::Test {
 protected:
  SloRules() {
    RealFiles files;
    EXPECT_TRUE(files.make_directories(dir_.file("rules/slo"), 0700));
    EXPECT_TRUE(files.make_directories(dir_.file("rules/tests"), 0700));
  }
  Answer run(std::vector<std::string> words) const {
    words.insert(words.begin(), {"slo_rules", "--source", dir_.path()});
    std::vector<const char*> argv;
    argv.reserve(words.size());
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::ostringstream out, errors;
    const int status = run_slo_rules(static_cast<int>(argv.size()), argv.data(), out, errors);
    return {status, out.str(), errors.str()};
  }

  const test::TempDir dir_;
};

TEST_F(SloRules, WritesWhatShipsAndTellsWhenItDiffers) {
  dir_.write("rules/slo/a.yml", kFile);
  EXPECT_EQ(run({"--check"}).status, 1);
  EXPECT_EQ(dir_.read("rules/slo.yml"), "");
  EXPECT_EQ(run({}).status, 0);
  EXPECT_THAT(dir_.read("rules/slo.yml"),
              AllOf(HasSubstr("- record: slo:sli_total:rate5m"), Not(HasSubstr("alert:"))));
  EXPECT_THAT(dir_.read("rules/objectives.yml"),
              AllOf(HasSubstr("- alert: SLOSignalMissing"), Not(HasSubstr("record:"))));
  EXPECT_THAT(dir_.read("rules/tests/slo_test.yml"),
              HasSubstr("rule_files: [../slo.yml, ../objectives.yml]"));
  EXPECT_EQ(run({"--check"}).status, 0);
  dir_.write("rules/objectives.yml", dir_.read("rules/objectives.yml") + "\n");
  const Answer edited = run({"--check"});
  EXPECT_EQ(edited.status, 1);
  EXPECT_EQ(edited.errors,
            dir_.file("rules/objectives.yml") + " is not what ./picket slo makes of rules/slo/*.yml\n");
}

TEST_F(SloRules, PrintsTheRulesOfAFile) {
  const std::string path = dir_.write("shop.yml", kFile);
  EXPECT_THAT(run({path}).out, AllOf(HasSubstr("record:"), HasSubstr("alert:")));
  EXPECT_THAT(run({path, "--only", "recording"}).out, Not(HasSubstr("alert:")));
  EXPECT_THAT(run({path, "--only", "alerts"}).out, Not(HasSubstr("record:")));
  EXPECT_THAT(run({path, "--tests", "r.yml"}).out, HasSubstr("rule_files: [r.yml]"));
}

TEST_F(SloRules, FindsSlowRequestsInPrometheus2And3) {
  const std::string begin =
      "service: s\nslos:\n  - {name: x, objective: 99%, latency: {histogram: h, threshold: ";
  EXPECT_THAT(run({dir_.write("a.yml", begin + "2s}}\n")}).out, HasSubstr("h_bucket{le=~\"2|2[.]0\"}"));
  EXPECT_THAT(run({dir_.write("a.yml", begin + "2500ms}}\n")}).out, HasSubstr("h_bucket{le=\"2.5\"}"));
  EXPECT_THAT(run({dir_.write("a.yml", begin + "1s, matchers: 'a=\"b\"'}}\n")}).out,
              HasSubstr("h_bucket{a=\"b\",le=~\"1|1[.]0\"}"));
}

TEST_F(SloRules, LeavesOutWhatCanNeverFireAndSaysSo) {
  const std::string path = dir_.write(
      "a.yml", "service: s\nslos: [{name: x, objective: 90%, events: {total: a_total, errors: b_total}}]\n");
  const Answer answer = run({path});
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(
      answer.errors,
      "s/x: no alert over 1h: it would need an error ratio above 1.44, 14.4 times the 10 % that are allowed\n");
  EXPECT_THAT(answer.out, AllOf(Not(HasSubstr("long_window: 1h")), HasSubstr("long_window: 6h")));
}

TEST_F(SloRules, SaysWhatIsWrong) {
  EXPECT_THAT(run({}).errors, HasSubstr("there are no objectives"));
  EXPECT_THAT(run({dir_.write("a.yml", "slos: x\n")}).errors, HasSubstr("a.yml:1:7: slos: "));
  EXPECT_EQ(run({dir_.file("none.yml")}).status, 1);
}

}  // namespace
}  // namespace picket::slo
