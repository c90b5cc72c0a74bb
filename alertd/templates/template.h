// Go's text/template: compiled once, expanded often. Immutable after compile; copies share the tree; safe
// from any thread.
//   auto t = Template::compile({.name = "rules.yml", .text = "{{ $labels.job }} down"},
//   rule_template_options()); auto text = t->expand(dot, {.environment = {.engine = &engine, .now = now}});
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alertd/templates/function_table.h"
#include "alertd/templates/value.h"
#include "base/config/problems.h"
#include "base/result/result.h"
#include "base/text/bytes.h"

namespace picket::alertd {

class TemplateTree;

/// `position` is where the text starts in its file; errors count from there: "rules.yml:12:20: ...".
struct TemplateSource {
  std::string name;
  std::string text;
  Position position = {1, 1};
};

/// A set of {{ define }}d templates from files (alertmanager.yml's `templates:`), for other templates to
/// call. Not safe for writing from several threads.
class TemplateLibrary {
 public:
  TemplateLibrary();
  /// Adds every definition of the source, replacing older ones of the same name. InvalidInput "file:line:col:
  /// what".
  Result<void> add(const TemplateSource& source, const FunctionTable& functions);

 private:
  friend class Template;
  std::shared_ptr<const TemplateTree> tree_;
};

struct TemplateOptions {
  const FunctionTable* functions = nullptr;
  /// Variables that are there from the start, without "$"; each stands for the field of dot named beside it.
  std::vector<std::pair<std::string, std::string>> variables = {};
  const TemplateLibrary* library = nullptr;  ///< read at compile; need not live on
  Bytes max_size = 1_MiB;
};

/// Prometheus' functions; $labels, $value, $externalLabels, $externalURL.
TemplateOptions rule_template_options();

enum class Escape { None, Html, Slack };

struct TemplateLimits {
  Bytes output = 1_MiB;
  std::int64_t steps = 100'000;  ///< nodes walked; loops cost a step a round
  int depth = 100;               ///< of {{ template }} calls
  Bytes value = 32_MiB;          ///< of one value, and of a function's arguments together
};

struct Expansion {
  TemplateEnvironment environment = {};
  Escape escape = Escape::None;  ///< of every value that is not from safeHtml, not of the template's own text
  TemplateLimits limits = {};
};

class Template {
 public:
  /// InvalidInput "file:line:col: function \"foo\" not defined". `functions` must outlive the template.
  static Result<Template> compile(const TemplateSource& source, const TemplateOptions& options);

  /// InvalidInput with file:line:col when the expansion fails.
  Result<std::string> expand(const Value& dot, const Expansion& expansion) const;

  /// The text has no actions: expand() answers text() whatever dot is.
  bool is_literal() const;
  const std::string& text() const { return source_; }  ///< as it was written

 private:
  Template(std::shared_ptr<const TemplateTree> tree, std::string source);
  std::shared_ptr<const TemplateTree> tree_;
  std::string source_;
};

/// A value as it is written into such a text.
std::string escape_value(std::string_view text, Escape escape);
/// "<error expanding template: what>", Prometheus' text in the place of one that failed.
std::string error_in_place(const Error& error);
/// Prometheus' way with failures: the text `<error expanding template: what>` instead of nothing, so that the
/// alert still goes out. Sets `failed`.
std::string expand_or_error(const Template& tmpl, const Value& dot, const Expansion& expansion, bool& failed);

}  // namespace picket::alertd
