#include "tools/demo/history/history.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>

#include "tools/demo/history/company_families.h"
#include "tools/demo/history/fleet_families.h"
#include "tools/demo/history/recorded_families.h"

namespace picket::demo {
namespace {

std::string_view type_of(Shape shape) {
  return shape == Shape::Counter ? "counter" : shape == Shape::Histogram ? "histogram" : "gauge";
}

/// OpenMetrics names the family of a counter without _total.
std::string_view family_name(const Family& family) {
  std::string_view name = family.name;
  if (family.shape == Shape::Counter && name.ends_with("_total")) name.remove_suffix(6);
  return name;
}

/// Answers how many samples it has.
std::int64_t append_series(std::string& text, const std::string& name, Series& series, const Past& part) {
  const std::string head = series.labels.empty()
                               ? name + series.suffix
                               : fmt::format("{}{}{{{}}}", name, series.suffix, series.labels);
  std::int64_t samples = 0;
  for (std::int64_t at = part.begins(); at <= part.ends(); at += kStep) {
    const double value = series.course(at);
    if (std::isnan(value)) continue;
    fmt::format_to(std::back_inserter(text), "{} {:.10g} {}\n", head, value, at);
    ++samples;
  }
  return samples;
}

std::int64_t series_of(const std::vector<Family>& families) {
  std::int64_t series = 0;
  for (const Family& family : families) series += static_cast<std::int64_t>(family.series.size());
  return series;
}

/// The newest of it in which so many series have no more samples.
Past newest_of(const Past& past, std::int64_t series, std::int64_t samples_max) {
  const std::int64_t steps = std::min(past.steps(), samples_max / std::max(series, std::int64_t{1}));
  return {past.ends() - (steps - 1) * kStep, past.ends()};
}

void append(std::vector<Family>& families, std::vector<Family> more) {
  std::ranges::move(more, std::back_inserter(families));
}

}  // namespace

Result<HistoryOptions> read_history_options(int argc, const char* const* argv, WallTime now) {
  HistoryOptions options;
  CLI::App app("demo-history: the weeks before ./picket run --demo, as OpenMetrics text for promtool.",
               "demo-history");
  app.add_option("--days", options.days, "How many, from 1 to 35 (35)")
      ->check(CLI::Range(std::int64_t{1}, kDaysMax));
  app.add_option("--database", options.database, "Of the demo company: sqlite:demo.db");
  app.add_option("--into", options.into, "Folder that the files NNN.om are written into (.)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.print = app.help();
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::InvalidInput, error.what());
  }
  options.until = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  return options;
}

Past past_of(const HistoryOptions& options) {
  const std::int64_t ends = options.until / kStep * kStep;
  return {ends - options.days * kDay + kStep, ends};
}

Result<std::vector<Family>> history_families(const HistoryOptions& options, const Past& past) {
  std::vector<Family> families = fleet_families(past);
  append(families, recorded_families(past));
  if (options.database.empty()) return families;
  const auto dsn = sql::Dsn::parse(options.database);
  if (!dsn) return fail(dsn);
  const auto company = sql::Database::open(*dsn);
  if (!company) return fail(company);
  auto kpis = company_families(**company, past);
  if (!kpis) return fail(kpis);
  append(families, std::move(*kpis));
  return families;
}

std::string part_text(std::vector<Family>& families, std::int64_t begins, std::int64_t ends,
                      std::int64_t& samples) {
  std::string text;
  for (Family& family : families) {
    text += fmt::format("# TYPE {} {}\n", family_name(family), type_of(family.shape));
    for (Series& series : family.series) {
      samples += append_series(text, family.name, series, {begins, ends});
    }
  }
  return text + "# EOF\n";
}

Result<void> write_history(const HistoryOptions& options, Files& files, const Say& say) {
  Past past = past_of(options);
  auto families = history_families(options, past);
  // How many series the company has depends on the day: with the cohorts of one month more, for example.
  while (families && series_of(*families) * past.steps() > options.samples_max) {
    past = newest_of(past, series_of(*families), options.samples_max);
    families = history_families(options, past);
  }
  if (!families) return fail(families);
  const std::int64_t series = series_of(*families);
  std::int64_t samples = 0;
  int number = 0;
  for (std::int64_t begins = past.begins(); begins <= past.ends();) {
    const std::int64_t ends = std::min(past.ends(), (begins / kPart + 1) * kPart - kStep);
    const std::string path = fmt::format("{}/{:03}.om", options.into, number++);
    if (auto done = files.write_atomic(path, part_text(*families, begins, ends, samples), 0600); !done)
      return done;
    const std::int64_t days = (ends - past.begins()) / kDay + 1;
    say(fmt::format("{} of {} days, {} samples of {} series", days, options.days, samples, series));
    begins = ends + kStep;
  }
  return {};
}

}  // namespace picket::demo
