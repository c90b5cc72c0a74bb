#include "tests/tidy/rules/source_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text/strings.h"
#include "tests/tidy/rules/lexer.h"

namespace picket::tidy {
namespace {

namespace fs = std::filesystem;

bool is_skipped_folder(const fs::path& path, int depth) {
  const std::string name = path.filename().string();
  if (depth == 0 && (name == "build" || name == "run")) return true;
  return name.starts_with('.') && name != ".ci";
}

bool is_text(const fs::path& path) {
  static const std::vector<std::string> binary{".png", ".jpg", ".gif", ".ico", ".woff2", ".gz", ".db"};
  return std::ranges::find(binary, path.extension().string()) == binary.end();
}

bool is_word_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

SourceFile::SourceFile(std::string path, std::string content)
    : path_(std::move(path)), content_(std::move(content)) {
  if (!is_cpp()) return;
  without_comments_ = blank(content_, {.comments = true, .literals = false});
  code_ = blank(content_, {.comments = true, .literals = true});
}

std::string SourceFile::folder() const {
  const std::size_t slash = path_.rfind('/');
  return slash == std::string::npos ? "" : path_.substr(0, slash);
}

std::string SourceFile::name() const {
  return path_.substr(path_.rfind('/') + 1);
}

const SourceFile* SourceTree::find(std::string_view path) const {
  const auto found = std::ranges::find(files, path, &SourceFile::path);
  return found == files.end() ? nullptr : &*found;
}

SourceTree read_source_tree(const std::string& root) {
  SourceTree tree;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    if (it->is_directory() && is_skipped_folder(it->path(), it.depth())) it.disable_recursion_pending();
    if (!it->is_regular_file() || !is_text(it->path())) continue;
    std::ifstream stream(it->path(), std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(stream), {}};
    tree.files.emplace_back(fs::relative(it->path(), root).generic_string(), std::move(content));
  }
  std::ranges::sort(tree.files, {}, &SourceFile::path);
  return tree;
}

std::string report(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += finding.path;
    if (finding.line > 0) out += ":" + std::to_string(finding.line);
    out += ": " + finding.message + "\n";
  }
  return out;
}

bool is_identifier(std::string_view text) {
  const bool starts_with_digit = !text.empty() && text.front() >= '0' && text.front() <= '9';
  return !text.empty() && !starts_with_digit && std::ranges::all_of(text, is_word_letter);
}

int line_of(std::string_view text, std::size_t offset) {
  return static_cast<int>(std::ranges::count(text.substr(0, offset), '\n')) + 1;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  return split(text, '\n');
}

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  for (std::size_t at = text.find(word, from); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word_letter(text[at - 1]);
    const std::size_t end = at + word.size();
    if (starts && (end == text.size() || !is_word_letter(text[end]))) return at;
  }
  return std::string_view::npos;
}

bool has_word(std::string_view text, std::string_view word) {
  return find_word(text, word) != std::string_view::npos;
}

}  // namespace picket::tidy
