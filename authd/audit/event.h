// What happened, who did it, and how it ended: one entry of the audit log, as a value and as one line of
// JSON. Pure. Never holds a password, a code, a token or a key: whoever makes an event sees to it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/result/result.h"
#include "base/time/clock.h"

namespace picket::authd {

struct AuditEvent {
  WallTime timestamp{};
  std::string user_id{};  ///< who did it; "" for strangers and the daemon itself
  std::string ip{};
  std::string user_agent{};
  std::string action{};        ///< "auth.login", "users.suspend", ...
  std::string resource{};      ///< "user:019b8e5c-...", "session:...", or ""
  std::string result{};        ///< "success", "denied", "failed", "error"
  std::string details = "{}";  ///< a JSON object

  bool operator==(const AuditEvent&) const = default;
};

/// An event in its place in the chain.
struct AuditRow {
  std::int64_t seq = 0;  ///< 1, 2, 3, ... without holes
  AuditEvent event;
  std::string hash{};  ///< of chain_hash(), hexadecimal
};

/// {"method":"totp","from":"user"}: text values, invalid UTF-8 repaired.
std::string audit_details(std::initializer_list<std::pair<std::string_view, std::string_view>> members);

/// The one form of an event that is hashed and stored: milliseconds, valid UTF-8, text of at most 1 KiB
/// (the user agent: 256 bytes), details with sorted keys and at most 8 KiB. InvalidInput when `details` is no
/// object or too large.
Result<AuditEvent> canonical_event(AuditEvent event);

/// {"timestamp":"...","userId":...,"ip":...,"userAgent":...,"action":...,"resource":...,"result":...,
/// "details":{...}} of a canonical event, without a newline.
std::string canonical_line(const AuditEvent& event);
/// The same with "seq" and "hash" after it: a line of the file for shippers and of the export. What Unicode
/// takes for the end of a line (U+0085, U+2028, U+2029) is escaped in it.
std::string jsonl_line(const AuditRow& row);
/// InvalidInput on anything that jsonl_line does not write.
Result<AuditRow> parse_jsonl_line(std::string_view line);

}  // namespace picket::authd
