// Inserts rows 1, 2, 3, ... into table "written" of the database in argv[1] and prints each number once the
// database has said that it is stored. Ends only by being killed.
#include <cstdio>

#include "base/sql/database.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto dsn = picket::sql::Dsn::parse(argv[1]);
  if (!dsn) return 2;
  const auto database = picket::sql::Database::open(*dsn);
  if (!database) return 1;
  for (std::int64_t number = 1;; ++number) {
    const auto stored = (*database)->transaction([&](picket::sql::Session& session) -> picket::Result<void> {
      const auto first = session.execute("INSERT INTO written (number, half) VALUES ($1, 'first')", {number});
      if (!first) return picket::fail(first);
      const auto second =
          session.execute("INSERT INTO written (number, half) VALUES ($1, 'second')", {number});
      return second ? picket::Result<void>() : picket::fail(second);
    });
    if (!stored) return 1;
    std::printf("%lld\n", static_cast<long long>(number));
    std::fflush(stdout);
  }
}
