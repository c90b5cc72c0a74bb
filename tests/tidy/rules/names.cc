#include "tests/tidy/rules/names.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text/strings.h"

namespace picket::tidy {
namespace {

constexpr std::array<std::string_view, 10> kBanned{"util", "utils", "helper", "helpers", "common",
                                                   "misc", "data",  "info",   "impl2",   "manager"};

bool is_banned(std::string_view word) {
  return std::ranges::find(kBanned, to_lower(word)) != kBanned.end();
}

/// "AddressInfo" is "Address", "Info".
std::vector<std::string_view> words_in(std::string_view name) {
  std::vector<std::string_view> words;
  std::size_t start = 0;
  for (std::size_t i = 1; i <= name.size(); ++i) {
    const bool ends = i == name.size() || name[i] == '_' || (name[i] >= 'A' && name[i] <= 'Z');
    if (!ends) continue;
    words.push_back(name.substr(start, i - start));
    start = i < name.size() && name[i] == '_' ? i + 1 : i;
  }
  return words;
}

std::optional<std::string_view> banned_word_of(std::string_view name) {
  const auto words = words_in(name);
  const auto found = std::ranges::find_if(words, is_banned);
  if (found == words.end()) return std::nullopt;
  return *found;
}

/// The name that the line declares a type or namespace under.
std::string_view declared_name(std::string_view line) {
  constexpr std::array<std::string_view, 8> kKeywords{"enum class ", "class ",     "struct ",  "enum ",
                                                      "using ",      "namespace ", "concept ", "union "};
  line = trim(line);
  for (const std::string_view keyword : kKeywords) {
    if (!line.starts_with(keyword)) continue;
    line.remove_prefix(keyword.size());
    return line.substr(0, line.find_first_of(" :{;=<"));
  }
  return "";
}

}  // namespace

std::vector<Finding> check_path_words(const SourceFile& file) {
  if (file.path().starts_with("docs/runbooks/")) return {};  // named like their alerts
  for (const std::string_view part : split(file.path(), '/')) {
    const auto word = banned_word_of(part.substr(0, part.find('.')));
    if (word) return {file.finding(0, "\"" + std::string(*word) + "\" names nothing: say what it is")};
  }
  return {};
}

std::vector<Finding> check_type_words(const SourceFile& file) {
  std::vector<Finding> findings;
  int number = 0;
  for (const std::string_view line : lines_of(file.code())) {
    ++number;
    const std::string_view name = declared_name(line);
    const auto word = banned_word_of(name);
    if (!word) continue;
    findings.push_back(
        file.finding(number, std::string(name) + ": \"" + std::string(*word) + "\" names nothing"));
  }
  return findings;
}

}  // namespace picket::tidy
