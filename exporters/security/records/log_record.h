// What one line of a log says, whatever its format: values only. `formats` makes records, `signals` counts them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/net/ip_address.h"
#include "base/time/clock.h"

namespace picket::security {

enum class RecordKind : std::uint8_t {
  Request,    ///< a line of an access log
  Login,      ///< a try to log in, at sshd, PAM or authd
  RateLimit,  ///< a request that a limit held up or refused
  Account,    ///< a change to accounts, roles, sessions or blocks: `action` and `outcome` say which
  Other       ///< understood, and nothing to count
};

/// How somebody tried to log in.
enum class LoginMethod : std::uint8_t {
  Password,
  PublicKey,
  Totp,
  Sms,
  Email,
  RecoveryCode,
  ApiKey,
  Token,
  Other
};
std::string_view to_string(LoginMethod method);  ///< "password", "publickey", ...

/// Why a login failed; None: it did not.
enum class LoginFailure : std::uint8_t {
  None,
  BadPassword,
  UnknownAccount,
  Mfa,
  Locked,
  Disabled,
  Expired,
  Policy,
  Other
};
std::string_view to_string(LoginFailure failure);  ///< "bad_password", ...; "" for None

/// What the hash chain of authd's audit file says of a line.
enum class ChainCheck : std::uint8_t {
  None,    ///< the line is not part of a chain
  Start,   ///< the first row that was read: nothing to compare it with, unless it is row 1
  Intact,  ///< it follows from the row before
  Broken   ///< it was changed, or rows before it are missing
};

// Actions that no audit log has: other logs tell of them.
inline constexpr std::string_view kLockAction = "auth.lock";          ///< `reason` says for whom
inline constexpr std::string_view kBlockAction = "blocks.automatic";  ///< after too many failures

/// Views are of the line, or of the parser's own memory: they hold until the parser reads the next line.
/// Escapes of the log are undone (nginx writes \x22 for a quote); percent-escapes of the client are not.
struct LogRecord {
  RecordKind kind = RecordKind::Other;
  std::optional<WallTime> time;     ///< as the line says
  std::uint32_t count = 1;          ///< how many such events the line stands for, at least 1
  std::optional<IpAddress> client;  ///< unmapped
  bool client_is_claimed =
      false;  ///< the client's word alone: from a forwarded field without trusted proxies

  // Request and RateLimit; what the format does not have is empty.
  std::string_view method;
  std::string_view target;  ///< as sent: "/search?q=a%20b"
  std::string_view host, referer, user_agent;
  std::vector<std::pair<std::string_view, std::string_view>> fields;  ///< chosen ones: name, value
  int status = 0;                                                     ///< 0: the line does not say
  std::uint64_t bytes_sent = 0;                                       ///< to the client
  std::uint64_t bytes_received = 0;                                   ///< from the client
  bool has_bytes_sent = false, has_bytes_received = false;

  // Login, RateLimit and Account
  std::string_view account;  ///< as tried; "" when the line does not say
  LoginMethod method_of_login = LoginMethod::Other;
  LoginFailure failure = LoginFailure::None;
  std::string_view limit;            ///< RateLimit: the limit's name, or zone
  std::string_view action, outcome;  ///< of authd's audit: "users.suspend", "success"
  std::string_view reason;  ///< a word: "logout_all", "wrong"; of a lock its scope, as authd names it
  ChainCheck chain = ChainCheck::None;
  std::int64_t chain_row = 0;  ///< number of the last row that was checked
};

/// Where a line stood: makes what is said of it the same when it is read again after a crash.
struct LineOrigin {
  std::uint64_t device = 0, inode = 0;
  std::uint64_t offset = 0;  ///< of the line's first byte
  WallTime read_at{};
  std::uint64_t generation = 0;  ///< of the file's first line: tells what began anew on the same inode
};

}  // namespace picket::security
