#include "tests/tidy/rules/config_document.h"

#include <algorithm>
#include <array>
#include <set>

namespace picket::tidy {
namespace {

constexpr std::string_view kDocument = "docs/configuration.md";
/// Calls that take a key: of a MapReader, or with one as their first argument.
constexpr std::array<std::string_view, 14> kReaders{
    "r.read(",           "r.require(",    "r.read_enum(", "r.read_secret(",   "r.require_secret(",
    "r_.read(",          "r_.at(",        "r.at(",        "read_each(r, ",    "read_requirement(r, ",
    "read_matchers(r, ", "read_path(r, ", "read_checks(", "read_endpoint(r, "};

bool is_key_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_key(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_key_letter);
}

/// Words of the form `key`, key: or key, within backticks and braces: whatever stands between two other
/// letters.
std::set<std::string_view> words_of(std::string_view text) {
  std::set<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto* const begin =
        std::find_if(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_key_letter);
    const auto* const end = std::find_if_not(begin, text.end(), is_key_letter);
    const std::size_t size = static_cast<std::size_t>(end - begin);
    at = static_cast<std::size_t>(end - text.begin());
    const bool is_code = begin != text.begin() && *(begin - 1) == '`' && end != text.end() && *end == '`';
    const bool is_entry = end != text.end() && *end == ':';
    if (is_code || is_entry) words.emplace(text.substr(at - size, size));
  }
  return words;
}

std::set<std::string_view> documented_keys(const SourceTree& tree) {
  std::set<std::string_view> keys;
  for (const SourceFile& file : tree.files) {
    if (file.path() == kDocument || file.path().ends_with(".example.yml"))
      keys.merge(words_of(file.content()));
  }
  return keys;
}

/// The literal that follows `call` at `at`, "" when it is none.
std::string_view key_after(std::string_view code, std::size_t at) {
  if (at >= code.size() || code[at] != '"') return "";
  const std::string_view key = code.substr(at + 1, code.find('"', at + 1) - at - 1);
  return is_key(key) ? key : "";
}

void check_file(const SourceFile& file, const std::set<std::string_view>& known,
                std::vector<Finding>& findings) {
  const std::string_view code = file.without_comments();
  for (const std::string_view reader : kReaders) {
    for (std::size_t at = code.find(reader); at != std::string_view::npos; at = code.find(reader, at + 1)) {
      if (at > 0 && (is_key_letter(code[at - 1]) || code[at - 1] == '.')) continue;
      const std::string_view key = key_after(code, at + reader.size());
      if (key.empty() || known.contains(key)) continue;
      findings.push_back(
          file.finding(line_of(code, at),
                       "\"" + std::string(key) + "\" is in no example and not in " + std::string(kDocument)));
    }
  }
}

}  // namespace

std::vector<Finding> check_keys_documented(const SourceTree& tree) {
  if (tree.find(kDocument) == nullptr) return {{std::string(kDocument), 0, "is missing"}};
  const std::set<std::string_view> known = documented_keys(tree);
  std::vector<Finding> findings;
  for (const SourceFile& file : tree.files) {
    if (file.is_cpp() && !file.path().starts_with("tests/")) check_file(file, known, findings);
  }
  return findings;
}

}  // namespace picket::tidy
