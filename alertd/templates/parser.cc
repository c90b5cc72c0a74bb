// Source of the grammar: Go's text/template/parse.
#include "alertd/templates/parser.h"

#include <optional>
#include <utility>

#include "alertd/templates/pipeline_parser.h"

namespace picket::alertd {

namespace {

using TokenKind = Token::Kind;

/// How a block ended.
enum class Ending { End, Else, Text };

class Parser {
 public:
  Parser(const TemplateSource& source, const FunctionTable& functions, std::vector<Token> tokens,
         TemplateTree& tree)
      : file_(source.name), tree_(tree), tokens_(source.name, functions, std::move(tokens)) {}

  Result<void> run(bool check_calls) {
    for (const auto& [name, field] : tree_.variables) tokens_.declare("$" + name);
    Block main;
    auto ending = parse_block(main, true);
    if (!ending) return fail(ending);
    if (*ending != Ending::Text) return error(tokens_.last().position, "unexpected {{ end }} or {{ else }}");
    if (check_calls) {
      if (auto checked = check_call_names(); !checked) return checked;
    }
    tree_.main = std::make_shared<const Definition>(Definition{file_, std::move(main)});
    return {};
  }

 private:
  Failure error(Position position, std::string_view what) const { return tokens_.error(position, what); }

  Result<void> check_call_names() const {
    for (const auto& [name, position] : calls_) {
      if (!tree_.definitions.contains(name))
        return error(position, fmt::format("template \"{}\" not defined", name));
    }
    return {};
  }

  // --- blocks ---

  Result<Ending> parse_block(Block& block, bool top_level) {
    while (true) {
      const Token& token = tokens_.take();
      if (token.kind == TokenKind::End) return Ending::Text;
      if (token.kind == TokenKind::Text) {
        block.push_back(Node{Node::Kind::Text, token.position, token.text, nullptr, {}, {}});
        continue;
      }
      const Position opened = token.position;
      auto ending = parse_action(block, opened, top_level);
      if (!ending) return fail(ending);
      if (*ending) return **ending;
    }
  }

  /// Answers how the block ends when this action ends it.
  Result<std::optional<Ending>> parse_action(Block& block, Position opened, bool top_level) {
    if (tokens_.peek().kind == TokenKind::Word) {
      const std::string word = tokens_.peek().text;
      if (word == "end" || word == "else") return parse_ending();
      if (is_control_word(word)) {
        tokens_.take();
        auto done = parse_keyword(word, block, opened, top_level);
        if (!done) return fail(done);
        return std::optional<Ending>();
      }
    }
    Node node{Node::Kind::Action, opened, "", nullptr, {}, {}};
    auto pipeline = tokens_.parse("an action", TokenKind::Close);
    if (!pipeline) return fail(pipeline);
    node.pipeline = std::move(*pipeline);
    block.push_back(std::move(node));
    return std::optional<Ending>();
  }

  Result<std::optional<Ending>> parse_ending() {
    if (tokens_.take().text == "else") return std::optional(Ending::Else);
    if (auto closed = tokens_.expect_close("{{ end }}"); !closed) return fail(closed);
    return std::optional(Ending::End);
  }

  Result<void> parse_keyword(std::string_view word, Block& block, Position opened, bool top_level) {
    if (word == "if") return parse_control(Node::Kind::If, block, opened);
    if (word == "with") return parse_control(Node::Kind::With, block, opened);
    if (word == "range") return parse_control(Node::Kind::Range, block, opened);
    if (word == "template") return parse_call(block, opened);
    if (word == "block") return parse_block_action(block, opened);
    if (word == "define") {
      if (!top_level) return error(opened, "{{ define }} is only allowed at the top level");
      return parse_define(opened);
    }
    if (range_depth_ == 0) return error(opened, fmt::format("{{{{ {} }}}} outside of {{{{ range }}}}", word));
    block.push_back(
        Node{word == "break" ? Node::Kind::Break : Node::Kind::Continue, opened, "", nullptr, {}, {}});
    return tokens_.expect_close(word);
  }

  /// if, with and range after their keyword, up to and with their {{ end }}.
  Result<void> parse_control(Node::Kind kind, Block& block, Position opened) {
    const DepthGuard guard(depth_);
    if (depth_ > kMaxTemplateNesting) return error(opened, "nested too deeply");
    Node node{kind, opened, "", nullptr, {}, {}};
    const std::size_t outer = tokens_.scope();
    auto pipeline = tokens_.parse(name_of(kind), TokenKind::Close, kind == Node::Kind::Range);
    if (!pipeline) return fail(pipeline);
    node.pipeline = std::move(*pipeline);
    const std::size_t declared = tokens_.scope();
    range_depth_ += kind == Node::Kind::Range ? 1 : 0;
    auto ending = parse_block(node.body, false);
    range_depth_ -= kind == Node::Kind::Range ? 1 : 0;
    if (!ending) return fail(ending);
    // A range's variables have no value in its {{ else }}.
    tokens_.leave_scope(kind == Node::Kind::Range ? outer : declared);
    if (*ending == Ending::Else) {
      if (auto done = parse_else(node); !done) return done;
    } else if (*ending == Ending::Text) {
      return error(opened, fmt::format("{{{{ {} }}}} without {{{{ end }}}}", name_of(kind)));
    }
    tokens_.leave_scope(outer);
    block.push_back(std::move(node));
    return {};
  }

  Result<void> parse_else(Node& node) {
    if (node.kind != Node::Kind::Range && (tokens_.next_word_is("if") || tokens_.next_word_is("with"))) {
      const Token word = tokens_.take();
      // {{ else if }} shares the {{ end }} of the whole.
      return parse_control(word.text == "if" ? Node::Kind::If : Node::Kind::With, node.otherwise,
                           word.position);
    }
    if (auto closed = tokens_.expect_close("{{ else }}"); !closed) return closed;
    auto ending = parse_block(node.otherwise, false);
    if (!ending) return fail(ending);
    if (*ending == Ending::Else) return error(tokens_.last().position, "a second {{ else }}");
    if (*ending == Ending::Text) return error(node.position, "{{ else }} without {{ end }}");
    return {};
  }

  static std::string_view name_of(Node::Kind kind) {
    if (kind == Node::Kind::If) return "if";
    return kind == Node::Kind::With ? "with" : "range";
  }

  // --- define, block, template ---

  Result<std::string> parse_name(std::string_view where) {
    if (tokens_.peek().kind != TokenKind::Literal || tokens_.peek().value.kind() != Value::Kind::String)
      return tokens_.unexpected(where);
    return tokens_.take().value.text();
  }

  /// A body with variables of its own.
  Result<void> parse_definition(const std::string& name, Position opened) {
    auto outer = tokens_.replace_scope({"$"});
    const int ranges = std::exchange(range_depth_, 0);
    Block body;
    auto ending = parse_block(body, false);
    tokens_.replace_scope(std::move(outer));
    range_depth_ = ranges;
    if (!ending) return fail(ending);
    if (*ending != Ending::End)
      return error(opened, fmt::format("definition of \"{}\" without {{{{ end }}}}", name));
    tree_.definitions.insert_or_assign(
        name, std::make_shared<const Definition>(Definition{file_, std::move(body)}));
    return {};
  }

  Result<void> parse_define(Position opened) {
    auto name = parse_name("{{ define }}");
    if (!name) return fail(name);
    if (auto closed = tokens_.expect_close("{{ define }}"); !closed) return closed;
    return parse_definition(*name, opened);
  }

  Result<void> parse_call(Block& block, Position opened) {
    auto name = parse_name("{{ template }}");
    if (!name) return fail(name);
    Node node{Node::Kind::Template, opened, *name, nullptr, {}, {}};
    calls_.emplace_back(*name, opened);
    if (!tokens_.take_if(TokenKind::Close)) {
      auto pipeline = tokens_.parse("{{ template }}", TokenKind::Close);
      if (!pipeline) return fail(pipeline);
      node.pipeline = std::move(*pipeline);
    }
    block.push_back(std::move(node));
    return {};
  }

  Result<void> parse_block_action(Block& block, Position opened) {
    auto name = parse_name("{{ block }}");
    if (!name) return fail(name);
    Node node{Node::Kind::Template, opened, *name, nullptr, {}, {}};
    auto pipeline = tokens_.parse("{{ block }}", TokenKind::Close);
    if (!pipeline) return fail(pipeline);
    node.pipeline = std::move(*pipeline);
    if (auto defined = parse_definition(*name, opened); !defined) return defined;
    block.push_back(std::move(node));
    return {};
  }

  struct DepthGuard {
    explicit DepthGuard(int& d) : depth(d) { ++depth; }
    ~DepthGuard() { --depth; }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    int& depth;
  };

  const std::string file_;
  TemplateTree& tree_;
  PipelineParser tokens_;
  std::vector<std::pair<std::string, Position>> calls_;
  int depth_ = 0;
  int range_depth_ = 0;
};

}  // namespace

Result<void> parse_template(const TemplateSource& source, const FunctionTable& functions, bool check_calls,
                            TemplateTree& tree) {
  LexResult lexed = lex_template(source.text, source.position);
  if (!lexed.error.empty()) {
    return fail(ErrorKind::InvalidInput, fmt::format("{}:{}:{}: {}", source.name, lexed.error_position.line,
                                                     lexed.error_position.column, lexed.error));
  }
  return Parser(source, functions, std::move(lexed.tokens), tree).run(check_calls);
}

}  // namespace picket::alertd
