// What happens to files that are written at each start, and to what people made of them.
#include "tools/fleet/generated_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace picket::fleet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class GeneratedFiles : public testing::Test {
 protected:
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
  const test::TempDir dir_;
  RealFiles files_;
};

TEST_F(GeneratedFiles, AreWrittenAnewWhenTheirContentChanges) {
  EXPECT_THAT(write({{"a.yml", "1\n"}}), ElementsAre("created a.yml"));
  EXPECT_THAT(write({{"a.yml", "1\n"}}), IsEmpty());
  EXPECT_THAT(write({{"a.yml", "2\n"}}), ElementsAre("wrote a.yml"));
  EXPECT_EQ(dir_.read("a.yml"), "2\n");
  EXPECT_FALSE(files_.exists(dir_.file("a.yml.old")));
}

TEST_F(GeneratedFiles, ThatWereEditedAreKeptUnderNumbers) {
  write({{"a.yml", "1\n"}});
  dir_.write("a.yml", "mine\n");
  EXPECT_THAT(write({{"a.yml", "1\n"}}),
              ElementsAre("a.yml was edited: it is kept as a.yml.old", "wrote a.yml"));
  dir_.write("a.yml", "mine again\n");
  EXPECT_THAT(write({{"a.yml", "1\n"}}),
              ElementsAre("a.yml was edited: it is kept as a.yml.old.2", "wrote a.yml"));
  EXPECT_EQ(dir_.read("a.yml"), "1\n");
  EXPECT_EQ(dir_.read("a.yml.old"), "mine\n");
  EXPECT_EQ(dir_.read("a.yml.old.2"), "mine again\n");
}

TEST_F(GeneratedFiles, ThatWereEditedLikeAnOldOneAreNotKeptTwice) {
  write({{"a.yml", "1\n"}});
  for (int i = 0; i < 2; ++i) {
    dir_.write("a.yml", "mine\n");
    EXPECT_THAT(write({{"a.yml", "1\n"}}),
                ElementsAre("a.yml was edited: it is kept as a.yml.old", "wrote a.yml"));
  }
  EXPECT_FALSE(files_.exists(dir_.file("a.yml.old.2")));
}

TEST_F(GeneratedFiles, OfBeforeAnythingWasRememberedAreKept) {
  dir_.write("a.yml", "0\n");
  dir_.write("b.yml", "1\n");
  EXPECT_THAT(write({{"a.yml", "1\n"}, {"b.yml", "1\n"}}),
              ElementsAre("a.yml is of a version that did not keep track of edits: it is kept as a.yml.old",
                          "wrote a.yml"));
  EXPECT_EQ(dir_.read("a.yml.old"), "0\n");
}

TEST_F(GeneratedFiles, ThatNoLongerShipAreRemovedAndEditsKept) {
  write({{"a.yml", "1\n"}, {"b.yml", "1\n"}, {"c.yml", "1\n"}});
  dir_.write("b.yml", "mine\n");
  dir_.write("own.yml", "mine\n");
  EXPECT_THAT(write({{"c.yml", "1\n"}}),
              ElementsAre("removed a.yml: it no longer ships", "b.yml was edited: it is kept as b.yml.old",
                          "removed b.yml: it no longer ships"));
  EXPECT_FALSE(files_.exists(dir_.file("a.yml")));
  EXPECT_FALSE(files_.exists(dir_.file("b.yml")));
  EXPECT_EQ(dir_.read("b.yml.old"), "mine\n");
  EXPECT_EQ(dir_.read("own.yml"), "mine\n");
}

TEST_F(GeneratedFiles, AreNotWrittenOverWhatIsNoFile) {
  ASSERT_TRUE(files_.make_directories(dir_.file("a.yml"), 0700));
  EXPECT_FALSE(write_generated(dir_.path(), {{"a.yml", "1\n"}}, files_));
}

}  // namespace
}  // namespace picket::fleet
