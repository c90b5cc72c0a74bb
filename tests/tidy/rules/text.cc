#include "tests/tidy/rules/text.h"

#include <algorithm>

namespace picket::tidy {
namespace {

constexpr std::size_t kOpeningLinesMax = 8;

using Lines = std::vector<std::string_view>;

/// The words are put together here, so that this file does not hold them.
const std::vector<std::string>& leftovers() {
  static const std::vector<std::string> words = {std::string("TO") + "DO", std::string("FIX") + "ME",

                                                 std::string("DISABLED") + "_", std::string("<<<<") + "<<<",
                                                 std::string(">>>>") + ">>>"};
  return words;
}

const std::vector<std::string>& machine_paths() {
  static const std::vector<std::string> paths = {std::string("/wo") + "rk/", std::string("/ro") + "ot/",
                                                 std::string("/ho") + "me/"};
  return paths;
}

bool is_golden(const SourceFile& file) {
  return file.path().starts_with("tests/golden/") || file.path().find("/golden/") != std::string::npos;
}

std::vector<Finding> find_each(const SourceFile& file, const std::vector<std::string>& needles) {
  std::vector<Finding> findings;
  for (const std::string& needle : needles) {
    const std::string& text = file.content();
    for (std::size_t at = text.find(needle); at != std::string::npos; at = text.find(needle, at + 1)) {
      findings.push_back(file.finding(line_of(text, at), "holds \"" + needle + "\""));
    }
  }
  return findings;
}

}  // namespace

std::vector<Finding> check_header_opening(const SourceFile& file) {
  if (!file.is_header()) return {};
  const Lines lines = lines_of(file.content());
  const auto first_code = std::ranges::find_if_not(lines, [](auto line) { return line.starts_with("//"); });
  const auto comments = static_cast<std::size_t>(first_code - lines.begin());
  if (comments == 0) return {file.finding(1, "must open with a comment: what it is, who uses it")};
  if (comments > kOpeningLinesMax) return {file.finding(1, "opens with a comment that is too long")};
  if (first_code == lines.end() || *first_code != "#pragma once") {
    return {file.finding(static_cast<int>(comments) + 1, "#pragma once must follow the opening comment")};
  }
  return {};
}

std::vector<Finding> check_leftovers(const SourceFile& file) {
  return find_each(file, leftovers());
}

std::vector<Finding> check_machine_paths(const SourceFile& file) {
  return find_each(file, machine_paths());
}

std::vector<Finding> check_whitespace(const SourceFile& file) {
  std::vector<Finding> findings;
  if (is_golden(file)) return findings;
  int number = 0;
  for (const std::string_view line : lines_of(file.content())) {
    ++number;
    if (line.ends_with(' ') || line.ends_with('\t'))
      findings.push_back(file.finding(number, "ends with a blank"));
    if (line.ends_with('\r')) findings.push_back(file.finding(number, "ends with a carriage return"));
  }
  if (!file.content().empty() && !file.content().ends_with('\n')) {
    findings.push_back(file.finding(number, "has no newline at the end"));
  }
  return findings;
}

}  // namespace picket::tidy
