// One account as the other program wrote it, before anything is believed. For this folder.
#pragma once

#include <set>
#include <string>

#include "authd/import/import_file.h"

namespace picket::authd {

struct RawUser {
  int line = 0;
  std::string username{}, email{}, phone{}, role{}, status{}, password_hash{};
};

/// Turns raw users into users, or into problems. Finds names and addresses that are there twice.
class UserCheck {
 public:
  explicit UserCheck(ImportFile& file) : file_(file) {}

  void take(const RawUser& raw);
  void problem(int line, std::string text) { file_.problems.push_back({line, std::move(text)}); }

 private:
  Result<User> check_user(const RawUser& raw);
  Result<void> check_unique(const User& user, int line);

  ImportFile& file_;
  std::map<std::string, int> lines_;  ///< of every key
};

// Each adds to what `check` holds.
void read_authelia(std::string_view text, const GroupRoles& group_roles, UserCheck& check);
void read_csv(std::string_view text, UserCheck& check);
void read_json(std::string_view text, UserCheck& check);

}  // namespace picket::authd
