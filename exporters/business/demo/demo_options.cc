#include "exporters/business/demo/demo_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <vector>

#include "base/daemon/version.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "base/text/suggest.h"
#include "base/time/timestamp.h"

namespace picket::business {
namespace {

constexpr std::string_view kFooter = R"(
Examples:
  business-demo --database demo.db
      a small company of 20,000 customers in a SQLite file, in seconds
  business-demo --database postgresql://demo@127.0.0.1/demo --organisations 5000 --customers 1000000
      the full size: minutes, with progress on standard error
  business-demo --database demo.db --live
      goes on living in real time until SIGTERM or Ctrl-C; a company that is there lives on from where it was

What it makes: tables demo_* (organisations, customers, orders, bookings, refunds, subscriptions, invoices,
payments, jobs, shifts, CSAT and NPS answers, batches, measurements, defects, emails, webhooks, API usage) and the
views kpi_* of every pack, so that business.yml needs no more than:
  databases: [{name: demo, dsn: "sqlite:demo.db"}]
  packs: [{pack: revenue, database: demo}]

There are days and nights, workdays and weekends, growth, seven markets with five currencies, and one bad week in
which defects, complaints, refunds and churn go up. The same seed, sizes and --until give the same company.

The database must be empty (PostgreSQL: the schema that the search path begins with) or one that business-demo
filled before. Without --live a company that is there is made anew. Nothing else is ever changed.

Exit status: 0 done, 1 not done, 2 typed wrongly.
)";

constexpr std::int64_t kOrganisationsMax = 1'000'000;
constexpr std::int64_t kCustomersMax = 100'000'000;
constexpr std::int64_t kDaysMax = 3650;

struct Typed {
  std::string database, organisations, customers, days, seed, until;
  bool live = false;
};

class Reader {
 public:
  Reader(const Typed& typed, WallTime now) : typed_(typed) { options_.until = now; }

  Result<DemoOptions> read(const std::vector<std::string>& unknown) {
    for (const std::string& word : unknown) refuse_word(word);
    read_database();
    number("--organisations", typed_.organisations, kOrganisationsMax, options_.organisations);
    number("--customers", typed_.customers, kCustomersMax, options_.customers);
    number("--days", typed_.days, kDaysMax, options_.days);
    std::int64_t seed = 1;
    number("--seed", typed_.seed, std::numeric_limits<std::int64_t>::max(), seed);
    options_.seed = static_cast<std::uint64_t>(seed);
    options_.live = typed_.live;
    read_until();
    if (!problems_.empty()) return fail(ErrorKind::InvalidInput, join(problems_, "\n"));
    return options_;
  }

 private:
  void problem(std::string text) { problems_.push_back(std::move(text)); }

  void refuse_word(const std::string& word) {
    static const std::vector<std::string> known{"--database", "--organisations", "--customers",
                                                "--days",     "--seed",          "--until",
                                                "--live",     "--help",          "--version"};
    const std::string name = word.substr(0, word.find('='));
    problem(name.starts_with('-') ? fmt::format("unknown flag {}{}", name, did_you_mean(name, known))
                                  : fmt::format("\"{}\" belongs to no flag", word));
  }

  void read_database() {
    if (typed_.database.empty())
      return problem("--database: is required: a SQLite file, or postgresql://user@host/database");
    auto dsn = sql::Dsn::parse(typed_.database);
    if (!dsn) return problem("--database: " + dsn.error().message);
    if (dsn->engine == sql::Engine::Sqlite && dsn->sqlite_path == ":memory:")
      return problem("--database: a database in memory is gone when this program ends: name a file");
    options_.dsn = std::move(*dsn);
  }

  void number(const char* flag, const std::string& text, std::int64_t most, std::int64_t& value) {
    if (text.empty()) return;
    const auto parsed = parse_int(text);
    if (!parsed || *parsed < 1 || *parsed > most)
      return problem(fmt::format("{}: \"{}\" is not a whole number from 1 to {}", flag, text, most));
    value = *parsed;
  }

  void read_until() {
    if (typed_.until.empty()) return;
    if (typed_.live) problem("--until: not with --live: who lives, lives now");
    const bool is_day = typed_.until.find('T') == std::string::npos;
    const auto parsed = parse_rfc3339(is_day ? typed_.until + "T00:00:00Z" : typed_.until);
    if (!parsed)
      return problem(fmt::format(
          "--until: \"{}\" is not a day (2026-11-30) or a moment (2026-11-30T12:00:00Z)", typed_.until));
    options_.until = *parsed;
  }

  const Typed& typed_;
  DemoOptions options_;
  std::vector<std::string> problems_;
};

void add_flags(CLI::App& app, Typed& typed) {
  app.add_option("--database", typed.database, "SQLite file, or postgresql://user:password@host/database")
      ->type_name("DSN");
  app.add_option("--organisations", typed.organisations, "Organisations that customers belong to (200)")
      ->type_name("N");
  app.add_option("--customers", typed.customers, "Customers there were, those lost included (20000)")
      ->type_name("N");
  app.add_option("--days", typed.days, "Days of history; customers came for 400 days before that (90)")
      ->type_name("N");
  app.add_option("--seed", typed.seed, "Another number, another company (1)")->type_name("N");
  app.add_option("--until", typed.until, "Where the history ends: a day or a moment in UTC (now)")
      ->type_name("TIME");
  app.add_flag("--live", typed.live, "Go on living in real time until SIGTERM");
}

}  // namespace

Result<DemoOptions> read_demo_options(int argc, const char* const* argv, WallTime now) {
  Typed typed;
  CLI::App app("business-demo: fills a database with a plausible company, to try business_exporter on.",
               "business-demo");
  app.set_help_flag("-h,--help", "Show this");
  app.set_version_flag("--version", "");
  app.footer(std::string(kFooter));
  app.allow_extras();
  add_flags(app, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return DemoOptions{.print = app.help()};
  } catch (const CLI::CallForVersion&) {
    return DemoOptions{.print = fmt::format("business-demo {} ({})\n", version(), revision())};
  } catch (const CLI::ParseError& error) {
    return fail(ErrorKind::InvalidInput, error.what());
  }
  return Reader(typed, std::chrono::floor<std::chrono::seconds>(now)).read(app.remaining());
}

}  // namespace picket::business
