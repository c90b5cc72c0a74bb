// The hash chain that makes changes to the audit log show: every row's hash covers its number, its line and
// the hash before. Where old rows were dropped, and where the log ends, a signature with the audit key stands
// in, so that rows cannot be cut off at either end by whoever has only the database. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "authd/audit/event.h"
#include "base/config/secret.h"

namespace picket::authd {

/// The hash before the first row.
std::string_view chain_start();
/// SHA-256 in hexadecimal.
std::string chain_hash(std::string_view previous_hash, std::int64_t seq, const AuditEvent& event);

/// The last row that was dropped; the last row; the last one that the file outside the database has seen.
enum class MarkKind : std::uint8_t { Anchor, Head, Seen };

/// A signed place in the chain.
struct AuditMark {
  std::int64_t seq = 0;
  std::string hash{chain_start()};
  std::string mac;
};

AuditMark sign_mark(MarkKind kind, std::int64_t seq, const std::string& hash, const Secret& key);
bool is_genuine(MarkKind kind, const AuditMark& mark, const Secret& key);

struct AuditBreak {
  std::int64_t seq = 0;  ///< of the first row that is not as it was written, or is missing
  std::string reason;
};

/// Reads rows in order and finds the first that is broken.
class ChainVerifier {  ///< for one thread
 public:
  /// `after` is where the chain is taken up: an anchor, or the row before a range.
  explicit ChainVerifier(const AuditMark& after) : seq_(after.seq), hash_(after.hash) {}

  /// Nothing when the row is the one that must follow.
  std::optional<AuditBreak> take(const AuditRow& row);
  std::int64_t seq() const { return seq_; }  ///< of the last good row
  const std::string& hash() const { return hash_; }

 private:
  std::int64_t seq_;
  std::string hash_;
};

}  // namespace picket::authd
