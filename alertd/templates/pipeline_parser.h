// Parses what stands between {{ and }}: pipelines of commands of operands. Holds the tokens and the variables
// in scope for the parser of blocks, which is its only user.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alertd/templates/lexer.h"
#include "alertd/templates/tree.h"

namespace picket::alertd {

constexpr int kMaxTemplateNesting = 100;

class PipelineParser {
 public:
  PipelineParser(std::string file, const FunctionTable& functions, std::vector<Token> tokens);

  const Token& peek() const { return tokens_[next_]; }
  const Token& take();
  const Token& last() const { return last_; }
  bool take_if(Token::Kind kind);
  bool next_word_is(std::string_view word) const;
  Result<void> expect_close(std::string_view where);

  /// "file:line:col: what".
  Failure error(Position position, std::string_view what) const;
  Failure unexpected(std::string_view where) const;

  /// Up to and with the closing token. `range_head` allows two variables.
  Result<std::unique_ptr<Pipeline>> parse(std::string_view where, Token::Kind close, bool range_head = false);

  // The variables in scope, "$" first; their index is their slot.
  std::size_t scope() const { return variables_.size(); }
  void leave_scope(std::size_t size) { variables_.resize(size); }
  void declare(std::string name) { variables_.push_back(std::move(name)); }
  std::vector<std::string> replace_scope(std::vector<std::string> variables) {
    return std::exchange(variables_, std::move(variables));
  }

 private:
  Result<void> parse_variables(Pipeline& pipeline, std::vector<std::string>& declared, bool range_head);
  Result<std::vector<Token>> parse_variable_names(bool range_head);
  Result<void> parse_command(Command& command, std::string_view where, Token::Kind close);
  Result<Operand> parse_operand(std::string_view where);
  Result<Operand> parse_term(std::string_view where);
  Result<Operand> parse_variable(Operand operand);
  Result<Operand> parse_parenthesis(Operand operand);
  Result<Operand> parse_word(Operand operand);
  Result<std::size_t> slot_of(const Token& name) const;
  Failure undefined_function(Position position, const std::string& word) const;

  const std::string file_;
  const FunctionTable& functions_;
  const std::vector<Token> tokens_;
  std::size_t next_ = 0;
  Token last_;
  std::vector<std::string> variables_ = {"$"};
  int depth_ = 0;
};

/// Keywords that start a control action: "if", "end", ...
bool is_control_word(std::string_view word);

}  // namespace picket::alertd
