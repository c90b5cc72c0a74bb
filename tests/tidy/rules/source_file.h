// The files of the checkout as the tidy rules see them, and what a rule answers. Used by tests/tidy alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace picket::tidy {

struct Finding {
  std::string path;
  int line = 0;  ///< 1-based; 0: the file as a whole
  std::string message;
};

/// One file. Lines of the three views match each other.
class SourceFile {
 public:
  SourceFile(std::string path, std::string content);

  const std::string& path() const { return path_; }  ///< from the top of the checkout, '/' between
  const std::string& content() const { return content_; }
  const std::string& without_comments() const { return without_comments_; }
  /// Comments and the insides of string and character literals are spaces.
  const std::string& code() const { return code_; }

  bool is_cpp() const { return path_.ends_with(".cc") || path_.ends_with(".h"); }
  /// Of what is shipped, not of its tests.
  bool is_product_code() const { return is_cpp() && !path_.starts_with("tests/"); }
  bool is_header() const { return path_.ends_with(".h"); }
  std::string folder() const;
  std::string name() const;
  Finding finding(int line, std::string message) const { return {path_, line, std::move(message)}; }

 private:
  std::string path_;
  std::string content_;
  std::string without_comments_;
  std::string code_;
};

struct SourceTree {
  std::vector<SourceFile> files;

  const SourceFile* find(std::string_view path) const;
};

/// Every file below `root` but builds, run data, hidden folders (except .ci) and pictures.
SourceTree read_source_tree(const std::string& root);

/// One finding a line: "base/x.cc:3: message".
std::string report(const std::vector<Finding>& findings);

/// Letters, digits and '_', beginning with none of the digits.
bool is_identifier(std::string_view text);
int line_of(std::string_view text, std::size_t offset);
std::vector<std::string_view> lines_of(std::string_view text);
/// Whether `word` stands in `text` with no letter, digit or underscore beside it.
bool has_word(std::string_view text, std::string_view word);
/// Where it stands next, from `from` on; npos when nowhere.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0);

}  // namespace picket::tidy
