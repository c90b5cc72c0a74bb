#include "tests/tidy/rules/targets.h"

#include <algorithm>
#include <array>

namespace picket::tidy {
namespace {

constexpr std::string_view kLists = "CMakeLists.txt";

std::string above(const std::string& folder) {
  const std::size_t slash = folder.rfind('/');
  return slash == std::string::npos ? "" : folder.substr(0, slash);
}

const SourceFile* lists_of(const SourceTree& tree, const std::string& folder) {
  return tree.find(folder.empty() ? std::string(kLists) : folder + "/" + std::string(kLists));
}

/// picket_test takes every *_test.cc below its folder.
bool is_test_built(const SourceTree& tree, const SourceFile& file) {
  for (std::string folder = file.folder(); !folder.empty(); folder = above(folder)) {
    const SourceFile* lists = lists_of(tree, folder);
    if (lists != nullptr && lists->content().find("picket_test(") != std::string::npos) return true;
  }
  return false;
}

/// picket_module takes every .cc of its folder but main.cc; the others name their sources.
bool is_source_built(const SourceTree& tree, const SourceFile& file) {
  const SourceFile* lists = lists_of(tree, file.folder());
  if (lists == nullptr) return false;
  const std::string& text = lists->content();
  const bool is_main = file.name() == "main.cc" || file.name().ends_with("_main.cc");
  if (!is_main && text.find("picket_module(") != std::string::npos) return true;
  if (file.name() == "main.cc" && text.find("picket_binary(") != std::string::npos) return true;
  const std::string bench = file.name().starts_with("bench_")
                                ? "picket_bench(" + file.name().substr(6, file.name().size() - 9)
                                : "";
  return has_word(text, file.name()) || (!bench.empty() && has_word(text, bench));
}

}  // namespace

std::vector<Finding> check_targets(const SourceTree& tree) {
  std::vector<Finding> findings;
  for (const SourceFile& file : tree.files) {
    if (!file.path().ends_with(".cc")) continue;
    const bool is_test = file.name().ends_with("_test.cc");
    if (is_test ? is_test_built(tree, file) : is_source_built(tree, file)) continue;
    findings.push_back(file.finding(0, "is built by no CMakeLists.txt"));
  }
  return findings;
}

std::vector<Finding> check_registration(const SourceTree& tree) {
  std::vector<Finding> findings;
  for (const SourceFile& file : tree.files) {
    if (file.name() != kLists || file.folder().empty()) continue;
    const SourceFile* parent = lists_of(tree, above(file.folder()));
    const std::string folder = file.folder().substr(file.folder().rfind('/') + 1);
    if (parent != nullptr && has_word(parent->content(), folder)) continue;
    findings.push_back(file.finding(0, "the CMakeLists.txt above does not name this folder"));
  }
  return findings;
}

std::vector<Finding> check_tests_hold_tests(const SourceFile& file) {
  constexpr std::array<std::string_view, 4> kMarks{"TEST(", "TEST_F(", "TEST_P(", "TYPED_TEST("};
  if (!file.name().ends_with("_test.cc")) return {};
  const auto is_there = [&](std::string_view mark) { return file.code().find(mark) != std::string::npos; };
  if (std::ranges::any_of(kMarks, is_there)) return {};
  return {file.finding(0, "holds no test")};
}

}  // namespace picket::tidy
