// Walks a template's tree and writes its output, within limits. One object per expansion. Used by template.cc
// alone.
#pragma once

#include <string>
#include <vector>

#include "alertd/templates/template.h"
#include "alertd/templates/tree.h"

namespace picket::alertd {

class Executor {
 public:
  Executor(const TemplateTree& tree, const Expansion& expansion) : tree_(tree), expansion_(expansion) {}

  Result<std::string> run(const Value& dot);

 private:
  enum class Flow { Normal, Break, Continue };

  /// One round of a range.
  struct Round {
    const Node& node;
    const Value& index;
    const Value& element;
  };

  Result<void> run_definition(const Definition& definition, const Value& dot);
  Result<Flow> run_block(const Block& block, const Value& dot);
  Result<Flow> run_nodes(const Block& block, const Value& dot);
  Result<Flow> run_node(const Node& node, const Value& dot);
  Result<Flow> run_condition(const Node& node, const Value& dot);
  Result<Flow> run_range(const Node& node, const Value& dot);
  Result<Flow> run_round(const Round& round);
  Result<bool> run_list_range(const Node& node, const Value& value);
  Result<bool> run_map_range(const Node& node, const Value& value);
  Result<bool> run_int_range(const Node& node, const Value& value);
  Result<Flow> run_call(const Node& node, const Value& dot);

  Result<Value> evaluate(const Pipeline& pipeline, const Value& dot);
  Result<Value> evaluate_command(const Command& command, const Value& dot, const Value* piped);
  Result<Value> evaluate_operand(const Operand& operand, const Value& dot);
  Result<Value> read_operand(const Operand& operand, const Value& dot);
  Result<void> check_arguments(const Operand& operand, const std::vector<Value>& args) const;
  Result<Value> evaluate_logic(const Command& command, const Value& dot, const Value* piped);
  Result<Value> call_function(const Operand& operand, std::vector<Value> args);
  Result<Value> read_fields(const Operand& operand, Value value, std::span<const Value> args);
  Result<Value> read_one(const Operand& operand, const Value& value, const std::string& name,
                         std::span<const Value> args);
  Result<Value> read_field(const Operand& operand, const Value& value, const std::string& name);
  Result<Value> charge(const Operand& operand, Result<Value> value);

  void set_variable(std::size_t slot, Value value);
  Result<void> write(Position position, std::string_view text);
  Result<void> step(Position position, std::size_t cost = 1);
  Failure error(Position position, std::string_view what) const;

  const TemplateTree& tree_;
  const Expansion& expansion_;
  const Definition* current_ = nullptr;
  std::vector<Value> variables_;
  std::string out_;
  std::int64_t steps_ = 0;
  int depth_ = 0;   // of template calls
  int blocks_ = 0;  // open at the moment, over all calls
};

}  // namespace picket::alertd
