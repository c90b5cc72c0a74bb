// The functions that a template may call beside the builtins of Go's text/template. There are two tables,
// because Prometheus' rules and Alertmanager's notifications give the same names different meanings (title).
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alertd/series/query_engine.h"
#include "alertd/templates/value.h"

namespace picket::alertd {

/// What functions may ask for while a template is expanded.
struct TemplateEnvironment {
  QueryEngine* engine = nullptr;  ///< for `query`; null: it fails
  Duration query_timeout = {};
  Timestamp now = {};
  std::string external_url = {};  ///< "https://alerts.example.com/prometheus", no slash at the end
};

inline constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();  ///< of arguments

struct TemplateFunction {
  using Call = std::function<Result<Value>(const TemplateEnvironment&, std::span<const Value>)>;
  std::size_t min_args = 0;
  std::size_t max_args = kAnyNumber;
  Call call;
};

class FunctionTable {
 public:
  /// Null when there is no such function.
  const TemplateFunction* find(std::string_view name) const;
  std::vector<std::string> names() const;
  void add(std::string name, TemplateFunction function);

 private:
  std::map<std::string, TemplateFunction, std::less<>> functions_;
};

/// Those of text/template itself: len, index, printf, eq, ... (`and` and `or` are part of the language).
const FunctionTable& builtin_functions();
/// Prometheus' template functions: for rule labels and annotations.
const FunctionTable& prometheus_functions();
/// Alertmanager's template functions: for notifications.
const FunctionTable& alertmanager_functions();

}  // namespace picket::alertd
