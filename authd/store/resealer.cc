#include "authd/store/resealer.h"

#include "authd/store/columns.h"
#include "authd/store/sealed_columns.h"

namespace picket::authd {
namespace {

struct Stale {
  std::string row, envelope;
};

Result<std::vector<Stale>> stale_after(sql::Database& database, const SealedColumn& column,
                                       const std::string& active, const std::string& after) {
  constexpr std::int64_t kPage = 100;
  const auto rows = database.query(
      fmt::format("SELECT {0}, {1} FROM {2} WHERE {1}_sealed_by <> '' AND {1}_sealed_by <> $1 AND {0} > $2 "
                  "ORDER BY {0} LIMIT $3",
                  column.key, column.column, column.table),
      {active, after, kPage});
  return each_of<Stale>(rows, [](const sql::Row& row) -> Result<Stale> {
    return Stale{row.text(0), row.text(1)};
  });
}

/// Nothing when it does not open.
Result<std::optional<Sealed>> seal_again(const Vault& vault, const SealedColumn& column, const Stale& stale) {
  const SealedPlace place{column.table, column.column, stale.row};
  const auto plaintext = vault.open(place, stale.envelope);
  if (!plaintext) return std::nullopt;
  auto sealed = vault.seal(place, *plaintext);
  if (!sealed) return fail(sealed);
  return std::move(*sealed);
}

Result<bool> replace(sql::Database& database, const SealedColumn& column, const Stale& stale,
                     const Sealed& sealed) {
  return won(
      database.execute(fmt::format("UPDATE {2} SET {1} = $3, {1}_sealed_by = $4 WHERE {0} = $1 AND {1} = $2",
                                   column.key, column.column, column.table),
                       {stale.row, stale.envelope, sealed.envelope, sealed.key_id}));
}

/// One column, until the report is full.
class ColumnPass {
 public:
  ColumnPass(sql::Database& database, const Vault& vault, const SealedColumn& column)
      : database_(database), vault_(vault), column_(column) {}

  /// False when `limit` came before the end.
  Result<bool> run(ResealReport& report, int limit) {
    std::string after;
    while (true) {
      const auto page = stale_after(database_, column_, vault_.active_key(), after);
      if (!page) return fail(page);
      if (page->empty()) return true;
      for (const Stale& stale : *page) {
        if (report.resealed >= limit) return false;
        if (const auto done = one(stale, report); !done) return fail(done);
      }
      after = page->back().row;
    }
  }

 private:
  Result<void> one(const Stale& stale, ResealReport& report) {
    const auto sealed = seal_again(vault_, column_, stale);
    if (!sealed) return fail(sealed);
    if (!*sealed) {
      ++report.unreadable;
      return {};
    }
    const auto replaced = replace(database_, column_, stale, **sealed);
    if (!replaced) return fail(replaced);
    if (*replaced) ++report.resealed;
    return {};
  }

  sql::Database& database_;
  const Vault& vault_;
  const SealedColumn& column_;
};

}  // namespace

Result<ResealReport> Resealer::reseal(int limit) {
  ResealReport report;
  for (const SealedColumn& column : kSealedColumns) {
    const auto ended = ColumnPass(database_, vault_, column).run(report, limit);
    if (!ended) return fail(ended);
    if (!*ended) return report;
  }
  report.finished = true;
  return report;
}

Result<std::map<std::string, std::int64_t>> Resealer::counts() {
  std::map<std::string, std::int64_t> counts;
  for (const SealedColumn& column : kSealedColumns) {
    const auto rows = database_.query(fmt::format(
        "SELECT {0}_sealed_by, COUNT(*) FROM {1} WHERE {0}_sealed_by <> '' GROUP BY {0}_sealed_by",
        column.column, column.table));
    if (!rows) return fail(rows);
    for (std::size_t i = 0; i < rows->size(); ++i) counts[(*rows)[i].text(0)] += (*rows)[i].integer(1);
  }
  return counts;
}

}  // namespace picket::authd
