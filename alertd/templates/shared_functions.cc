#include "alertd/templates/shared_functions.h"

#include "alertd/templates/humanize.h"
#include "base/text/regex.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

using Environment = TemplateEnvironment;

Result<Value> match(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  const auto regex = Regex::compile(args[0].text());
  if (!regex) return fail(regex);
  return Value(regex->search(args[1].text()));
}

Result<Value> re_replace_all(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  const auto regex = Regex::compile(args[0].text());
  if (!regex) return fail(regex);
  if (auto fits = check_product(args[2].text().size() + 1, args[1].text().size()); !fits) return fail(fits);
  return Value(regex->replace_all(args[2].text(), args[1].text()));
}

Result<Value> safe_html(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  return Value::safe_html(args[0].text());
}

Result<Value> humanize_duration_function(const Environment&, Arguments args) {
  const auto seconds = to_float(args[0]);
  if (!seconds) return fail(seconds);
  return Value(humanize_duration(*seconds));
}

bool in_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         byte >= 0x80;
}

}  // namespace

void add_shared_functions(FunctionTable& table) {
  table.add("match", function_of(2, 2, match));
  table.add("reReplaceAll", function_of(3, 3, re_replace_all));
  table.add("toUpper", string_function(to_upper));
  table.add("toLower", string_function(to_lower));
  table.add("safeHtml", function_of(1, 1, safe_html));
  table.add("humanizeDuration", function_of(1, 1, humanize_duration_function));
}

std::string title_case(std::string_view text, bool lower_rest) {
  std::string out = lower_rest ? to_lower(text) : std::string(text);
  bool inside = false;
  for (char& c : out) {
    if (!inside && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    // An apostrophe within a word does not end it for Alertmanager: "It's".
    const bool apostrophe = lower_rest && inside && c == '\'';
    inside = in_word(c) || apostrophe;
  }
  return out;
}

}  // namespace picket::alertd
