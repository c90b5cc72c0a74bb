#include "tools/slo/objective.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "tools/slo/burn_windows.h"
#include "tools/slo/counters.h"

namespace picket::slo {
namespace {

constexpr std::size_t kNamesMax = 44;  // service and name together: summaries have 80 characters
constexpr int kDaysMin = 7, kDaysMax = 90;

bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !text.empty() && std::ranges::all_of(text, fits);
}

void read_name(MapReader& r, const std::string& key, std::string& out) {
  if (r.read(key, out) && !is_name(out)) r.problem(key, "must be letters, digits, - and _");
}

/// "99.9%", 99.9 or 0.999.
struct Target {
  double ratio = 0;
};
bool read_value(const ValueReader& r, Target& out) {
  std::string text;
  if (!r.decode(text)) return false;
  const bool has_sign = text.ends_with('%');
  if (has_sign) text.pop_back();
  const Result<double> value = parse_double(trim(text));
  if (!value || !std::isfinite(*value)) {
    r.problem("must be a ratio or in percent, such as 99.9");
    return false;
  }
  const double ratio = has_sign || *value > 1 ? *value / 100 : *value;
  if (ratio <= 0 || ratio > 1) {
    r.problem("must be above 0 % and below 100 %");
    return false;
  }
  if (ratio > 1 - 1e-9) {
    r.problem("100 % leaves no error budget: every objective must allow some errors");
    return false;
  }
  out.ratio = ratio;
  return true;
}

/// A bound of a histogram's bucket: 0.5 (seconds, as `le` has it) or 500ms.
struct Bound {
  double seconds = 0;
};
bool read_value(const ValueReader& r, Bound& out) {
  const Result<double> number = parse_double(r.node().scalar);
  Duration duration{};
  if (!number && !r.decode(duration)) return false;
  const double value = number ? *number : seconds(duration);
  if (!std::isfinite(value) || value <= 0) {
    r.problem("must be more than 0");
    return false;
  }
  out.seconds = value;
  return true;
}

void read_counter(MapReader& r, const std::string& key, std::string& out) {
  std::string text;
  if (!r.read(key, text)) return;
  Result<std::string> rate = events_per_second(text);
  if (!rate) return r.problem(key, rate.error().message);
  out = std::move(*rate);
}

void read_bound(MapReader& r, const std::string& key, const std::vector<Bound>& buckets, double& out) {
  Bound bound;
  if (!r.read(key, bound)) return;
  out = bound.seconds;
  if (buckets.empty() || std::ranges::find(buckets, out, &Bound::seconds) != buckets.end()) return;
  std::vector<std::string> known;
  known.reserve(buckets.size());
  for (const Bound& bucket : buckets) known.push_back(plain_number(bucket.seconds));
  const bool is_low = out < std::ranges::min(buckets, {}, &Bound::seconds).seconds;
  r.problem(
      key, fmt::format("{} {}: one of {}", plain_number(out),
                       is_low ? "is below every bucket" : "is not the bound of a bucket", join(known, ", ")));
}

/// `job="shop"`, also in the braces that it has in PromQL.
void read_matchers(MapReader& r, std::string& out) {
  std::string text;
  if (!r.read("matchers", text)) return;
  std::string_view inside = trim(text);
  if (inside.starts_with('{') && inside.ends_with('}')) inside = trim(inside.substr(1, inside.size() - 2));
  if (inside.ends_with(',')) inside.remove_suffix(1);
  if (!events_per_second(fmt::format("{{{}}}", inside)) || inside.find('\n') != inside.npos)
    return r.problem("matchers", "must be matchers, such as job=\"shop\",method!=\"POST\"");
  out = inside;
}

}  // namespace

void read_yaml(MapReader& r, Events& events) {
  if (!r.has("total")) r.problem("", "total is required");
  read_counter(r, "total", events.total);
  read_counter(r, "errors", events.errors);
  read_counter(r, "good", events.good);
  if (r.has("errors") == r.has("good")) r.problem("", "needs either errors or good");
  if (r.read("alive", events.alive) && !is_series(events.alive))
    r.problem("alive", "must be a series, such as process_start_time_seconds{job=\"shop\"}");
}

void read_yaml(MapReader& r, Latency& latency) {
  if (r.require("histogram", latency.histogram) && !is_metric_name(latency.histogram))
    r.problem("histogram", "must be the name of a metric");
  if (latency.histogram.ends_with("_bucket")) r.problem("histogram", "is named without _bucket");
  read_matchers(r, latency.matchers);
  std::vector<Bound> buckets;
  r.read("buckets", buckets);
  if (!r.has("threshold")) r.problem("", "threshold is required");
  read_bound(r, "threshold", buckets, latency.threshold);
  double fallback = 0;
  read_bound(r, "fallback", buckets, fallback);
  if (fallback > 0) latency.fallback = fallback;
}

namespace {

void read_period(MapReader& r, int& days) {
  constexpr Duration kDay = std::chrono::hours(24);
  Duration period = kDay * days;
  if (!r.read("window", period)) return;
  if (period % kDay != Duration::zero() || period < kDay * kDaysMin || period > kDay * kDaysMax)
    return r.problem("window", fmt::format("must be whole days from {}d to {}d", kDaysMin, kDaysMax));
  days = static_cast<int>(period / kDay);
}

/// The slower of the pages can fire, or the objective would be one that nobody is woken for.
void check_reach(MapReader& r, const Objective& objective) {
  if (objective.budget <= 0) return;
  const auto windows = burn_windows(objective);
  if (std::ranges::any_of(windows, [&](const auto& w) { return w.is_page && can_fire(w, objective); }))
    return;
  const double needed = windows[1].factor;
  r.problem(
      "objective",
      fmt::format("is too low: if everything fails, the budget burns {:.3g} times too fast, and the pages "
                  "over {} days need more than {}: at least {:.4g} %",
                  1 / objective.budget, objective.period_days, plain_number(needed),
                  std::ceil((1 - 1 / needed) * 1e4 + 1e-6) / 100));
}

void read_kind(MapReader& r, Objective& objective) {
  if (r.has("events")) r.read("events", objective.events.emplace());
  if (r.has("latency")) r.read("latency", objective.latency.emplace());
  if (r.has("events") == r.has("latency")) r.problem("", "needs either events or latency");
  objective.category = objective.latency ? "latency" : "availability";
}

void read_notes(MapReader& r, Objective& objective) {
  r.read("description", objective.description);
  read_name(r, "team", objective.team);
  read_name(r, "category", objective.category);
  if (r.read("runbook", objective.runbook) &&
      (objective.runbook.empty() || objective.runbook.find_first_of(" \n\t\"'") != std::string::npos))
    r.problem("runbook", "must be a URL or a path");
}

}  // namespace

void read_yaml(MapReader& r, Objective& objective) {
  r.require("name", objective.name);
  if (r.has("name") && !is_name(objective.name)) r.problem("name", "must be letters, digits, - and _");
  read_name(r, "service", objective.service);
  if (objective.service.empty()) r.problem("service", "is required, here or above slos");
  if (objective.name.size() + objective.service.size() > kNamesMax)
    r.problem("name", fmt::format("is too long: with the service {} characters at most", kNamesMax));
  Target target;
  if (r.require("objective", target)) objective.budget = std::round((1 - target.ratio) * 1e12) / 1e12;
  read_period(r, objective.period_days);
  read_kind(r, objective);
  read_notes(r, objective);
  if (r.read("events_per_hour_min", objective.events_per_hour_min) && !(objective.events_per_hour_min >= 1))
    r.problem("events_per_hour_min", "must be at least 1");
  r.read("optional", objective.optional);
  check_reach(r, objective);
}

void read_yaml(MapReader& r, ObjectiveFile& file) {
  Objective defaults;
  read_name(r, "service", defaults.service);
  read_name(r, "team", defaults.team);
  const std::optional<ValueReader> list = r.at("slos");
  if (!list) return r.problem("", "slos is required: a list of objectives");
  if (!list->is_list()) return;
  for (std::size_t i = 0; i < list->node().items.size(); ++i) {
    Objective objective = defaults;
    list->item_at(i).decode(objective);
    file.objectives.push_back(std::move(objective));
  }
}

std::string percent(const Objective& objective) {
  return plain_number((1 - objective.budget) * 100);
}

std::string plain_number(double value) {
  return fmt::format("{:.12g}", value);
}

Result<std::vector<Objective>> read_objectives(const std::vector<std::string>& paths, const Files& files) {
  std::vector<Objective> all;
  std::map<std::string, std::string> seen;  // the file by "service/name"
  for (const std::string& path : paths) {
    Result<ObjectiveFile> file = load_config<ObjectiveFile>(path, files);
    if (!file) return fail(file);
    for (Objective& objective : file->objectives) {
      const std::string id = objective.service + "/" + objective.name;
      const auto [at, is_new] = seen.emplace(id, path);
      if (!is_new)
        return fail(ErrorKind::InvalidInput,
                    fmt::format("{}: {} is defined twice, also in {}", path, id, at->second));
      all.push_back(std::move(objective));
    }
  }
  return all;
}

}  // namespace picket::slo
