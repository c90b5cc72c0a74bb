// Accounts of another program, as a file holds them: read, checked, and every problem told with its line.
// Pure. The files may come from anywhere: sizes are bounded, hashes that would cost too much are refused.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "authd/accounts/user.h"

namespace picket::authd {

struct ImportProblem {
  int line = 0;      ///< 1-based; 0 is the file as a whole
  std::string text;  ///< with the user's name; without a hash
  bool operator==(const ImportProblem&) const = default;
};

struct ImportedUser {
  int line = 0;
  User user;  ///< with keys, role, status, hash; without id and times
};

struct ImportFile {
  std::vector<ImportedUser> users;      ///< those without a problem
  std::vector<ImportProblem> problems;  ///< by line
};

enum class ImportFormat { Authelia, Csv, Json };
/// "authelia", "csv", "json".
Result<ImportFormat> parse_import_format(std::string_view text);

/// Groups of Authelia's file that stand for a role; without one a user is a user. The highest counts.
using GroupRoles = std::map<std::string, Role>;

/// Authelia: users_database.yml (displayname, password, email, groups, disabled). CSV: a first line with
/// names of columns, of which username and email must be there, and role, status, phone, password_hash may.
/// JSON: an array, or one object a line, with the same names. Owners are not imported.
ImportFile read_import_file(ImportFormat format, std::string_view text, const GroupRoles& group_roles);

}  // namespace picket::authd
