#include "base/sql/migrations.h"

#include "base/text/strings.h"

namespace picket::sql {
namespace {

constexpr std::string_view kCreateTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations (component TEXT NOT NULL, number BIGINT NOT NULL, "
    "name TEXT NOT NULL, PRIMARY KEY (component, number))";

void check_numbers(std::span<const Migration> migrations) {
  for (std::size_t index = 0; index < migrations.size(); ++index) {
    check(migrations[index].number == static_cast<int>(index) + 1, "migrations are numbered 1, 2, 3, ...");
  }
}

Result<void> check_recorded(const Rows& recorded, std::string_view component,
                            std::span<const Migration> migrations) {
  for (std::size_t index = 0; index < recorded.size(); ++index) {
    const std::int64_t number = recorded[index].integer(0);
    if (number > static_cast<std::int64_t>(migrations.size())) {
      return fail(ErrorKind::Corrupt,
                  fmt::format("the database is newer than this program: {} is at version {}, "
                              "known are {}",
                              component, number, migrations.size()));
    }
    const std::string_view ours = migrations[static_cast<std::size_t>(number) - 1].name;
    if (recorded[index].text(1) != ours || number != static_cast<std::int64_t>(index) + 1) {
      return fail(ErrorKind::Corrupt, fmt::format("migration {} of {} is recorded as \"{}\", expected \"{}\"",
                                                  number, component, recorded[index].text(1), ours));
    }
  }
  return {};
}

}  // namespace

Result<void> run_migrations(const MigrationTarget& target, std::string_view component,
                            std::span<const Migration> migrations) {
  check_numbers(migrations);
  if (const auto created = target.session.execute(kCreateTable); !created) return fail(created);
  const auto recorded =
      target.session.query("SELECT number, name FROM schema_migrations WHERE component = $1 ORDER BY number",
                           {std::string(component)});
  if (!recorded) return fail(recorded);
  if (auto good = check_recorded(*recorded, component, migrations); !good) return good;
  for (const Migration& migration : migrations.subspan(recorded->size())) {
    const auto done = target.run_script(replace_all(migration.sql, "@serial_key@", target.serial_key));
    if (!done)
      return fail(done, fmt::format("migration {} of {} ({})", migration.number, component, migration.name));
    const auto noted = target.session.execute(
        "INSERT INTO schema_migrations (component, number, name) VALUES ($1, $2, $3)",
        {std::string(component), std::int64_t{migration.number}, std::string(migration.name)});
    if (!noted) return fail(noted);
  }
  return {};
}

}  // namespace picket::sql
