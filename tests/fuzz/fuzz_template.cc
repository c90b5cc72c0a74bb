// Any text as a template: it is refused, or it expands within its limits. The first byte picks functions and
// escaping.
#include <cstdint>
#include <cstdlib>

#include "alertd/templates/notification_values.h"
#include "alertd/templates/template.h"

namespace picket::alertd {
namespace {

class OneSample final : public QueryEngine {
 public:
  Result<Vector> instant(const Query& query, Timestamp time) override {
    Vector vector;
    if (!query.expr.empty())
      vector.samples.push_back({Labels({{"expr", query.expr}, {"a", "b"}}), 1.5, time});
    return vector;
  }
};

Value dot() {
  const Labels labels({{"alertname", "Down"}, {"job", "<api>"}, {"zone", "eu"}});
  Value alert = alert_value(
      {.status = "firing", .labels = labels, .annotations = labels, .starts_at = Timestamp(Duration(1))});
  return notification_value({{"Labels", kv_value(labels)},
                             {"Value", Value(0.25)},
                             {"I", Value(3)},
                             {"Alerts", alerts_value({alert, alert})},
                             {"Nil", Value()}});
}

void run(std::string_view input) {
  if (input.empty()) return;
  const auto mode = static_cast<unsigned char>(input[0]);
  input.remove_prefix(1);
  TemplateOptions options = rule_template_options();
  if ((mode & 1U) != 0) options.functions = &alertmanager_functions();
  const auto compiled = Template::compile({.name = "f", .text = std::string(input)}, options);
  if (!compiled) return;
  OneSample engine;
  Expansion expansion;
  expansion.environment.engine = &engine;
  expansion.environment.external_url = "http://x/y";
  expansion.escape = (mode & 2U) != 0 ? Escape::Html : Escape::None;
  expansion.limits = {.output = 64_KiB, .steps = 5'000, .depth = 20};
  const auto text = compiled->expand(dot(), expansion);
  if (text && text->size() > expansion.limits.output.count) std::abort();
  if (compiled->is_literal() && (!text || *text != compiled->text())) std::abort();
}

}  // namespace
}  // namespace picket::alertd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  picket::alertd::run(std::string_view(reinterpret_cast<const char*>(data),
                                       size));  // NOLINT(*-reinterpret-cast): libFuzzer's type
  return 0;
}
