// The hash chain of authd's audit file: whether every line follows from the one before (docs/security.md). A line's
// hash is the SHA-256, in hexadecimal, of the hash before, its number, and the line itself without number and hash, as
// it was before invisible characters were escaped. Lines that were written at the same time may stand in the wrong
// order, so that a few wait for the one that is missing. In the file of one of several authd on one database the rows of
// the others are missing: there only lines that follow on each other are compared.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result/result.h"
#include "exporters/security/records/log_record.h"

namespace picket::security {

class AuditChain {
 public:
  static constexpr std::size_t kWaitingMax = 8;
  static constexpr std::size_t kWaitingBytesMax = std::size_t{48} * 1024;

  explicit AuditChain(bool is_of_replica) : is_of_replica_(is_of_replica) {}

  /// None: the line waits for one before it. What follows from it then, is told with the one that was waited for.
  ChainCheck take(std::string_view line);

  /// Number of the last line that was checked.
  std::int64_t row() const { return seq_; }
  /// Number and hash of the last line that was checked, and the lines that wait.
  std::string text() const;
  Result<void> restore(std::string_view text);

 private:
  struct Row {
    std::int64_t seq = 0;
    std::string hash;
    std::string canonical;  ///< what is hashed
  };
  static bool read(std::string_view line, Row& row);
  ChainCheck follow(const Row& row);
  ChainCheck take_old(const Row& row);
  ChainCheck release();
  ChainCheck give_up();
  bool is_full() const;

  bool is_of_replica_;
  std::int64_t seq_ = 0;
  std::string hash_;                             ///< "" before the first
  std::map<std::int64_t, std::string> waiting_;  ///< lines by number
  std::size_t waiting_bytes_ = 0;
};

}  // namespace picket::security
