#include "tools/demo/incidents.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

namespace picket::demo {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Incidents, BeginAndEndOnTimeInEachHalfHour) {
  EXPECT_FALSE(goes_on(Incident::LargeDownload, minutes(5) - seconds(1)));
  EXPECT_TRUE(goes_on(Incident::LargeDownload, minutes(5)));
  EXPECT_FALSE(goes_on(Incident::LargeDownload, minutes(6)));
  EXPECT_TRUE(goes_on(Incident::LargeDownload, minutes(65)));
  EXPECT_FALSE(goes_on(Incident::SlowCheckout, -seconds(1)));
}

TEST(Incidents, AreOverBeforeTheHalfHourIs) {
  std::set<Incident> seen;
  Duration before{};
  for (const Staged& staged : staged_incidents()) {
    EXPECT_TRUE(seen.insert(staged.incident).second) << staged.what;
    EXPECT_LT(staged.begins, staged.ends) << staged.what;
    EXPECT_LE(staged.ends, minutes(15)) << staged.what << ": an alert has to fire and end, too";
    EXPECT_LE(before, staged.begins) << staged.what;
    before = staged.begins;
  }
}

TEST(Incidents, StandInTheDocumentAsTheyAre) {
  std::ifstream stream(std::string(PICKET_SOURCE_DIR) + "/docs/demo.md");
  const std::string page{std::istreambuf_iterator<char>(stream), {}};
  for (const Staged& staged : staged_incidents()) {
    const std::string row =
        fmt::format("| {} to {} | {} |", staged.begins / minutes(1), staged.ends / minutes(1), staged.what);
    EXPECT_THAT(page, testing::HasSubstr(row));
  }
}

}  // namespace
}  // namespace picket::demo
