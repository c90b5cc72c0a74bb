// What happens to files that are written at each start, and to what people made of them.
#include "tools/fleet/generated_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"
#include "tests/support/temp_dir.h"

namespace picket::fleet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kText = "# Written by ./picket run\n";

class GeneratedFiles : public testing::Test {
 protected:
  GeneratedFiles() { EXPECT_TRUE(files_.make_directories(dir_.file("rules"), 0700)); }
  std::vector<std::string> write(const std::vector<GeneratedFile>& wanted) {
    const auto told = write_generated(dir_.path(), wanted, files_);
    EXPECT_TRUE(told) << told.error().message;
    std::vector<std::string> lines = told.value_or(std::vector<std::string>{});
    for (std::string& line : lines) {
      for (std::size_t at = line.find(dir_.path()); at != std::string::npos; at = line.find(dir_.path())) {
        line.replace(at, dir_.path().size() + 1, "");
      }
    }
    return lines;
  }
  /// As sha256sum writes them.
  void remember(const std::vector<std::string>& names) const {
    std::string text;
    for (const std::string& name : names) {
      const std::string content = files_.exists(dir_.file(name)) ? dir_.read(name) : "";
      text += hex_encode(sha256(content)) + "  " + name + "\n";
    }
    dir_.write(".generated", text);
  }

  const test::TempDir dir_;
  RealFiles files_;
};

TEST_F(GeneratedFiles, AreWrittenAnewWhenTheirContentChanges) {
  EXPECT_THAT(write({{"rules/a.yml", kText + "1\n"}}), ElementsAre("created rules/a.yml"));
  EXPECT_THAT(write({{"rules/a.yml", kText + "1\n"}}), IsEmpty());
  EXPECT_THAT(write({{"rules/a.yml", kText + "2\n"}}), ElementsAre("wrote rules/a.yml"));
  EXPECT_EQ(dir_.read("rules/a.yml"), kText + "2\n");
  EXPECT_FALSE(files_.exists(dir_.file("rules/a.yml.old")));
}

TEST_F(GeneratedFiles, ThatWereEditedAreKeptUnderNumbers) {
  write({{"rules/a.yml", kText + "1\n"}});
  dir_.write("rules/a.yml", "mine\n");
  EXPECT_THAT(write({{"rules/a.yml", kText + "1\n"}}),
              ElementsAre("rules/a.yml was edited: it is kept as rules/a.yml.old", "wrote rules/a.yml"));
  dir_.write("rules/a.yml", "mine again\n");
  EXPECT_THAT(write({{"rules/a.yml", kText + "1\n"}}),
              ElementsAre("rules/a.yml was edited: it is kept as rules/a.yml.old.2", "wrote rules/a.yml"));
  EXPECT_EQ(dir_.read("rules/a.yml"), kText + "1\n");
  EXPECT_EQ(dir_.read("rules/a.yml.old"), "mine\n");
  EXPECT_EQ(dir_.read("rules/a.yml.old.2"), "mine again\n");
}

TEST_F(GeneratedFiles, ThatWereEditedLikeAnOldOneAreNotKeptTwice) {
  write({{"rules/a.yml", kText + "1\n"}});
  for (int i = 0; i < 2; ++i) {
    dir_.write("rules/a.yml", "mine\n");
    EXPECT_THAT(write({{"rules/a.yml", kText + "1\n"}}),
                ElementsAre("rules/a.yml was edited: it is kept as rules/a.yml.old", "wrote rules/a.yml"));
  }
  EXPECT_FALSE(files_.exists(dir_.file("rules/a.yml.old.2")));
}

TEST_F(GeneratedFiles, OfBeforeAnythingWasRememberedAreKept) {
  dir_.write("rules/a.yml", kText + "0\n");
  dir_.write("rules/b.yml", kText + "1\n");
  EXPECT_THAT(
      write({{"rules/a.yml", kText + "1\n"}, {"rules/b.yml", kText + "1\n"}}),
      ElementsAre(
          "rules/a.yml is of a version that did not keep track of edits: it is kept as rules/a.yml.old",
          "wrote rules/a.yml"));
  EXPECT_EQ(dir_.read("rules/a.yml.old"), kText + "0\n");
}

TEST_F(GeneratedFiles, ThatNoLongerShipAreRemovedAndEditsKept) {
  write({{"rules/a.yml", kText + "1\n"}, {"rules/b.yml", kText + "1\n"}, {"rules/c.yml", kText + "1\n"}});
  dir_.write("rules/b.yml", "mine\n");
  dir_.write("rules/own.yml", "mine\n");
  EXPECT_THAT(write({{"rules/c.yml", kText + "1\n"}}),
              ElementsAre("removed rules/a.yml: it no longer ships",
                          "rules/b.yml was edited: it is kept as rules/b.yml.old",
                          "removed rules/b.yml: it no longer ships"));
  EXPECT_FALSE(files_.exists(dir_.file("rules/a.yml")));
  EXPECT_FALSE(files_.exists(dir_.file("rules/b.yml")));
  EXPECT_EQ(dir_.read("rules/b.yml.old"), "mine\n");
  EXPECT_EQ(dir_.read("rules/own.yml"), "mine\n");
}

// Somebody renewed .generated with sha256sum, or wrote into it.
TEST_F(GeneratedFiles, AreTheOnlyOnesThatAreEverRemoved) {
  const std::vector<std::string> others{"alertd.yml",
                                        "overrides.yml",
                                        "secrets/token",
                                        "rules/../alertd.yml",
                                        "data/../../victim.yml",
                                        "../victim.yml",
                                        "rules/../../x",
                                        "rules/../../x.yml",
                                        "rules/deep/a.yml",
                                        "rules/..",
                                        "rules/.yml",
                                        "rules/.hidden.yml",
                                        "rules/health.yml.old",
                                        "./rules/a.yml",
                                        "rules//a.yml",
                                        "/etc/alertd.yml"};
  ASSERT_TRUE(files_.make_directories(dir_.file("data/rules/deep"), 0700));
  ASSERT_TRUE(files_.make_directories(dir_.file("data/secrets"), 0700));
  ASSERT_TRUE(files_.make_directories(dir_.file("data/data"), 0700));
  std::string memory;
  for (const std::string& name : others) {
    if (name != "rules/.." && name.front() != '/') dir_.write("data/" + name, kText);
    memory += hex_encode(sha256(kText)) + "  " + name + "\n";
  }
  dir_.write("data/.generated", memory);
  const auto told = write_generated(dir_.file("data"), {{"prometheus.yml", kText}}, files_);
  ASSERT_TRUE(told) << told.error().message;
  for (const std::string& name : others) {
    EXPECT_TRUE(name.front() == '/' || files_.exists(dir_.file("data/" + name))) << name;
  }
  EXPECT_THAT(
      *told, ElementsAre(HasSubstr("16 lines name no generated file and are ignored, such as \"alertd.yml\""),
                         HasSubstr("created ")));
}

TEST_F(GeneratedFiles, AreNotThoseThatAPersonWroteIntoRules) {
  const std::string own = "groups: []\n";
  dir_.write("rules/mine.yml", own);
  remember({"rules/mine.yml"});
  EXPECT_THAT(write({}), ElementsAre("rules/mine.yml stays: it was not written by ./picket run"));
  EXPECT_EQ(dir_.read("rules/mine.yml"), own);
  EXPECT_THAT(write({}), IsEmpty());
}

TEST_F(GeneratedFiles, DoNotPutTheTextOfABrokenMemoryOnATerminal) {
  dir_.write(".generated", std::string("\x1b]0;owned\x07  \x1b[31m\xc2\x9b\xff\x00.yml\nrules\n", 32) +
                               std::string(5000, 'x') + "  rules/\x1b[2J.yml\n");
  const std::vector<std::string> told = write({});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0], HasSubstr("3 lines name no generated file and are ignored, such as \""));
  EXPECT_LT(told[0].size(), 600U);
  for (const char c : told[0]) EXPECT_FALSE((c >= 0 && c < ' ') || c == '\x7f') << told[0];
  EXPECT_EQ(told[0].find("\xc2\x9b"), std::string::npos);
}

TEST_F(GeneratedFiles, AreNotWrittenOverWhatIsNoFile) {
  ASSERT_TRUE(files_.make_directories(dir_.file("rules/a.yml"), 0700));
  EXPECT_FALSE(write_generated(dir_.path(), {{"rules/a.yml", kText + "1\n"}}, files_));
}

}  // namespace
}  // namespace picket::fleet
