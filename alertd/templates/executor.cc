// Control flow. Source of the semantics: Go's text/template, exec.go.
#include "alertd/templates/executor.h"

#include <utility>

namespace picket::alertd {

namespace {

/// Of all calls together: each costs stack.
constexpr int kMaxOpenBlocks = 400;

}  // namespace

Result<std::string> Executor::run(const Value& dot) {
  variables_ = {dot};
  for (const auto& [name, field] : tree_.variables) {
    Value value;
    if (dot.kind() == Value::Kind::Map || dot.kind() == Value::Kind::Record) {
      const auto found = dot.entries().find(field);
      if (found != dot.entries().end()) value = found->second;
    }
    variables_.push_back(std::move(value));
  }
  current_ = tree_.main.get();
  auto flow = run_block(current_->body, dot);
  if (!flow) return fail(flow);
  return std::move(out_);
}

Failure Executor::error(Position position, std::string_view what) const {
  return fail(ErrorKind::InvalidInput,
              fmt::format("{}:{}:{}: {}", current_->file, position.line, position.column, what));
}

Result<void> Executor::step(Position position, std::size_t cost) {
  steps_ += static_cast<std::int64_t>(cost);
  if (steps_ <= expansion_.limits.steps) return {};
  return error(position, fmt::format("the template takes more than {} steps", expansion_.limits.steps));
}

Result<void> Executor::write(Position position, std::string_view text) {
  if (out_.size() + text.size() > expansion_.limits.output.count) {
    return error(position,
                 fmt::format("the output is larger than {}", format_bytes(expansion_.limits.output)));
  }
  out_ += text;
  return {};
}

/// Variables declared later than this one are out of scope by now.
void Executor::set_variable(std::size_t slot, Value value) {
  variables_.resize(slot);
  variables_.push_back(std::move(value));
}

Result<void> Executor::run_definition(const Definition& definition, const Value& dot) {
  auto outer = std::exchange(variables_, std::vector<Value>{dot});
  const Definition* const caller = std::exchange(current_, &definition);
  auto flow = run_block(definition.body, dot);
  variables_ = std::move(outer);
  current_ = caller;
  if (!flow) return fail(flow);
  return {};
}

Result<Executor::Flow> Executor::run_block(const Block& block, const Value& dot) {
  if (block.empty()) return Flow::Normal;
  if (blocks_ >= kMaxOpenBlocks) return error(block.front().position, "nested too deeply");
  ++blocks_;
  auto flow = run_nodes(block, dot);
  --blocks_;
  return flow;
}

Result<Executor::Flow> Executor::run_nodes(const Block& block, const Value& dot) {
  for (const Node& node : block) {
    if (auto counted = step(node.position); !counted) return fail(counted);
    auto flow = run_node(node, dot);
    if (!flow || *flow != Flow::Normal) return flow;
  }
  return Flow::Normal;
}

Result<Executor::Flow> Executor::run_node(const Node& node, const Value& dot) {
  switch (node.kind) {
    case Node::Kind::Text: {
      auto written = write(node.position, node.text);
      if (!written) return fail(written);
      return Flow::Normal;
    }
    case Node::Kind::Action: {
      auto value = evaluate(*node.pipeline, dot);
      if (!value) return fail(value);
      if (!node.pipeline->slots.empty()) return Flow::Normal;
      const std::string text = print_value(*value);
      const Escape escape = value->is_safe_html() ? Escape::None : expansion_.escape;
      auto written = write(node.position, escape_value(text, escape));
      if (!written) return fail(written);
      return Flow::Normal;
    }
    case Node::Kind::If:
    case Node::Kind::With:
      return run_condition(node, dot);
    case Node::Kind::Range:
      return run_range(node, dot);
    case Node::Kind::Template:
      return run_call(node, dot);
    case Node::Kind::Break:
      return Flow::Break;
    case Node::Kind::Continue:
      return Flow::Continue;
  }
  return Flow::Normal;
}

Result<Executor::Flow> Executor::run_condition(const Node& node, const Value& dot) {
  auto value = evaluate(*node.pipeline, dot);
  if (!value) return fail(value);
  if (!value->truth()) return run_block(node.otherwise, dot);
  return run_block(node.body, node.kind == Node::Kind::With ? *value : dot);
}

Result<Executor::Flow> Executor::run_range(const Node& node, const Value& dot) {
  auto value = evaluate(*node.pipeline, dot);
  if (!value) return fail(value);
  Result<bool> any = false;
  switch (value->kind()) {
    case Value::Kind::Nil:
      break;
    case Value::Kind::List:
      any = run_list_range(node, *value);
      break;
    case Value::Kind::Map:
      any = run_map_range(node, *value);
      break;
    case Value::Kind::Int:
      any = run_int_range(node, *value);
      break;
    default:
      return error(node.position, fmt::format("range can't iterate over {}", print_value(*value)));
  }
  if (!any) return fail(any);
  return *any ? Flow::Normal : run_block(node.otherwise, dot);
}

Result<Executor::Flow> Executor::run_round(const Round& round) {
  if (auto counted = step(round.node.position); !counted) return fail(counted);
  const Pipeline& pipeline = *round.node.pipeline;
  if (pipeline.assigns) {
    // Go assigns the last variable the element, the one before it the index.
    variables_[pipeline.slots.back()] = round.element;
    if (pipeline.slots.size() == 2) variables_[pipeline.slots.front()] = round.index;
  } else if (pipeline.slots.size() == 2) {
    set_variable(pipeline.slots[0], round.index);
    set_variable(pipeline.slots[1], round.element);
  } else if (pipeline.slots.size() == 1) {
    set_variable(pipeline.slots[0], round.element);
  }
  return run_block(round.node.body, round.element);
}

Result<bool> Executor::run_list_range(const Node& node, const Value& value) {
  std::int64_t index = 0;
  for (const Value& item : value.items()) {
    auto flow = run_round({node, Value(index++), item});
    if (!flow) return fail(flow);
    if (*flow == Flow::Break) break;
  }
  return index > 0;
}

Result<bool> Executor::run_map_range(const Node& node, const Value& value) {
  for (const auto& [key, item] : value.entries()) {
    auto flow = run_round({node, Value(key), item});
    if (!flow) return fail(flow);
    if (*flow == Flow::Break) break;
  }
  return !value.entries().empty();
}

Result<bool> Executor::run_int_range(const Node& node, const Value& value) {
  for (std::int64_t i = 0; i < value.integer(); ++i) {
    const Value index(i);
    auto flow = run_round({node, index, index});
    if (!flow) return fail(flow);
    if (*flow == Flow::Break) break;
  }
  return value.integer() > 0;
}

Result<Executor::Flow> Executor::run_call(const Node& node, const Value& dot) {
  const auto found = tree_.definitions.find(node.text);
  if (found == tree_.definitions.end()) {
    return error(node.position, fmt::format("template \"{}\" not defined", node.text));
  }
  if (depth_ >= expansion_.limits.depth) {
    return error(node.position, fmt::format("templates call each other more than {} deep", depth_));
  }
  Value argument;
  if (node.pipeline) {
    auto value = evaluate(*node.pipeline, dot);
    if (!value) return fail(value);
    argument = std::move(*value);
  }
  ++depth_;
  auto done = run_definition(*found->second, argument);
  --depth_;
  if (!done) return fail(done);
  return Flow::Normal;
}

}  // namespace picket::alertd
