// One open file of a log, plain or gzip: its bytes from an offset on, and whether it is still the file that it
// was. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"
#include "base/text/bytes.h"
#include "exporters/security/tail/file_handle.h"
#include "exporters/security/tail/gzip_text.h"
#include "exporters/security/tail/tail_positions.h"

namespace picket::security {

inline bool is_inode_of(const FileIdentity& identity, const FileFacts& facts) {
  return facts.device == identity.device && facts.inode == identity.inode;
}
/// So much of the content that no other file begins as this one, but a copy.
inline bool has_whole_head(const FileIdentity& identity) {
  return identity.head_size == FileIdentity::kHeadBytes;
}

class LogFile {
 public:
  /// As open_regular; a name that ends in ".gz" is a gzip file. The head is read.
  static Result<LogFile> open(const std::string& path, const std::vector<std::string>& roots,
                              Bytes gzip_limit);

  struct Block {
    std::string_view bytes{};     ///< of `scratch`, or of the file's own memory
    bool began_anew = false;      ///< shorter than the offset, or of other content: nothing of it is given
    bool behind = false;          ///< the way to the offset is long: call again
    std::uint64_t shrunk_by = 0;  ///< bytes behind the offset that were seen and are gone
  };
  /// At most scratch.size() bytes from `offset` on; none at the end. `before` is what was read before it.
  Result<Block> read(std::uint64_t offset, std::string& scratch, const BytesBefore& before);
  /// Of what was read last.
  static BytesBefore bytes_before(std::string_view read);

  const FileFacts& facts() const { return facts_; }  ///< at the last read()
  int fd() const { return handle_.fd(); }
  bool is_gzip() const { return gzip_ != nullptr; }
  bool ended() const { return gzip_ && gzip_->ended(); }  ///< read up to the end of a gzip file
  std::uint64_t lag(std::uint64_t offset) const;          ///< bytes not read at the last read()

  const FileIdentity& identity() const { return identity_; }
  std::uint64_t generation() const { return generation_; }
  /// Its content begins as that of `other`, of which something must be known.
  bool begins_as(const FileIdentity& other) const;
  /// Whether everything before `offset` can be there.
  bool reaches(std::uint64_t offset) const { return is_gzip() || facts_.size >= offset; }
  /// What stands before `offset` is what was read there, as far as that is known.
  bool has_before(std::uint64_t offset, const BytesBefore& before) const;
  /// The last bytes before `offset` are the same in both.
  bool is_alike_before(std::uint64_t offset, const LogFile& other) const;
  /// The byte before `offset` ends a line (or there is none).
  bool at_line_start(std::uint64_t offset) const;
  void begin_anew();  ///< after a truncation: the head is what is there now

 private:
  LogFile(FileHandle handle, FileFacts facts) : handle_(std::move(handle)), facts_(facts) {}
  Result<std::string> read_head();
  std::string read_before(std::uint64_t offset, std::size_t size) const;
  void set_head(std::string head);
  Result<Block> read_gzip(std::uint64_t offset, std::size_t want);

  FileHandle handle_;
  FileFacts facts_;
  std::unique_ptr<GzipText> gzip_;
  std::string head_;
  FileIdentity identity_;
  std::uint64_t generation_ = 0;
};

}  // namespace picket::security
