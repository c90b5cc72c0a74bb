#include "alertd/templates/function_table.h"

namespace picket::alertd {

const TemplateFunction* FunctionTable::find(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

std::vector<std::string> FunctionTable::names() const {
  std::vector<std::string> names;
  names.reserve(functions_.size());
  for (const auto& [name, function] : functions_) names.push_back(name);
  return names;
}

void FunctionTable::add(std::string name, TemplateFunction function) {
  functions_.insert_or_assign(std::move(name), std::move(function));
}

}  // namespace picket::alertd
