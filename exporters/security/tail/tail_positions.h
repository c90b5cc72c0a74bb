// How far the files of a source were read. Values only: the owner stores them together with the counters that
// the same lines made, as one record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace picket::security {

/// What tells a file from all others, also after it was renamed, copied or compressed. The head is the first
/// bytes of the (uncompressed) content: at most kHeadBytes, fewer when the file was shorter.
struct FileIdentity {
  static constexpr std::size_t kHeadBytes = 1024;

  std::uint64_t device = 0,
                inode = 0;      ///< where its lines were first seen: a copy keeps those of the original
  std::uint32_t head_size = 0;  ///< bytes
  std::string head_hash{};      ///< SHA-256 in hex; "" when head_size is 0

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// The last bytes that were read before an offset: they tell a file that was written anew, with the same head (an
/// introduction that each file of a log has), from the one that was read. Of compressed files nothing is known.
struct BytesBefore {
  static constexpr std::size_t kMax = 256;

  std::uint32_t size = 0;  ///< 0: not known
  std::string hash{};      ///< SHA-256 in hex

  friend bool operator==(const BytesBefore&, const BytesBefore&) = default;
};

/// A file that was read to its end and left for the next one. It may still grow.
struct LeftFile {
  FileIdentity file{};
  std::uint64_t offset = 0;  ///< uncompressed bytes
  bool skipping = false;     ///< as in FilePosition
  BytesBefore before{};      ///< `offset`

  friend bool operator==(const LeftFile&, const LeftFile&) = default;
};

/// Everything before `offset` was given to the sink or counted, and nothing behind it.
struct FilePosition {
  static constexpr std::size_t kMaxLeft = 8;

  std::string path{};  ///< where the live file is; the file itself may have been renamed since
  FileIdentity file{};
  std::uint64_t offset = 0;   ///< uncompressed bytes
  bool skipping = false;      ///< inside a line that is not given: go on behind its newline
  std::uint64_t size = 0;     ///< bytes that were seen in it: what is lost when it is never found again
  std::int64_t modified = 0;  ///< its last change, nanoseconds since 1970
  std::int64_t read_until =
      0;  ///< the newest change of all that was read: a file that changed later is unread
  std::optional<FileIdentity> next{};  ///< the file that has taken its place at `path`, unread
  std::vector<LeftFile> left{};        ///< the files before it, the last one at the end; at most kMaxLeft
  BytesBefore before{};                ///< `offset`

  friend bool operator==(const FilePosition&, const FilePosition&) = default;
};

struct TailPositions {
  static constexpr std::size_t kMaxOther = 1000;

  /// By path; then those that the pattern does not find (now), the last ones that it found first: at most
  /// kMaxOther.
  std::vector<FilePosition> files{};
  std::string pattern{};  ///< by which files were looked up; "": not known

  friend bool operator==(const TailPositions&, const TailPositions&) = default;
};

}  // namespace picket::security
