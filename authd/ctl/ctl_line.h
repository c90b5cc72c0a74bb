// What was typed after `authctl`, read with CLI11. No part that does the work sees CLI11.
#pragma once

#include <string>
#include <vector>

#include "base/result/result.h"
#include "base/text/bytes.h"
#include "base/text/duration.h"

namespace picket::authd {

/// Where to work: on a store, or through a running daemon.
struct CtlFlags {
  std::string storage_path = "data";
  std::string storage_dsn{};
  std::string config_file{};
  std::string url{};         ///< "": straight on the store
  std::string token_file{};  ///< of an access token or an API key, for `url`
  std::string ca_file{};     ///< "": the system's certificates
};

/// Of every command; each reads its own.
struct CtlArguments {
  std::string name{};  ///< whom or what: a user name, mail address or id; a session's id; a file
  std::string username{}, email{}, phone{}, role{}, status{};
  std::string format = "table";  ///< of what is printed; of `import`: of the file
  bool password_stdin = false, invite = false, force = false;
  bool dry_run = false, skip_bad = false;
  std::vector<std::string> group_roles{};  ///< "admins=admin"
  std::string key_id{};
  std::string user{}, action{}, result{}, since{}, until{};
  int limit = 100;
  std::string target = "100ms", memory_max = "256MiB";
  std::string ip{}, path{};
  std::string duration = "1h", reason{};  ///< of a block
  bool sessions = false;                  ///< blocks sessions, too
};

struct CtlLine {
  std::string command{};  ///< "user create"
  CtlFlags flags{};
  CtlArguments arguments{};
  std::string print{};  ///< help or version: to be printed, and that is all
};

/// InvalidInput says what is wrong and which command shows how it is done.
Result<CtlLine> parse_ctl_line(int argc, const char* const* argv);

}  // namespace picket::authd
