// The uncompressed content of a gzip file (RFC 1952, any number of members), read forwards in pieces: memory
// stays flat whatever is in it. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result/result.h"
#include "base/text/bytes.h"

namespace picket::security {

class GzipText {
 public:
  /// `fd` stays the caller's and is only read with pread. `limit`: of uncompressed bytes.
  GzipText(int fd, Bytes limit);
  ~GzipText();
  GzipText(const GzipText&) = delete;
  GzipText& operator=(const GzipText&) = delete;

  /// At most `want` bytes from `offset` on, which never goes back; the view holds until the next call.
  /// Fewer at the end of what is there, or when the way to `offset` is longer than one call's work
  /// (behind()). Corrupt, Limited, Unavailable.
  Result<std::string_view> at(std::uint64_t offset, std::size_t want);
  bool ended() const { return ended_; }    ///< the last member is whole and nothing follows
  bool behind() const { return behind_; }  ///< the last call's work was not enough: call again
  std::uint64_t compressed_read() const { return file_offset_; }

 private:
  class Stream;
  Result<bool> load();
  Result<bool> inflate_piece();
  void drop_before(std::uint64_t offset);

  const int fd_;
  const Bytes limit_;
  std::unique_ptr<Stream> stream_;
  std::string input_, text_;
  std::uint64_t file_offset_ = 0;  ///< of the byte behind `input_`
  std::uint64_t text_offset_ = 0;  ///< of text_'s first byte
  bool ended_ = false, behind_ = false, between_members_ = false;
};

}  // namespace picket::security
