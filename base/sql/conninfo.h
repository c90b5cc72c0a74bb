// PostgreSQL's connection strings (URL or keyword=value), read with libpq's own parser.
#pragma once

#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/sql/database.h"

namespace picket::sql {

bool is_conninfo(std::string_view text);

struct Conninfo {
  Secret text;      ///< keyword=value form, with our timeouts where the user gave none
  Secret password;  ///< "" when there is none
};

/// `dsn.postgres` must be valid; an invalid one comes back as it is.
Conninfo make_conninfo(const Dsn& dsn);

/// First line of a message of PostgreSQL's, with the password blotted out. The later lines show values of
/// rows.
std::string readable_message(std::string_view message, const Secret& password);

}  // namespace picket::sql
