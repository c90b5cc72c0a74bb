#include "tests/tidy/rules/security_document.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::tidy {
namespace {

constexpr std::string_view kDocument = "docs/security.md";
constexpr std::string_view kUntested = "not tested:";
constexpr std::array<std::string_view, 3> kTestMacros{"TEST", "TEST_F", "TEST_P"};

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_word(std::string_view text) {
  const auto is_letter = [](char c) {
    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && is_upper(text.front()) && std::ranges::all_of(text, is_letter);
}

/// "Suite.Name", and nothing that is only written alike, such as a file name.
bool is_test_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && is_word(text.substr(0, dot)) && is_word(text.substr(dot + 1));
}

void add_tests(std::string_view code, std::string_view macro, std::set<std::string>& names) {
  for (std::size_t at = find_word(code, macro); at != std::string_view::npos;
       at = find_word(code, macro, at + 1)) {
    const std::size_t open = at + macro.size();
    if (open >= code.size() || code[open] != '(') continue;
    const std::string_view inside = code.substr(open + 1, code.find(')', open) - open - 1);
    const std::vector<std::string_view> parts = split(inside, ',');
    if (parts.size() == 2) names.insert(std::string(trim(parts[0])) + "." + std::string(trim(parts[1])));
  }
}

std::set<std::string> tests_of(const SourceTree& tree) {
  std::set<std::string> names;
  for (const SourceFile& file : tree.files) {
    if (!file.path().starts_with("tests/") || !file.path().ends_with(".cc")) continue;
    for (const std::string_view macro : kTestMacros) add_tests(file.code(), macro, names);
  }
  return names;
}

/// What stands between backticks.
std::vector<std::string_view> quoted(std::string_view line) {
  std::vector<std::string_view> texts;
  for (std::size_t open = line.find('`'); open != std::string_view::npos;) {
    const std::size_t close = line.find('`', open + 1);
    if (close == std::string_view::npos) break;
    texts.push_back(line.substr(open + 1, close - open - 1));
    open = line.find('`', close + 1);
  }
  return texts;
}

/// 0 of a line that is no row "| 17 | ...".
std::int64_t row_number(std::string_view line) {
  if (!line.starts_with("| ")) return 0;
  const Result<std::int64_t> number = parse_int(trim(line.substr(2, line.find('|', 2) - 2)));
  return number ? *number : 0;
}

bool is_kept(std::string_view line) {
  const auto names = quoted(line);
  if (std::ranges::any_of(names, is_test_name)) return true;
  const std::size_t untested = line.find(kUntested);
  return untested != std::string_view::npos && trim(line.substr(untested + kUntested.size())).size() > 10;
}

}  // namespace

std::vector<Finding> check_named_tests(const SourceTree& tree) {
  const SourceFile* document = tree.find(kDocument);
  if (document == nullptr) return {{std::string(kDocument), 0, "is missing"}};
  const std::set<std::string> tests = tests_of(tree);
  std::vector<Finding> findings;
  int number = 0;
  for (const std::string_view line : lines_of(document->content())) {
    ++number;
    for (const std::string_view name : quoted(line)) {
      if (!is_test_name(name) || tests.contains(std::string(name))) continue;
      findings.push_back(document->finding(number, std::string(name) + " is no test"));
    }
  }
  return findings;
}

std::vector<Finding> check_promises(const SourceTree& tree) {
  const SourceFile* document = tree.find(kDocument);
  if (document == nullptr) return {};
  std::vector<Finding> findings;
  int number = 0;
  std::int64_t last = 0;
  for (const std::string_view line : lines_of(document->content())) {
    ++number;
    const std::int64_t row = row_number(line);
    if (row == 0) continue;
    if (row != 1 && row != last + 1) findings.push_back(document->finding(number, "a row is missing before"));
    if (!is_kept(line)) findings.push_back(document->finding(number, "names no test and no reason"));
    last = row;
  }
  return findings;
}

}  // namespace picket::tidy
