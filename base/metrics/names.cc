#include "base/metrics/names.h"

#include <algorithm>

namespace picket {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool starts_well(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9');
}

}  // namespace

bool is_metric_name(std::string_view name) {
  return starts_well(name) && std::ranges::all_of(name, [](char c) { return is_word(c) || c == ':'; });
}

bool is_label_name(std::string_view name) {
  return starts_well(name) && !name.starts_with("__") && std::ranges::all_of(name, is_word);
}

}  // namespace picket
