// A template after parsing: what the executor walks. Immutable once built; shared between templates.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alertd/templates/function_table.h"
#include "alertd/templates/value.h"
#include "base/config/problems.h"

namespace picket::alertd {

struct Pipeline;

/// One word of a command: `.Labels.job`, `$x`, `"text"`, `(pipeline).Field`, `printf`.
struct Operand {
  enum class Kind { Dot, Field, Variable, Literal, Nil, Parenthesis, Function, And, Or };
  Kind kind = Kind::Dot;
  Position position;
  std::string name;                            ///< of a variable or function
  std::size_t slot = 0;                        ///< of a Variable
  const TemplateFunction* function = nullptr;  ///< of a Function
  Value literal;
  std::vector<std::string> fields;        ///< read from it one after the other
  std::unique_ptr<Pipeline> parenthesis;  ///< of a Parenthesis
};

/// `printf "%d" .X`: the first operand takes the others as arguments.
struct Command {
  std::vector<Operand> operands;
};

struct Pipeline {
  static constexpr std::size_t kNoSlot = static_cast<std::size_t>(-1);
  Position position;
  std::vector<Command> commands;
  std::vector<std::size_t> slots;  ///< variables that get the value: one, or two in a range
  bool assigns = false;            ///< `=` instead of `:=`
};

struct Node;
using Block = std::vector<Node>;

struct Node {
  enum class Kind { Text, Action, If, With, Range, Template, Break, Continue };
  Kind kind = Kind::Text;
  Position position;
  std::string text;  ///< of Text; the name of a Template
  std::unique_ptr<Pipeline> pipeline;
  Block body;
  Block otherwise;
};

/// {{ define "name" }}, or the main text.
struct Definition {
  std::string file;
  Block body;
};

class TemplateTree {
 public:
  std::string file;
  std::map<std::string, std::shared_ptr<const Definition>, std::less<>> definitions;
  std::shared_ptr<const Definition> main;
  std::vector<std::pair<std::string, std::string>> variables;  ///< name and field of dot, in slots 1, 2, ...
};

}  // namespace picket::alertd
