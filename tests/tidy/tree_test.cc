// The house rules, on the checkout itself. Each finding is one line of the failure.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/tidy/rules/calls.h"
#include "tests/tidy/rules/config_fields.h"
#include "tests/tidy/rules/dead_code.h"
#include "tests/tidy/rules/documents.h"
#include "tests/tidy/rules/includes.h"
#include "tests/tidy/rules/loops.h"
#include "tests/tidy/rules/names.h"
#include "tests/tidy/rules/packages.h"
#include "tests/tidy/rules/security_document.h"
#include "tests/tidy/rules/sizes.h"
#include "tests/tidy/rules/targets.h"
#include "tests/tidy/rules/text.h"

namespace picket::tidy {
namespace {

const SourceTree& tree() {
  static const SourceTree whole = read_source_tree(PICKET_SOURCE_DIR);
  return whole;
}

template <class Rule>
std::string on_every_file(Rule rule) {
  std::vector<Finding> findings;
  for (const SourceFile& file : tree().files) {
    for (Finding& finding : rule(file)) findings.push_back(std::move(finding));
  }
  return report(findings);
}

void expect_none(const std::string& findings) {
  if (!findings.empty()) ADD_FAILURE() << "\n" << findings;
}

std::vector<std::string> lines_of_file(const std::string& path) {
  std::ifstream stream(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Tree, IsTheWholeCheckout) {
  EXPECT_NE(tree().find("base/result/result.h"), nullptr);
  EXPECT_NE(tree().find("CMakeLists.txt"), nullptr);
  EXPECT_GT(tree().files.size(), 100U);
}

TEST(Tree, FollowsTheIncludeArrows) {
  expect_none(on_every_file(check_arrows));
  expect_none(report(check_rows(tree())));
}

TEST(Tree, WrapsEachLibraryInOneFolder) {
  expect_none(on_every_file(check_libraries));
}

TEST(Tree, IncludesByPathsFromTheTop) {
  expect_none(on_every_file([](const SourceFile& file) { return check_include_paths(file, tree()); }));
}

TEST(Tree, KeepsFilesShort) {
  expect_none(on_every_file(check_file_size));
}

TEST(Tree, KeepsFunctionsShort) {
  expect_none(on_every_file(check_function_size));
}

TEST(Tree, NamesThingsForWhatTheyAre) {
  expect_none(on_every_file(check_path_words));
  expect_none(on_every_file(check_type_words));
}

TEST(Tree, DoesWithoutBannedCalls) {
  expect_none(on_every_file(check_calls));
}

TEST(Tree, LoopsOverWhatIsThere) {
  expect_none(on_every_file(check_loops));
}

TEST(Tree, OpensHeadersWithWhatTheyAre) {
  expect_none(on_every_file(check_header_opening));
}

TEST(Tree, LeavesNothingLyingAbout) {
  expect_none(on_every_file(check_leftovers));
  expect_none(on_every_file(check_machine_paths));
  expect_none(on_every_file(check_whitespace));
}

TEST(Tree, BuildsEverySource) {
  expect_none(report(check_targets(tree())));
  expect_none(report(check_registration(tree())));
}

TEST(Tree, RunsEveryTest) {
  expect_none(on_every_file(check_tests_hold_tests));
}

TEST(Tree, InstallsWhatItsTestsRun) {
  expect_none(report(check_packages(tree())));
}

TEST(Tree, DocumentsItsMetrics) {
  expect_none(report(check_metrics_documented(tree())));
}

TEST(Tree, TestsWhatItPromises) {
  expect_none(report(check_named_tests(tree())));
  expect_none(report(check_promises(tree())));
}

TEST(Tree, HoldsNoCodeThatNoProgramReaches) {
  const Build build{lines_of_file(PICKET_BUILD_LISTS "/programs.txt"),
                    lines_of_file(PICKET_BUILD_LISTS "/modules.txt")};
  ASSERT_GE(build.programs.size(), 4U);
  expect_none(report(check_dead_code(tree(), build)));
}

TEST(Tree, ReadsEachFieldOfItsConfiguration) {
  expect_none(report(check_config_fields(tree())));
}

TEST(Tree, HasARunbookForEachAlert) {
  expect_none(report(check_runbooks(tree())));
}

}  // namespace
}  // namespace picket::tidy
