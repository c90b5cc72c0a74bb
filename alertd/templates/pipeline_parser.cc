#include "alertd/templates/pipeline_parser.h"

#include <algorithm>
#include <array>

#include "alertd/series/go_string.h"
#include "base/text/suggest.h"

namespace picket::alertd {

namespace {

using TokenKind = Token::Kind;

constexpr std::array<std::string_view, 10> kControlWords = {
    "if", "else", "end", "range", "with", "define", "template", "block", "break", "continue"};

std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::End:
      return "end of the template";
    case TokenKind::Close:
      return "}}";
    case TokenKind::Word:
      return quote_go(token.text);
    case TokenKind::Field:
      return quote_go("." + token.text);
    case TokenKind::Variable:
      return quote_go(token.text);
    case TokenKind::Literal:
      return "literal";
    case TokenKind::Declare:
      return ":=";
    case TokenKind::Assign:
      return "=";
    case TokenKind::Comma:
      return ",";
    case TokenKind::Pipe:
      return "|";
    case TokenKind::CloseParen:
      return ")";
    default:
      return "token";
  }
}

bool takes_arguments(const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::Function:
    case Operand::Kind::And:
    case Operand::Kind::Or:
    case Operand::Kind::Field:
      return true;
    default:
      return !operand.fields.empty();
  }
}

}  // namespace

bool is_control_word(std::string_view word) {
  return std::find(kControlWords.begin(), kControlWords.end(), word) != kControlWords.end();
}

PipelineParser::PipelineParser(std::string file, const FunctionTable& functions, std::vector<Token> tokens)
    : file_(std::move(file)), functions_(functions), tokens_(std::move(tokens)) {}

const Token& PipelineParser::take() {
  last_ = tokens_[next_];
  if (next_ + 1 < tokens_.size()) ++next_;
  return last_;
}

bool PipelineParser::take_if(TokenKind kind) {
  if (peek().kind != kind) return false;
  take();
  return true;
}

bool PipelineParser::next_word_is(std::string_view word) const {
  return peek().kind == TokenKind::Word && peek().text == word;
}

Result<void> PipelineParser::expect_close(std::string_view where) {
  if (!take_if(TokenKind::Close)) return unexpected(where);
  return {};
}

Failure PipelineParser::error(Position position, std::string_view what) const {
  return fail(ErrorKind::InvalidInput,
              fmt::format("{}:{}:{}: {}", file_, position.line, position.column, what));
}

Failure PipelineParser::unexpected(std::string_view where) const {
  return error(peek().position, fmt::format("unexpected {} in {}", describe(peek()), where));
}

Result<std::unique_ptr<Pipeline>> PipelineParser::parse(std::string_view where, TokenKind close,
                                                        bool range_head) {
  if (depth_ >= kMaxTemplateNesting) return error(peek().position, "nested too deeply");
  ++depth_;
  auto pipeline = std::make_unique<Pipeline>();
  pipeline->position = peek().position;
  std::vector<std::string> declared;
  if (close == TokenKind::Close) {
    if (auto read = parse_variables(*pipeline, declared, range_head); !read) return fail(read);
  }
  while (true) {
    Command command;
    if (auto read = parse_command(command, where, close); !read) return fail(read);
    const Operand& first = command.operands.front();
    if (!pipeline->commands.empty() && !takes_arguments(first)) {
      return error(first.position, "only a function or method can stand after |");
    }
    pipeline->commands.push_back(std::move(command));
    if (take_if(close)) break;
    if (!take_if(TokenKind::Pipe)) return unexpected(where);
  }
  // A variable is known after its own declaration only.
  for (auto& name : declared) {
    pipeline->slots.push_back(variables_.size());
    variables_.push_back(std::move(name));
  }
  --depth_;
  return pipeline;
}

/// "$x :=", "$x =", "$i, $x :=".
Result<void> PipelineParser::parse_variables(Pipeline& pipeline, std::vector<std::string>& declared,
                                             bool range_head) {
  if (peek().kind != TokenKind::Variable) return {};
  const TokenKind second = tokens_[next_ + 1].kind;
  if (second != TokenKind::Comma && second != TokenKind::Declare && second != TokenKind::Assign) return {};
  const auto names = parse_variable_names(range_head);
  if (!names) return fail(names);
  pipeline.assigns = take().kind == TokenKind::Assign;
  for (const Token& name : *names) {
    if (name.text == "$") return error(name.position, "$ cannot be set");
    if (!pipeline.assigns) {
      declared.push_back(name.text);
      continue;
    }
    const auto slot = slot_of(name);
    if (!slot) return fail(slot);
    pipeline.slots.push_back(*slot);
  }
  return {};
}

Result<std::vector<Token>> PipelineParser::parse_variable_names(bool range_head) {
  std::vector<Token> names = {take()};
  if (take_if(TokenKind::Comma)) {
    if (!range_head) return error(last_.position, "too many declarations: only a range has two variables");
    if (peek().kind != TokenKind::Variable) return unexpected("range");
    names.push_back(take());
  }
  if (peek().kind != TokenKind::Assign && peek().kind != TokenKind::Declare)
    return unexpected("a declaration");
  return names;
}

Result<std::size_t> PipelineParser::slot_of(const Token& name) const {
  for (std::size_t i = variables_.size(); i-- > 0;) {
    if (variables_[i] == name.text) return i;
  }
  return error(name.position,
               fmt::format("undefined variable \"{}\"{}", name.text, did_you_mean(name.text, variables_)));
}

Result<void> PipelineParser::parse_command(Command& command, std::string_view where, TokenKind close) {
  while (peek().kind != close && peek().kind != TokenKind::Pipe) {
    if (!command.operands.empty() && !peek().after_space && last_.kind != TokenKind::CloseParen) {
      return unexpected(where);
    }
    auto operand = parse_operand(where);
    if (!operand) return fail(operand);
    command.operands.push_back(std::move(*operand));
  }
  if (command.operands.empty()) return error(peek().position, fmt::format("missing value for {}", where));
  const Operand& first = command.operands.front();
  if (command.operands.size() > 1 && !takes_arguments(first)) {
    return error(first.position, "can't give argument to non-function");
  }
  return {};
}

Result<Operand> PipelineParser::parse_operand(std::string_view where) {
  auto operand = parse_term(where);
  if (!operand) return operand;
  while (peek().kind == TokenKind::Field && !peek().after_space) {
    const bool chainable = operand->kind != Operand::Kind::Literal && operand->kind != Operand::Kind::Nil;
    if (!chainable) return unexpected("a literal");
    operand->fields.push_back(take().text);
  }
  return operand;
}

Result<Operand> PipelineParser::parse_term(std::string_view where) {
  Operand operand;
  operand.position = peek().position;
  switch (peek().kind) {
    case TokenKind::Dot:
      take();
      return operand;
    case TokenKind::Field:
      operand.kind = Operand::Kind::Field;
      operand.fields.push_back(take().text);
      return operand;
    case TokenKind::Variable:
      return parse_variable(std::move(operand));
    case TokenKind::Literal:
      operand.kind = Operand::Kind::Literal;
      operand.literal = take().value;
      return operand;
    case TokenKind::OpenParen:
      return parse_parenthesis(std::move(operand));
    case TokenKind::Word:
      return parse_word(std::move(operand));
    default:
      return unexpected(where);
  }
}

Result<Operand> PipelineParser::parse_variable(Operand operand) {
  const Token name = take();
  const auto slot = slot_of(name);
  if (!slot) return fail(slot);
  operand.kind = Operand::Kind::Variable;
  operand.name = name.text;
  operand.slot = *slot;
  return operand;
}

Result<Operand> PipelineParser::parse_parenthesis(Operand operand) {
  take();
  auto inner = parse("a parenthesis", TokenKind::CloseParen);
  if (!inner) return fail(inner);
  operand.kind = Operand::Kind::Parenthesis;
  operand.parenthesis = std::move(*inner);
  return operand;
}

Result<Operand> PipelineParser::parse_word(Operand operand) {
  const std::string word = peek().text;
  if (is_control_word(word)) return unexpected("an operand");
  take();
  operand.name = word;
  operand.kind = Operand::Kind::Literal;
  if (word == "true" || word == "false") {
    operand.literal = Value(word == "true");
  } else if (word == "nil") {
    operand.kind = Operand::Kind::Nil;
  } else if (word == "and" || word == "or") {
    operand.kind = word == "and" ? Operand::Kind::And : Operand::Kind::Or;
  } else {
    operand.kind = Operand::Kind::Function;
    operand.function = functions_.find(word);
    if (!operand.function) operand.function = builtin_functions().find(word);
    if (!operand.function) return undefined_function(operand.position, word);
  }
  return operand;
}

Failure PipelineParser::undefined_function(Position position, const std::string& word) const {
  std::vector<std::string> known = functions_.names();
  for (auto& name : builtin_functions().names()) known.push_back(std::move(name));
  known.insert(known.end(), {"and", "or"});
  return error(position, fmt::format("function \"{}\" not defined{}", word, did_you_mean(word, known)));
}

}  // namespace picket::alertd
