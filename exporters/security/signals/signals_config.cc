#include "exporters/security/signals/signals_config.h"

namespace picket::security {
namespace {

constexpr std::uint32_t kCountMax = 1'000'000;
constexpr std::size_t kTableMax = SignalsConfig::kTableMax;

/// A threshold: from `min`, which is more than what everybody does.
void read_count(MapReader& r, std::string_view key, std::uint32_t& count, std::uint32_t min,
                std::uint32_t max = kCountMax) {
  if (r.read(key, count) && (count < min || count > max))
    r.problem(key, fmt::format("must be from {} to {}", min, max));
}

void read_table_size(MapReader& r, std::string_view key, std::size_t& size) {
  if (r.read(key, size) && (size < 100 || size > kTableMax))
    r.problem(key, fmt::format("must be from 100 to {}", kTableMax));
}

void read_span(MapReader& r, std::string_view key, Duration& span) {
  const bool is_given = r.read(key, span);
  if (is_given && (span < std::chrono::minutes(1) || span > std::chrono::hours(1)))
    r.problem(key, "must be from 1m to 1h");
}

/// Of the calendar's words, as `weekdays: ["monday:friday"]`.
void read_ranges(MapReader& r, std::string_view key, std::vector<IntRange>& out,
                 Result<IntRange> (*parse)(std::string_view)) {
  std::vector<std::string> texts;
  r.read(key, texts);
  for (const std::string& text : texts) {
    const Result<IntRange> range = parse(text);
    if (range)
      out.push_back(*range);
    else
      r.problem(key, range.error().message);
  }
}

struct OddTimes {
  MinuteRange range;
};

void read_minute(MapReader& r, std::string_view key, int& minute) {
  std::string text;
  if (!r.require(key, text)) return;
  const Result<int> read = parse_minute_of_day(text);
  if (read)
    minute = *read;
  else
    r.problem(key, read.error().message);
}

void read_yaml(MapReader& r, OddTimes& times) {
  read_minute(r, "start_time", times.range.start);
  read_minute(r, "end_time", times.range.end);
  if (times.range.start >= times.range.end) r.problem("end_time", "must be after start_time");
}

struct OddHours {
  CalendarWindow window;
};

void read_yaml(MapReader& r, OddHours& odd) {
  std::vector<OddTimes> times;
  r.read("times", times);
  for (const OddTimes& each : times) odd.window.times.push_back(each.range);
  read_ranges(r, "weekdays", odd.window.weekdays, parse_weekday_range);
  read_ranges(r, "days_of_month", odd.window.days_of_month, parse_day_of_month_range);
  read_ranges(r, "months", odd.window.months, parse_month_range);
  if (r.read("location", odd.window.location)) {
    const Result<void> known = check_location(odd.window.location);
    if (!known) r.problem("location", known.error().message);
  }
  if (!r.has("times") && !r.has("weekdays") && !r.has("days_of_month") && !r.has("months"))
    r.problem("", "needs times, weekdays, days_of_month or months");
}

}  // namespace

void read_yaml(MapReader& r, BruteForceConfig& brute_force) {
  read_count(r, "failures", brute_force.failures, 3);
  read_count(r, "account_failures", brute_force.account_failures, 3);
}

void read_yaml(MapReader& r, SprayingConfig& spraying) {
  read_count(r, "accounts", spraying.accounts, 3, 1000);
}

void read_yaml(MapReader& r, StuffingConfig& stuffing) {
  read_count(r, "clients", stuffing.clients, 3, 10'000);
  read_count(r, "accounts", stuffing.accounts, 3, 10'000);
  if (r.read("failure_ratio", stuffing.failure_ratio) &&
      !(stuffing.failure_ratio > 0 && stuffing.failure_ratio <= 1))
    r.problem("failure_ratio", "must be above 0 and at most 1");
}

void read_yaml(MapReader& r, EnumerationConfig& enumeration) {
  read_count(r, "accounts", enumeration.accounts, 3, 1000);
  read_count(r, "not_found", enumeration.not_found, 10);
}

void read_yaml(MapReader& r, ScrapingConfig& scraping) {
  read_count(r, "requests", scraping.requests, 10);
  read_count(r, "targets", scraping.targets, 2, 4000);
}

void read_yaml(MapReader& r, TransfersConfig& transfers) {
  r.read("transfer_max", transfers.transfer_max);
  r.read("hourly_max", transfers.hourly_max);
  r.read("hourly_min", transfers.hourly_min);
  if (r.read("deviations", transfers.deviations) &&
      !(transfers.deviations >= 1 && transfers.deviations <= 60))
    r.problem("deviations", "must be from 1 to 60");
  read_count(r, "learning_days", transfers.learning_days, 1, 60);
  std::vector<OddHours> odd_hours;
  r.read("odd_hours", odd_hours);
  for (OddHours& each : odd_hours) transfers.odd_hours.push_back(std::move(each.window));
  r.read("odd_hours_min", transfers.odd_hours_min);
}

void read_yaml(MapReader& r, SignalsConfig& signals) {
  read_span(r, "window", signals.window);
  read_span(r, "quiet", signals.quiet);
  if (signals.quiet < signals.window) r.problem("quiet", "must not be shorter than window");
  read_table_size(r, "clients_max", signals.clients_max);
  read_table_size(r, "accounts_max", signals.accounts_max);
  read_count(r, "events_per_minute", signals.events_per_minute, 1, 1000);
  r.read("brute_force", signals.brute_force);
  r.read("spraying", signals.spraying);
  r.read("stuffing", signals.stuffing);
  r.read("enumeration", signals.enumeration);
  r.read("scraping", signals.scraping);
  r.read("transfers", signals.transfers);
}

}  // namespace picket::security
