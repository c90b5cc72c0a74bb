#include "tests/tidy/rules/sizes.h"

#include <algorithm>

#include "base/text/strings.h"

namespace picket::tidy {
namespace {

bool is_measured(const SourceFile& file) {
  return file.is_cpp() || file.path().ends_with(".py") || file.path().ends_with(".sh") ||
         file.path() == "picket";
}

/// Walks the braces of a file. Outside functions, a brace opens a scope (namespace, class, enum), a function
/// (its declaration has a parameter list) or a value.
class BraceWalk {
 public:
  explicit BraceWalk(std::string_view code) : code_(code) {}

  std::vector<Function> run() {
    for (at_ = 0; at_ < code_.size(); ++at_) step(code_[at_]);
    return std::move(functions_);
  }

 private:
  std::string_view declaration() const { return trim(code_.substr(start_, at_ - start_)); }

  void step(char c) {
    if (c == '#' && at_line_start()) return skip_line();
    if (c == '{') return open();
    if (c == '(' || c == '[') {
      ++parens_;
    } else if (c == ')' || c == ']') {
      --parens_;
    } else if (((c == ';' || c == '}') && parens_ == 0) || (c == ':' && is_access_label())) {
      start_ = at_ + 1;
    }
  }

  bool at_line_start() const { return at_ == 0 || code_[at_ - 1] == '\n'; }

  void skip_line() {
    at_ = std::min(code_.find('\n', at_), code_.size() - 1);
    start_ = at_ + 1;
  }

  bool is_access_label() const {
    const std::string_view text = declaration();
    return text == "public" || text == "private" || text == "protected";
  }

  /// clang-format puts a space before the brace of a body and none before that of a value.
  bool is_value() const {
    const std::string_view text = declaration();
    if (parens_ > 0 || text.ends_with('=') || text.ends_with("return")) return true;
    return at_ > 0 && code_[at_ - 1] != ' ' && code_[at_ - 1] != '\n';
  }

  void open() {
    if (is_value()) {
      at_ = closing_brace();
    } else if (declaration().find('(') != std::string_view::npos) {
      record();
    } else {
      scopes_.push_back({closing_brace(), type_name(declaration())});
      start_ = at_ + 1;  // a scope: its members are looked at one by one
    }
  }

  /// "template <class T> class Lane final : public Queue" is Lane; "" of a namespace.
  static std::string type_name(std::string_view text) {
    if (has_word(text, "namespace")) return "";
    text = text.substr(0, std::min(text.find(" final"), text.find(" : ")));
    const std::size_t name = text.find_last_of(" :") + 1;
    return std::string(text.substr(name));
  }

  std::string scope() {
    std::erase_if(scopes_, [&](const Scope& scope) { return scope.end < at_; });
    return scopes_.empty() ? "" : scopes_.back().name;
  }

  void record() {
    const std::string_view text = declaration();
    const std::size_t first = code_.find_first_not_of(" \n", start_);
    const std::size_t end = closing_brace();
    const int from = line_of(code_, first);
    functions_.push_back({truncate(text.substr(0, text.find('\n')), 80), from, line_of(code_, end) - from + 1,
                          std::string(text), scope()});
    at_ = end;
    start_ = end + 1;
  }

  std::size_t closing_brace() const {
    int depth = 0;
    for (std::size_t i = at_; i < code_.size(); ++i) {
      if (code_[i] == '{') ++depth;
      if (code_[i] == '}' && --depth == 0) return i;
    }
    return code_.size() - 1;
  }

  struct Scope {
    std::size_t end;
    std::string name;
  };

  std::string_view code_;
  std::size_t at_ = 0;
  std::size_t start_ = 0;  ///< of the declaration being read
  int parens_ = 0;
  std::vector<Scope> scopes_;
  std::vector<Function> functions_;
};

}  // namespace

std::vector<Finding> check_file_size(const SourceFile& file) {
  const auto lines = static_cast<int>(lines_of(file.content()).size());
  if (!is_measured(file) || lines <= kFileLinesMax) return {};
  return {
      file.finding(0, std::to_string(lines) + " lines, the hard stop is " + std::to_string(kFileLinesMax))};
}

std::vector<Function> functions_of(const SourceFile& file) {
  return BraceWalk(file.code()).run();
}

std::vector<Finding> check_function_size(const SourceFile& file) {
  std::vector<Finding> findings;
  if (!file.is_cpp()) return findings;
  for (const Function& function : functions_of(file)) {
    if (function.lines <= kFunctionLinesMax) continue;
    findings.push_back(file.finding(function.line, function.name + " has " + std::to_string(function.lines) +
                                                       " lines, the hard stop is " +
                                                       std::to_string(kFunctionLinesMax)));
  }
  return findings;
}

}  // namespace picket::tidy
