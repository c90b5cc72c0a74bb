#include "tests/documents/document.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/text/strings.h"
#include "tests/support/give_up.h"

namespace picket::test {
namespace {

bool is_word(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && std::ranges::all_of(text, is_letter);
}

bool is_table_ruler(std::string_view line) {
  return line.starts_with("|---") || line.starts_with("| key |") || line.starts_with("| metric |") ||
         line.starts_with("| path |");
}

/// "`packets`, `spacing`" and "3, 200ms". One value is that of every key.
std::map<std::string, std::string> defaults_of(std::string_view keys, std::string_view values) {
  const std::vector<std::string_view> names = split(keys, ',');
  const std::vector<std::string_view> parts = split(values, ',');
  std::map<std::string, std::string> defaults;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view value = parts.size() == names.size() ? parts[i] : values;
    for (const std::string& name : words_in_backticks(names[i])) defaults.emplace(name, trim(value));
  }
  return defaults;
}

}  // namespace

std::string source_file(const std::string& path) {
  std::ifstream stream(std::string(PICKET_SOURCE_DIR "/") + path, std::ios::binary);
  if (!stream) give_up("cannot read " + path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> words_in_backticks(std::string_view text) {
  std::set<std::string> words;
  for (std::size_t open = text.find('`'); open != std::string_view::npos;) {
    const std::size_t close = text.find('`', open + 1);
    if (close == std::string_view::npos) break;
    std::string_view word = text.substr(open + 1, close - open - 1);
    if (word.starts_with('.')) word.remove_prefix(1);
    if (is_word(word)) words.emplace(word);
    open = text.find('`', close + 1);
  }
  return words;
}

Document::Document(std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with('#')) {
      end_unit();
      heading_ = trim(line.substr(line.find_first_not_of('#')));
      table_label_.clear();
    } else if (line.starts_with('|')) {
      end_unit();
      if (!is_table_ruler(line)) add_row(line);
    } else if (trim(line).empty()) {
      end_unit();
    } else {
      add_text(line);
    }
  }
  end_unit();
}

void Document::add_row(std::string_view line) {
  const std::size_t end = line.find('|', 1);
  Unit row;
  row.heading = heading_;
  row.text = line;
  row.label = table_label_;
  row.is_row = true;
  row.keys = words_in_backticks(line.substr(0, end));
  row.words = words_in_backticks(line.substr(std::min(end, line.size())));
  const std::vector<std::string_view> cells = split(line, '|');
  if (cells.size() > 2) row.defaults = defaults_of(cells[1], cells[2]);
  units_.push_back(std::move(row));
}

void Document::add_text(std::string_view line) {
  if (line.starts_with("- ")) {
    end_unit();
    line.remove_prefix(2);
  }
  open_.text += std::string(trim(line)) + " ";
}

void Document::end_unit() {
  if (open_.text.empty()) return;
  open_.heading = heading_;
  open_.words = words_in_backticks(open_.text);
  if (open_.text.starts_with('`')) {
    open_.label = open_.text.substr(1, open_.text.find('`', 1) - 1);
    open_.words.erase(open_.label);
  }
  table_label_ = open_.words.empty() ? open_.label : "";
  units_.push_back(std::exchange(open_, {}));
}

std::vector<Document::Part> Document::parts_of(std::string_view place) const {
  const std::size_t mark = std::min(place.find_first_of("#/^"), place.size());
  const std::string_view heading = place.substr(0, mark);
  const std::string_view kind = place.substr(mark, 1);
  const std::string rest(place.substr(std::min(mark + 1, place.size())));
  std::vector<Part> parts;
  for (const Unit& unit : units_) {
    if (unit.heading != heading) continue;
    const bool is_labelled = kind == "/" && unit.label == rest;
    const bool is_row_of = kind == "/" && unit.is_row && unit.keys.contains(rest);
    const bool begins = kind == "^" && unit.text.starts_with(rest);
    parts.push_back({&unit, kind.empty() || is_labelled || (kind == "#" && unit.is_row && unit.label.empty()),
                     kind.empty() || is_labelled || is_row_of || begins});
  }
  return parts;
}

std::set<std::string> Document::words_below(std::string_view heading, std::string_view key) const {
  static constexpr std::string_view kBelow = "below `";
  std::set<std::string> words;
  for (const Unit& unit : units_) {
    const std::string_view text = unit.text;
    const std::string start = std::string(kBelow) + std::string(key) + "`:";
    const std::size_t at = key.empty() ? 0 : text.find(start);
    if (unit.heading != heading || text.find(kBelow) == text.npos || at == text.npos) continue;
    const std::string_view rest = text.substr(key.empty() ? 0 : at + start.size());
    words.merge(words_in_backticks(rest.substr(0, rest.find(kBelow))));
  }
  return words;
}

std::set<std::string> Document::words(std::string_view place) const {
  if (const std::size_t bar = place.find('|'); bar != place.npos)
    return words_below(place.substr(0, bar), place.substr(bar + 1));
  std::set<std::string> words;
  for (const Part& part : parts_of(place)) {
    if (part.keys) words.insert(part.unit->keys.begin(), part.unit->keys.end());
    if (part.words) words.insert(part.unit->words.begin(), part.unit->words.end());
    const bool is_kind =
        place.ends_with("#kinds") || (part.words && place.find('/') == std::string_view::npos);
    if (is_kind && is_word(part.unit->label)) words.insert(part.unit->label);
  }
  return words;
}

std::string Document::text(std::string_view place) const {
  std::string text;
  for (const Part& part : parts_of(place.substr(0, place.find('|')))) {
    if (part.keys || part.words) text += part.unit->text + "\n";
  }
  return text;
}

std::map<std::string, std::string> Document::defaults(std::string_view place) const {
  std::map<std::string, std::string> all;
  if (place.find('|') != place.npos) return all;
  for (const Part& part : parts_of(place)) {
    if (part.keys) all.insert(part.unit->defaults.begin(), part.unit->defaults.end());
    if (!part.words) continue;
    for (const std::string& word : part.unit->words) {
      const std::string behind = "`" + word + "` (";
      const std::size_t at = part.unit->text.find(behind);
      if (at == std::string::npos) continue;
      const std::string_view rest = std::string_view(part.unit->text).substr(at + behind.size());
      all.emplace(word, rest.substr(0, rest.find_first_of(",:;) ")));
    }
  }
  return all;
}

}  // namespace picket::test
