#include "tests/tidy/rules/includes.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include "base/text/strings.h"
#include "tests/tidy/rules/arrows.h"

namespace picket::tidy {
namespace {

struct Include {
  int line;
  std::string_view path;
  bool quoted;
};

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> includes;
  int number = 0;
  for (const std::string_view line : lines_of(file.without_comments())) {
    ++number;
    if (!line.starts_with("#include ")) continue;
    const std::size_t open = line.find_first_of("<\"");
    const std::size_t close = line.find_last_of(">\"");
    if (open == std::string_view::npos || close <= open) continue;
    includes.push_back({number, line.substr(open + 1, close - open - 1), line[open] == '"'});
  }
  return includes;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

/// Only a daemon's top folder (main.cc, app.cc) sees all of its parts.
bool is_daemon_top(std::string_view folder) {
  return folder == "alertd" || folder == "authd" ||
         (folder.starts_with("exporters/") && std::ranges::count(folder, '/') == 1 &&
          folder != "exporters/kit");
}

template <class Row>
const Row* row_of(std::span<const Row> rows, std::string_view folder) {
  const auto found = std::ranges::find(rows, folder, &Row::folder);
  return found == rows.end() ? nullptr : &*found;
}

std::optional<std::string> base_fault(std::string_view from, std::string_view to) {
  const BaseFolder* self = row_of(base_folders(), from);
  const BaseFolder* other = row_of(base_folders(), to);
  if (self == nullptr) return std::nullopt;  // check_rows says so
  if (other != nullptr && (from == to || other->level < self->level)) return std::nullopt;
  return "may not include " + std::string(to);
}

std::optional<std::string> top_fault(std::string_view from, std::string_view to) {
  const bool is_part = to == from || (to.starts_with(from) && to[from.size()] == '/');
  if (is_part || (from.starts_with("exporters/") && to == "exporters/kit")) return std::nullopt;
  return "may not include " + std::string(to);
}

std::optional<std::string> daemon_fault(std::string_view from, std::string_view to) {
  if (to.starts_with("base/")) return std::nullopt;
  if (is_daemon_top(from)) return top_fault(from, to);
  const DaemonFolder* self = row_of(daemon_folders(), from);
  if (self == nullptr) return std::nullopt;  // check_rows says so
  if (from == to || std::ranges::find(self->sees, to) != self->sees.end()) return std::nullopt;
  if (from.starts_with("exporters/") && to == "exporters/kit") return std::nullopt;
  return "may not include " + std::string(to);
}

}  // namespace

std::vector<Finding> check_arrows(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!file.is_cpp() || file.path().starts_with("tests/")) return findings;
  const std::string from = file.folder();
  const auto fault_of = from.starts_with("base/") ? base_fault : daemon_fault;
  for (const Include& include : includes_of(file)) {
    if (!include.quoted) continue;
    const std::optional<std::string> fault = fault_of(from, folder_of(include.path));
    if (fault) findings.push_back(file.finding(include.line, from + ": " + *fault));
  }
  return findings;
}

std::vector<Finding> check_rows(const SourceTree& tree) {
  std::set<std::string> folders;
  for (const SourceFile& file : tree.files) {
    if (file.is_cpp() && !file.path().starts_with("tests/")) folders.insert(file.folder());
  }
  std::vector<Finding> findings;
  for (const std::string& folder : folders) {
    const bool is_row =
        row_of(base_folders(), folder) != nullptr || row_of(daemon_folders(), folder) != nullptr;
    if (!is_row && !is_daemon_top(folder))
      findings.push_back({folder, 0, "has no row in tests/tidy/rules/arrows.cc"});
  }
  return findings;
}

std::vector<Finding> check_libraries(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!file.is_cpp() || file.path().starts_with("tests/")) return findings;
  for (const Include& include : includes_of(file)) {
    if (include.quoted) continue;
    for (const Library& library : libraries()) {
      const auto& folders = library.folders;
      if (!include.path.starts_with(library.prefix)) continue;
      if (std::ranges::find(folders, file.folder()) != folders.end()) continue;
      findings.push_back(
          file.finding(include.line, "<" + std::string(include.path) + "> is wrapped by another folder"));
    }
  }
  return findings;
}

std::vector<Finding> check_include_paths(const SourceFile& file, const SourceTree& tree) {
  std::vector<Finding> findings;
  if (!file.is_cpp()) return findings;
  for (const Include& include : includes_of(file)) {
    if (!include.quoted || tree.find(include.path) != nullptr) continue;
    findings.push_back(
        file.finding(include.line, "\"" + std::string(include.path) + "\" is no path from the top"));
  }
  return findings;
}

}  // namespace picket::tidy
