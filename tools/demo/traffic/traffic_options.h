// What was typed behind `demo-traffic`.
#pragma once

#include <string>
#include <vector>

#include "base/config/secret.h"
#include "base/result/result.h"

namespace picket::demo {

struct Account {
  std::string name;
  Secret password;
};

struct TrafficOptions {
  std::string shop = "https://localhost:9843";
  std::string logins = "https://localhost:9844";
  std::string old = "https://localhost:9822";
  std::string ca_file{};        ///< who signed the certificates of the three
  std::string accounts_file{};  ///< lines of a name, a blank and a password
  std::string print{};          ///< help: to be printed, and that is all
};

Result<TrafficOptions> read_traffic_options(int argc, const char* const* argv);

/// InvalidInput names the line that has no password.
Result<std::vector<Account>> parse_accounts(const std::string& text);

}  // namespace picket::demo
