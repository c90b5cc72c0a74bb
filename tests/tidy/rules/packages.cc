#include "tests/tidy/rules/packages.h"

#include <algorithm>
#include <array>
#include <set>

namespace picket::tidy {
namespace {

constexpr std::string_view kList = "tools/packages.sh";
constexpr std::array<std::string_view, 2> kEssential{"gzip", "util-linux"};

/// What stands between each pair of quotes, up to a bar, in the arrays of that name.
std::set<std::string, std::less<>> packages_of(const SourceFile& list, std::string_view array) {
  std::set<std::string, std::less<>> packages;
  bool is_inside = false;
  for (const std::string_view line : lines_of(list.content())) {
    const bool begins =
        line.find(array) != std::string_view::npos && line.find("=(") != std::string_view::npos;
    is_inside = is_inside || begins;
    if (!is_inside) continue;
    for (std::size_t at = line.find('"'); at != std::string_view::npos; at = line.find('"', at)) {
      const std::size_t end = line.find('"', at + 1);
      if (end == std::string_view::npos) break;
      const std::string_view entry = line.substr(at + 1, end - at - 1);
      packages.emplace(entry.substr(0, entry.find('|')));
      at = end + 1;
    }
    is_inside = !line.ends_with(')');
  }
  return packages;
}

/// The second argument of each call with two literals.
std::vector<std::pair<int, std::string_view>> packages_named(const SourceFile& file) {
  constexpr std::string_view kCall = "find_program(\"", kBetween = "\", \"";
  const std::string_view text = file.without_comments();
  std::vector<std::pair<int, std::string_view>> named;
  for (std::size_t at = text.find(kCall); at != std::string_view::npos; at = text.find(kCall, at + 1)) {
    const std::size_t end = text.find("\")", at), between = text.find(kBetween, at);
    if (end == std::string_view::npos || between == std::string_view::npos || between > end) continue;
    const std::size_t package = between + kBetween.size();
    named.emplace_back(line_of(text, at), text.substr(package, end - package));
  }
  return named;
}

}  // namespace

std::vector<Finding> check_packages(const SourceTree& tree) {
  const SourceFile* list = tree.find(kList);
  if (list == nullptr) return {{std::string(kList), 0, "is missing"}};
  const auto test = packages_of(*list, "TEST_PACKAGES"), bench = packages_of(*list, "BENCH_PACKAGES");
  std::vector<Finding> findings;
  for (const SourceFile& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (const auto& [line, package] : packages_named(file)) {
      const bool is_installed =
          test.contains(package) || (file.path().starts_with("tests/bench/") && bench.contains(package));
      if (is_installed || std::ranges::find(kEssential, package) != kEssential.end()) continue;
      findings.push_back(file.finding(line, "./picket installs no " + std::string(package)));
    }
  }
  return findings;
}

}  // namespace picket::tidy
