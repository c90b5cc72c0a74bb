// Source: prometheus template/template.go.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "alertd/templates/go_time.h"
#include "alertd/templates/html_escape.h"
#include "alertd/templates/humanize.h"
#include "alertd/templates/shared_functions.h"
#include "base/net/ip_address.h"
#include "base/time/timestamp.h"

namespace picket::alertd {

namespace {

using Environment = TemplateEnvironment;
using Kind = Value::Kind;

const ValueType& sample_type() {
  static const ValueType type = {.name = "template.sample"};
  return type;
}

const ValueType& result_type() {
  static const ValueType type = {.name = "template.queryResult"};
  return type;
}

// --- queries and what they answer ---

Result<Value> query(const Environment& environment, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  if (!environment.engine) return invalid_argument("there is no data source to query");
  auto vector = environment.engine->instant({args[0].text(), environment.query_timeout}, environment.now);
  if (!vector) return fail(vector);
  ValueList samples;
  samples.reserve(vector->samples.size());
  for (const Sample& sample : vector->samples) {
    samples.push_back(Value::record(
        {{"Labels", Value::strings(sample.labels)}, {"Value", Value(sample.value)}}, sample_type()));
  }
  return Value::list(std::move(samples), &result_type());
}

Result<void> want_samples(const Value& value) {
  if (value.kind() != Kind::List) return wrong_type("template.queryResult", value);
  for (const Value& item : value.items()) {
    if (item.type() != &sample_type()) return wrong_type("template.queryResult", value);
  }
  return {};
}

Result<void> want_sample(const Value& value) {
  if (value.type() != &sample_type()) return wrong_type("*template.sample", value);
  return {};
}

const Value& field(const Value& sample, std::string_view name) {
  return sample.entries().find(name)->second;
}

std::string label_of(const Value& sample, std::string_view name) {
  const auto& labels = field(sample, "Labels").entries();
  const auto found = labels.find(name);
  return found == labels.end() ? "" : found->second.text();
}

Result<Value> first(const Environment&, Arguments args) {
  if (auto samples = want_samples(args[0]); !samples) return fail(samples);
  if (args[0].items().empty()) return invalid_argument("first() called on vector with no elements");
  return args[0].items().front();
}

Result<Value> value_function(const Environment&, Arguments args) {
  if (auto sample = want_sample(args[0]); !sample) return fail(sample);
  return field(args[0], "Value");
}

Result<Value> label(const Environment&, Arguments args) {
  if (auto name = want_strings(args.first(1)); !name) return fail(name);
  if (auto sample = want_sample(args[1]); !sample) return fail(sample);
  return Value(label_of(args[1], args[0].text()));
}

Result<Value> strvalue(const Environment&, Arguments args) {
  if (auto sample = want_sample(args[0]); !sample) return fail(sample);
  return Value(label_of(args[0], "__value__"));
}

Result<Value> sort_by_label(const Environment&, Arguments args) {
  if (auto name = want_strings(args.first(1)); !name) return fail(name);
  if (auto samples = want_samples(args[1]); !samples) return fail(samples);
  ValueList sorted = args[1].items();
  const std::string& by = args[0].text();
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Value& a, const Value& b) { return label_of(a, by) < label_of(b, by); });
  return Value::list(std::move(sorted), &result_type());
}

Result<Value> args_function(const Environment&, Arguments args) {
  ValueMap map;
  for (std::size_t i = 0; i < args.size(); ++i) map.emplace(fmt::format("arg{}", i), args[i]);
  return Value::map(std::move(map));
}

// --- numbers and times ---

template <class F>
TemplateFunction number_function(F function) {
  return function_of(1, 1, [function](const Environment&, Arguments args) -> Result<Value> {
    auto number = to_float(args[0]);
    if (!number) return fail(number);
    return function(*number);
  });
}

constexpr double kMaxSeconds = 9.2e9;  // of nanoseconds in 64 bits

Result<Value> to_time(double seconds) {
  if (!std::isfinite(seconds) || std::fabs(seconds) > kMaxSeconds) {
    return invalid_argument(fmt::format("{} cannot be represented as a time", seconds));
  }
  return Value(model_time(seconds));
}

Result<Value> to_duration(double seconds) {
  if (!std::isfinite(seconds) || std::fabs(seconds) > kMaxSeconds) {
    return invalid_argument(fmt::format("{} cannot be represented as a duration", seconds));
  }
  return Value(from_seconds(seconds));
}

Result<Value> parse_duration_function(const Environment&, Arguments args) {
  if (auto strings = want_strings(args); !strings) return fail(strings);
  std::string_view text = args[0].text();
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto duration = parse_duration(text);
  if (!duration) return fail(duration);
  return Value(negative ? -seconds(*duration) : seconds(*duration));
}

// --- hosts and links ---

struct HostPort {
  std::string host;
  std::string port;
};

/// Go's net.SplitHostPort; nothing when there is no port.
std::optional<HostPort> split_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return std::nullopt;
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  if (host.find_first_of("[]") != std::string_view::npos) return std::nullopt;
  return HostPort{std::string(host), std::string(text.substr(colon + 1))};
}

std::string strip_port(std::string_view text) {
  const auto parts = split_host_port(text);
  return parts ? parts->host : std::string(text);
}

std::string strip_domain(std::string_view text) {
  const auto parts = split_host_port(text);
  const std::string host = parts ? parts->host : std::string(text);
  if (IpAddress::parse(host)) return std::string(text);
  const std::string name = host.substr(0, host.find('.'));
  return parts && !parts->port.empty() ? name + ":" + parts->port : name;
}

std::string graph_link(std::string_view expr) {
  return "/graph?g0.expr=" + escape_url_query(expr) + "&g0.tab=0";
}

std::string table_link(std::string_view expr) {
  return "/graph?g0.expr=" + escape_url_query(expr) + "&g0.tab=1";
}

/// The path of a URL: "https://host/a/b" gives "/a/b".
std::string path_of(std::string_view url) {
  const std::size_t host = url.find("://");
  const std::size_t slash = url.find('/', host == std::string_view::npos ? 0 : host + 3);
  return slash == std::string_view::npos
             ? ""
             : std::string(url.substr(slash, url.find_first_of("?#", slash) - slash));
}

std::string title(std::string_view text) {
  return title_case(text, false);
}

void add_queries(FunctionTable& table) {
  table.add("query", function_of(1, 1, query));
  table.add("first", function_of(1, 1, first));
  table.add("value", function_of(1, 1, value_function));
  table.add("label", function_of(2, 2, label));
  table.add("strvalue", function_of(1, 1, strvalue));
  table.add("sortByLabel", function_of(2, 2, sort_by_label));
  table.add("args", function_of(0, kAnyNumber, args_function));
}

void add_numbers(FunctionTable& table) {
  table.add("humanize", number_function([](double n) { return Value(humanize(n)); }));
  table.add("humanize1024", number_function([](double n) { return Value(humanize_1024(n)); }));
  table.add("humanizePercentage", number_function([](double n) { return Value(humanize_percentage(n)); }));
  table.add("humanizeTimestamp", number_function([](double n) { return Value(humanize_timestamp(n)); }));
  table.add("toTime", number_function(to_time));
  table.add("toDuration", number_function(to_duration));
  table.add("parseDuration", function_of(1, 1, parse_duration_function));
  table.add("now", function_of(0, 0, [](const Environment& environment, Arguments) -> Result<Value> {
              return Value(unix_seconds(environment.now));
            }));
}

void add_links(FunctionTable& table) {
  table.add("stripPort", string_function(strip_port));
  table.add("stripDomain", string_function(strip_domain));
  table.add("graphLink", string_function(graph_link));
  table.add("tableLink", string_function(table_link));
  table.add("urlQueryEscape", string_function(escape_url_query));
  table.add("title", string_function(title));
  table.add("externalURL", function_of(0, 0, [](const Environment& environment, Arguments) -> Result<Value> {
              return Value(environment.external_url);
            }));
  table.add("pathPrefix", function_of(0, 0, [](const Environment& environment, Arguments) -> Result<Value> {
              return Value(path_of(environment.external_url));
            }));
}

FunctionTable make_table() {
  FunctionTable table;
  add_shared_functions(table);
  add_queries(table);
  add_numbers(table);
  add_links(table);
  return table;
}

}  // namespace

const FunctionTable& prometheus_functions() {
  static const FunctionTable table = make_table();
  return table;
}

}  // namespace picket::alertd
