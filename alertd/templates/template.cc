#include "alertd/templates/template.h"

#include "alertd/templates/executor.h"
#include "alertd/templates/html_escape.h"
#include "alertd/templates/parser.h"
#include "alertd/templates/slack_escape.h"
#include "alertd/templates/tree.h"
#include "base/text/escape.h"

namespace picket::alertd {

namespace {

Result<void> check_size(const TemplateSource& source, Bytes max_size) {
  if (source.text.size() <= max_size.count) return {};
  return fail(ErrorKind::InvalidInput,
              fmt::format("{}:{}:{}: the template is larger than {}", source.name, source.position.line,
                          source.position.column, format_bytes(max_size)));
}

}  // namespace

TemplateLibrary::TemplateLibrary() : tree_(std::make_shared<const TemplateTree>()) {}

Result<void> TemplateLibrary::add(const TemplateSource& source, const FunctionTable& functions) {
  if (auto fits = check_size(source, TemplateOptions{}.max_size); !fits) return fits;
  auto tree = std::make_shared<TemplateTree>(*tree_);
  tree->file = source.name;
  if (auto parsed = parse_template(source, functions, false, *tree); !parsed) return parsed;
  tree->main = nullptr;
  tree_ = std::move(tree);
  return {};
}

TemplateOptions rule_template_options() {
  return {.functions = &prometheus_functions(),
          .variables = {{"labels", "Labels"},
                        {"externalLabels", "ExternalLabels"},
                        {"externalURL", "ExternalURL"},
                        {"value", "Value"}}};
}

Template::Template(std::shared_ptr<const TemplateTree> tree, std::string source)
    : tree_(std::move(tree)), source_(std::move(source)) {}

Result<Template> Template::compile(const TemplateSource& source, const TemplateOptions& options) {
  if (auto fits = check_size(source, options.max_size); !fits) return fail(fits);
  auto tree = std::make_shared<TemplateTree>();
  if (options.library) tree->definitions = options.library->tree_->definitions;
  tree->file = source.name;
  tree->variables = options.variables;
  const FunctionTable none;
  const FunctionTable& functions = options.functions ? *options.functions : none;
  if (auto parsed = parse_template(source, functions, true, *tree); !parsed) return fail(parsed);
  return Template(std::move(tree), source.text);
}

bool Template::is_literal() const {
  const Block& body = tree_->main->body;
  if (body.empty()) return source_.empty();
  return body.size() == 1 && body[0].kind == Node::Kind::Text && body[0].text == source_;
}

Result<std::string> Template::expand(const Value& dot, const Expansion& expansion) const {
  if (is_literal() && source_.size() <= expansion.limits.output.count) {
    return source_;
  }
  Result<std::string> text = Executor(*tree_, expansion).run(dot);
  // A function may cut a string inside a character, and no label or message may hold half of one.
  if (text && !is_valid_utf8(*text)) text = repair_utf8(*text);
  return text;
}

std::string escape_value(std::string_view text, Escape escape) {
  switch (escape) {
    case Escape::None:
      break;
    case Escape::Html:
      return escape_template_html(text);
    case Escape::Slack:
      return escape_slack(text);
  }
  return std::string(text);
}

std::string error_in_place(const Error& error) {
  return fmt::format("<error expanding template: {}>", error.message);
}

std::string expand_or_error(const Template& tmpl, const Value& dot, const Expansion& expansion,
                            bool& failed) {
  auto text = tmpl.expand(dot, expansion);
  failed = !text;
  return text ? std::move(*text) : error_in_place(text.error());
}

}  // namespace picket::alertd
