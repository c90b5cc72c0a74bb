// Source: alertmanager template/template.go.
#include <fmt/format.h>

#include "alertd/templates/go_json.h"
#include "alertd/templates/go_time.h"
#include "alertd/templates/shared_functions.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::alertd {

namespace {

using Environment = TemplateEnvironment;
using Kind = Value::Kind;

Result<Value> join_function(const Environment&, Arguments args) {
  if (auto separator = want_strings(args.first(1)); !separator) return fail(separator);
  if (args[1].kind() != Kind::List) return wrong_type("[]string", args[1]);
  if (auto strings = want_strings(args[1].items()); !strings) return fail(strings);
  if (auto fits = check_product(args[1].items().size(), args[0].text().size()); !fits) return fail(fits);
  std::string text;
  bool first = true;
  for (const Value& item : args[1].items()) {
    if (!first) text += args[0].text();
    first = false;
    text += item.text();
  }
  return Value(std::move(text));
}

Result<Value> string_slice(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  return Value::list(ValueList(args.begin(), args.end()));
}

Result<Value> date_function(const Environment&, Arguments args) {
  if (auto layout = want_strings(args.first(1)); !layout) return fail(layout);
  if (args[1].kind() != Kind::Time) return wrong_type("time.Time", args[1]);
  return Value(format_go_time(args[1].time(), args[0].text()));
}

Result<Value> tz(const Environment&, Arguments args) {
  if (auto name = want_strings(args.first(1)); !name) return fail(name);
  if (args[1].kind() != Kind::Time) return wrong_type("time.Time", args[1]);
  if (!is_known_zone(args[0].text())) {
    return invalid_argument(fmt::format("unknown time zone {}", args[0].text()));
  }
  return Value(ZonedTime{args[1].time().time, args[0].text()});
}

Result<Value> since(const Environment& environment, Arguments args) {
  if (args[0].kind() != Kind::Time) return wrong_type("time.Time", args[0]);
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(environment.now.time_since_epoch().count(),
                             args[0].time().time.time_since_epoch().count(), &difference)) {
    return invalid_argument("the time is too far away");
  }
  return Value(Duration(difference));
}

/// A text that the layout does not fit is the zero time; mustToDate says so.
Result<Value> to_date(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  auto time = parse_go_time(args[0].text(), args[1].text());
  return time ? Value(std::move(*time)) : Value(kNever);
}

Result<Value> must_to_date(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  auto time = parse_go_time(args[0].text(), args[1].text());
  if (!time) return fail(time);
  return Value(std::move(*time));
}

Result<Value> url_unescape(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  auto text = percent_decode(replace_all(args[0].text(), "+", " "));
  if (!text) return fail(text);
  return Value(std::move(*text));
}

Result<Value> base64decode(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  auto text = base64_decode(args[0].text());
  if (!text) text = base64url_decode(args[0].text());
  if (!text) return fail(text);
  return Value(std::move(*text));
}

Result<Value> append(const Environment&, Arguments args) {
  if (args[0].kind() != Kind::List) return wrong_type("[]interface {}", args[0]);
  ValueList items = args[0].items();
  items.insert(items.end(), args.begin() + 1, args.end());
  return Value::list(std::move(items));
}

Result<Value> dict(const Environment&, Arguments args) {
  if (args.size() % 2 != 0) return invalid_argument("dict takes pairs of a key and a value");
  ValueMap entries;
  for (std::size_t i = 0; i < args.size(); i += 2) {
    if (args[i].kind() != Kind::String) return invalid_argument("the keys of dict must be strings");
    entries.insert_or_assign(args[i].text(), args[i + 1]);
  }
  return Value::map(std::move(entries));
}

std::string title(std::string_view text) {
  return title_case(text, true);
}

std::string trim_space(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1));
}

FunctionTable make_table() {
  FunctionTable table;
  add_shared_functions(table);
  table.add("title", string_function(title));
  table.add("trimSpace", string_function(trim_space));
  table.add("base64encode", string_function(base64_encode));
  table.add("base64decode", function_of(1, 1, base64decode));
  table.add("urlUnescape", function_of(1, 1, url_unescape));
  table.add("safeUrl", *table.find("safeHtml"));
  table.add("join", function_of(2, 2, join_function));
  table.add("stringSlice", function_of(0, kAnyNumber, string_slice));
  table.add("date", function_of(2, 2, date_function));
  table.add("tz", function_of(2, 2, tz));
  table.add("since", function_of(1, 1, since));
  table.add("toDate", function_of(2, 2, to_date));
  table.add("mustToDate", function_of(2, 2, must_to_date));
  table.add("append", function_of(1, kAnyNumber, append));
  table.add("dict", function_of(0, kAnyNumber, dict));
  table.add("now", function_of(0, 0, [](const Environment& environment, Arguments) -> Result<Value> {
              return Value(environment.now);
            }));
  table.add("list", function_of(0, kAnyNumber, [](const Environment&, Arguments args) -> Result<Value> {
              return Value::list(ValueList(args.begin(), args.end()));
            }));
  table.add("toJson", function_of(1, 1, [](const Environment&, Arguments args) -> Result<Value> {
              return Value(to_go_json(args[0]));
            }));
  return table;
}

}  // namespace

const FunctionTable& alertmanager_functions() {
  static const FunctionTable table = make_table();
  return table;
}

}  // namespace picket::alertd
