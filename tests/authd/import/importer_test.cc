#include "authd/import/importer.h"

#include <gmock/gmock.h>

#include "tests/authd/store/store_fixture.h"

namespace picket::authd {
namespace {

using testing::HasSubstr;

class Importing : public OnStores {
 protected:
  ImportReport import(const std::string& rows, const ImportOptions& options = {}) {
    const ImportFile file = read_import_file(ImportFormat::Csv, "username,email\n" + rows, {});
    const auto report =
        import_users(file, options, {stores_->accounts(), ids_, clock_, [this](const User& user) {
                                       written_.push_back(user.username);
                                       return Result<void>();
                                     }});
    EXPECT_TRUE(report) << report.error().message;
    return *report;
  }
  std::size_t users() { return stores_->accounts().list({}).value().size(); }

  Ids ids_{clock_, random_};
  std::vector<std::string> written_;
};

TEST_P(Importing, WritesEveryUserAndTellsOfEach) {
  const ImportReport report = import("ann,a@example.org\nbob,b@example.org\n");
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.written, 2U);
  EXPECT_EQ(written_, (std::vector<std::string>{"ann", "bob"}));
  const auto ann = stores_->accounts().find_by_key("ann").value();
  ASSERT_TRUE(ann);
  EXPECT_EQ(ann->created_at, now());
}

TEST_P(Importing, WritesNothingWhenOneIsBad) {
  const ImportReport report = import("ann,a@example.org\nbob,\n");
  EXPECT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.good, 1U);
  EXPECT_EQ(report.written, 0U);
  EXPECT_EQ(users(), 0U);
}

TEST_P(Importing, WritesTheOthersWhenBadOnesMayBeLeftOut) {
  const ImportReport report = import("ann,a@example.org\nbob,\n", {.skip_bad = true});
  EXPECT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(report.written, 1U);
  EXPECT_EQ(users(), 1U);
}

TEST_P(Importing, OnlyLooksWhenItIsDry) {
  const ImportReport report = import("ann,a@example.org\n", {.dry_run = true, .skip_bad = true});
  EXPECT_EQ(report.good, 1U);
  EXPECT_EQ(report.written, 0U);
  EXPECT_EQ(users(), 0U);
}

TEST_P(Importing, NamesWhoHasANameOrAnAddressAlready) {
  created("ann");
  const ImportReport report = import("Ann,new@example.org\nbob,ANN@example.org\n");
  ASSERT_EQ(report.problems.size(), 2U);
  EXPECT_EQ(report.problems[0].line, 2);
  EXPECT_EQ(report.problems[0].text, "Ann: \"ann\" is taken by ann (id-ann)");
  EXPECT_EQ(report.problems[1].text, "bob: \"ann@example.org\" is taken by ann (id-ann)");
  EXPECT_EQ(users(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Engines, Importing, kEngines);

}  // namespace
}  // namespace picket::authd
