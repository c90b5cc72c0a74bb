// Pipelines, commands and operands.
#include "alertd/templates/executor.h"
#include "alertd/templates/go_time.h"

namespace picket::alertd {

namespace {

using Kind = Value::Kind;

Method find_method(const Value& value, std::string_view name) {
  if (value.kind() == Kind::Time) return find_time_method(name);
  if (value.kind() == Kind::Duration) return find_duration_method(name);
  const ValueType* const type = value.type();
  if (!type) return nullptr;
  const auto found = type->methods.find(name);
  return found == type->methods.end() ? nullptr : found->second;
}

constexpr int kMaxValueDepth = 64;
/// Copying this much costs a step more.
constexpr std::size_t kBytesPerStep = 1024;

}  // namespace

Result<Value> Executor::evaluate(const Pipeline& pipeline, const Value& dot) {
  Value value;
  bool first = true;
  for (const Command& command : pipeline.commands) {
    auto next = evaluate_command(command, dot, first ? nullptr : &value);
    if (!next) return next;
    value = std::move(*next);
    first = false;
  }
  const bool ranges = pipeline.slots.size() == 2;
  if (!ranges) {
    for (const std::size_t slot : pipeline.slots) {
      if (pipeline.assigns) {
        variables_[slot] = value;
      } else {
        set_variable(slot, value);
      }
    }
  }
  return value;
}

Result<Value> Executor::evaluate_command(const Command& command, const Value& dot, const Value* piped) {
  const Operand& first = command.operands.front();
  if (auto counted = step(first.position); !counted) return fail(counted);
  if (first.kind == Operand::Kind::And || first.kind == Operand::Kind::Or) {
    return evaluate_logic(command, dot, piped);
  }
  std::vector<Value> args;
  for (std::size_t i = 1; i < command.operands.size(); ++i) {
    auto arg = evaluate_operand(command.operands[i], dot);
    if (!arg) return arg;
    args.push_back(std::move(*arg));
  }
  if (piped) args.push_back(*piped);
  if (first.kind == Operand::Kind::Function && first.fields.empty())
    return call_function(first, std::move(args));
  if (args.empty()) return evaluate_operand(first, dot);
  if (first.kind == Operand::Kind::Field) return read_fields(first, dot, args);
  if (first.kind == Operand::Kind::Variable) return read_fields(first, variables_[first.slot], args);
  if (first.kind == Operand::Kind::Parenthesis) {
    auto value = evaluate(*first.parenthesis, dot);
    return value ? read_fields(first, std::move(*value), args) : value;
  }
  return error(first.position, "can't give argument to non-function");
}

/// `and` and `or` stop at the operand that decides, and answer it.
Result<Value> Executor::evaluate_logic(const Command& command, const Value& dot, const Value* piped) {
  const Operand& name = command.operands.front();
  const bool stops_at = name.kind == Operand::Kind::Or;
  Value value;
  for (std::size_t i = 1; i < command.operands.size(); ++i) {
    auto operand = evaluate_operand(command.operands[i], dot);
    if (!operand || operand->truth() == stops_at) return operand;
    value = std::move(*operand);
  }
  if (piped) return *piped;
  if (command.operands.size() == 1) {
    return error(name.position, fmt::format("wrong number of args for {}: want at least 1 got 0", name.name));
  }
  return value;
}

/// Texts are copied: large ones must not be had for nothing.
Result<Value> Executor::evaluate_operand(const Operand& operand, const Value& dot) {
  auto value = read_operand(operand, dot);
  if (!value || value->kind() != Kind::String) return value;
  if (auto counted = step(operand.position, value->text().size() / kBytesPerStep); !counted)
    return fail(counted);
  return value;
}

Result<Value> Executor::read_operand(const Operand& operand, const Value& dot) {
  switch (operand.kind) {
    case Operand::Kind::Dot:
    case Operand::Kind::Field:
      return read_fields(operand, dot, {});
    case Operand::Kind::Variable:
      return read_fields(operand, variables_[operand.slot], {});
    case Operand::Kind::Literal:
      return operand.literal;
    case Operand::Kind::Nil:
      return Value();
    case Operand::Kind::Parenthesis: {
      auto value = evaluate(*operand.parenthesis, dot);
      return value ? read_fields(operand, std::move(*value), {}) : value;
    }
    case Operand::Kind::Function: {
      auto value = call_function(operand, {});
      return value ? read_fields(operand, std::move(*value), {}) : value;
    }
    case Operand::Kind::And:
    case Operand::Kind::Or:
      return error(operand.position,
                   fmt::format("wrong number of args for {}: want at least 1 got 0", operand.name));
  }
  return Value();
}

Result<Value> Executor::call_function(const Operand& operand, std::vector<Value> args) {
  const TemplateFunction& function = *operand.function;
  if (args.size() < function.min_args || args.size() > function.max_args) {
    const bool exact = function.min_args == function.max_args;
    return error(
        operand.position,
        fmt::format("wrong number of args for {}: want {}{} got {}", operand.name,
                    exact ? "" : (args.size() < function.min_args ? "at least " : "at most "),
                    args.size() < function.min_args ? function.min_args : function.max_args, args.size()));
  }
  if (auto fits = check_arguments(operand, args); !fits) return fail(fits);
  auto value = function.call(expansion_.environment, args);
  if (!value) {
    return error(operand.position, fmt::format("error calling {}: {}", operand.name, value.error().message));
  }
  return charge(operand, std::move(value));
}

Result<void> Executor::check_arguments(const Operand& operand, const std::vector<Value>& args) const {
  std::size_t weight = 0;
  for (const Value& arg : args) weight += arg.weight();
  if (weight <= expansion_.limits.value.count) return {};
  return error(operand.position, fmt::format("the arguments of {} are too large", operand.name));
}

Result<Value> Executor::charge(const Operand& operand, Result<Value> value) {
  if (!value) return value;
  if (value->weight() > expansion_.limits.value.count) return error(operand.position, "a value is too large");
  if (value->depth() > kMaxValueDepth) return error(operand.position, "a value is nested too deeply");
  if (auto counted = step(operand.position, value->weight() / kBytesPerStep); !counted) return fail(counted);
  return value;
}

/// The arguments go to the last field, which then has to be a method.
Result<Value> Executor::read_fields(const Operand& operand, Value value, std::span<const Value> args) {
  for (std::size_t i = 0; i < operand.fields.size(); ++i) {
    const std::string& name = operand.fields[i];
    const bool last = i + 1 == operand.fields.size();
    auto read = read_one(operand, value, name, last ? args : std::span<const Value>());
    if (!read) return read;
    value = std::move(*read);
  }
  return value;
}

/// What `name` gives of `value`: a method's answer or a field.
Result<Value> Executor::read_one(const Operand& operand, const Value& value, const std::string& name,
                                 std::span<const Value> args) {
  if (const Method method = find_method(value, name)) {
    auto answer = method(value, args);
    if (!answer) {
      return error(operand.position, fmt::format("error calling {}: {}", name, answer.error().message));
    }
    return charge(operand, std::move(answer));
  }
  if (!args.empty()) {
    return error(operand.position, fmt::format("{} is not a method but has arguments", name));
  }
  return read_field(operand, value, name);
}

/// missingkey=zero.
Result<Value> Executor::read_field(const Operand& operand, const Value& value, const std::string& name) {
  if (value.is_nil()) {
    return error(operand.position, fmt::format("nil pointer evaluating interface {{}}.{}", name));
  }
  if (value.kind() == Kind::Map || value.kind() == Kind::Record) {
    const auto found = value.entries().find(name);
    if (found != value.entries().end()) return found->second;
    if (value.maps_strings()) return Value("");
    if (value.kind() == Kind::Map) return Value();
  }
  return error(operand.position, fmt::format("can't evaluate field {} in type {}", name, value.type_name()));
}

}  // namespace picket::alertd
