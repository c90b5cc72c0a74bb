#include "tests/tidy/rules/loops.h"

namespace picket::tidy {
namespace {

/// What stands between the bracket at `open` and its partner.
std::string_view inside(std::string_view code, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < code.size(); ++at) {
    if (code[at] == '(') ++depth;
    if (code[at] == ')' && --depth == 0) return code.substr(open + 1, at - open - 1);
  }
  return "";
}

/// "list" of "const auto& x : list"; "" of another loop.
std::string_view range_of(std::string_view head) {
  if (head.find(';') != std::string_view::npos) return "";
  for (std::size_t colon = head.find(" :"); colon != std::string_view::npos;
       colon = head.find(" :", colon + 1)) {
    if (!head.substr(colon + 2).starts_with(':')) return head.substr(colon + 2);
  }
  return "";
}

/// A part of an answer: `f().value()`, `parse(text).at(key)`. A list in braces holds copies.
bool is_part_of_a_temporary(std::string_view range) {
  const std::size_t begin = range.find_first_not_of(" \n");
  if (begin != std::string_view::npos && range[begin] == '{') return false;
  if (range.find(").value()") != std::string_view::npos) return true;
  const std::size_t parse = range.find("parse(");
  return parse != std::string_view::npos && range.find(").at(", parse) != std::string_view::npos;
}

}  // namespace

std::vector<Finding> check_loops(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!file.is_cpp()) return findings;
  const std::string_view code = file.code();
  constexpr std::string_view kFor = "for (";
  for (std::size_t at = code.find(kFor); at != std::string_view::npos; at = code.find(kFor, at + 1)) {
    if (!is_part_of_a_temporary(range_of(inside(code, at + kFor.size() - 1)))) continue;
    findings.push_back(
        file.finding(line_of(code, at), "loops over a part of what is gone by then: give it a name first"));
  }
  return findings;
}

}  // namespace picket::tidy
