#include "tests/documents/exposition.h"

#include <array>
#include <vector>

#include "base/text/strings.h"
#include "tests/documents/document.h"
#include "tests/support/give_up.h"

namespace picket::test {
namespace {

constexpr std::string_view kEveryDaemon = "<daemon>";
constexpr std::string_view kCommonHeading = "## Every daemon on itself";

/// `name_bucket{...}` of a histogram belongs to `name`.
std::string family_of_sample(std::string_view name, const Families& families) {
  for (const std::string_view suffix : {"_bucket", "_sum", "_count", ""}) {
    if (!name.ends_with(suffix)) continue;
    const auto found = families.find(std::string(name.substr(0, name.size() - suffix.size())));
    if (found != families.end() && (suffix.empty() || found->second.type == "histogram")) return found->first;
  }
  return "";
}

/// Names before each `="`, outside of values.
std::set<std::string> labels_of(std::string_view line) {
  std::set<std::string> labels;
  std::string name;
  bool in_value = false;
  for (std::size_t i = line.find('{') + 1; i < line.size(); ++i) {
    if (in_value && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      in_value = !in_value;
      if (in_value && name != "le") labels.insert(name);
      name.clear();
    } else if (!in_value && line[i] == '}') {
      break;
    } else if (!in_value && line[i] != ',' && line[i] != '=') {
      name += line[i];
    }
  }
  return labels;
}

std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> cells;
  for (const std::string_view cell : split(row, '|')) cells.emplace_back(trim(cell));
  return cells;
}

}  // namespace

Families families_of(std::string_view exposition) {
  Families families;
  for (const std::string_view line : split(exposition, '\n')) {
    if (line.starts_with("# TYPE ")) {
      const std::vector<std::string_view> words = split(line, ' ');
      if (!families.emplace(words.at(2), Family{std::string(words.at(3)), {}}).second)
        give_up("announced twice: " + std::string(line));
    } else if (!line.empty() && line[0] != '#') {
      const std::string_view name = line.substr(0, line.find_first_of("{ "));
      const std::string family = family_of_sample(name, families);
      if (family.empty()) give_up("of no family: " + std::string(line));
      const bool has_labels = line.size() > name.size() && line[name.size()] == '{';
      if (has_labels) families[family].labels.merge(labels_of(line));
    }
  }
  return families;
}

void add_families(Families& seen, const Families& more) {
  for (const auto& [name, family] : more) {
    Family& known = seen.emplace(name, family).first->second;
    known.labels.insert(family.labels.begin(), family.labels.end());
  }
}

Families documented_families(std::string_view document, const std::string& daemon) {
  Families families;
  bool is_ours = false;
  for (const std::string_view line : split(document, '\n')) {
    if (line.starts_with("## ")) is_ours = line == "## " + daemon || line == kCommonHeading;
    if (!is_ours || !line.starts_with("| `")) continue;
    const std::vector<std::string> cells = cells_of(line);
    std::string name = cells.at(1).substr(1, cells.at(1).size() - 2);
    if (name.starts_with(kEveryDaemon)) name = daemon + name.substr(kEveryDaemon.size());
    families[name] = {cells.at(2), words_in_backticks(cells.at(3))};
  }
  return families;
}

std::string differences(const Families& documented, const Families& seen,
                        const std::map<std::string, std::string>& not_provoked) {
  std::string all;
  for (const auto& [name, family] : documented) {
    const auto found = seen.find(name);
    if (found == seen.end()) {
      if (!not_provoked.contains(name)) all += name + ": documented, never seen\n";
      continue;
    }
    if (found->second.type != family.type)
      all += name + ": documented as " + family.type + ", is a " + found->second.type + "\n";
    if (found->second.labels != family.labels) {
      const std::vector<std::string> ours(family.labels.begin(), family.labels.end());
      const std::vector<std::string> real(found->second.labels.begin(), found->second.labels.end());
      all += name + ": documented with {" + join(ours, ", ") + "}, has {" + join(real, ", ") + "}\n";
    }
  }
  for (const auto& [name, family] : seen) {
    if (!documented.contains(name)) all += name + ": seen, not documented\n";
  }
  for (const auto& [name, reason] : not_provoked) {
    if (seen.contains(name) || !documented.contains(name))
      all += name + ": needs no reason (" + reason + ")\n";
  }
  return all;
}

}  // namespace picket::test
