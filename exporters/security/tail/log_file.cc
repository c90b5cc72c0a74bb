#include "exporters/security/tail/log_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text/encoding.h"

namespace picket::security {
namespace {

constexpr std::size_t kFirstLineBytes = 256;

Result<std::size_t> read_at(int fd, char* into, std::size_t size, std::uint64_t offset) {
  const ssize_t got = pread(fd, into, size, static_cast<off_t>(offset));
  if (got < 0) return fail(ErrorKind::Unavailable, std::strerror(errno));
  return static_cast<std::size_t>(got);
}

/// The same from the first line that was given on, however long the file gets.
std::uint64_t hash_of_first_line(std::string_view head) {
  const std::size_t end = std::min(head.find('\n'), kFirstLineBytes);
  const std::string digest = sha256(head.substr(0, end));
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number;
}

}  // namespace

Result<LogFile> LogFile::open(const std::string& path, const std::vector<std::string>& roots,
                              Bytes gzip_limit) {
  auto handle = open_regular(path, roots);
  if (!handle) return fail(handle);
  const auto facts = handle->facts();
  if (!facts) return fail(facts, path);
  LogFile file(std::move(*handle), *facts);
  if (path.ends_with(".gz")) file.gzip_ = std::make_unique<GzipText>(file.fd(), gzip_limit);
  auto head = file.read_head();
  if (!head) return fail(head, path);
  file.set_head(std::move(*head));
  return file;
}

Result<LogFile::Block> LogFile::read(std::uint64_t offset, std::string& scratch, const BytesBefore& before) {
  if (gzip_) return read_gzip(offset, scratch.size());
  const auto got = read_at(fd(), scratch.data(), scratch.size(), offset);
  if (!got) return fail(got);
  // Looked at behind the reading: what was read is of the file that is known only when it still is that file.
  const auto now = handle_.facts();
  if (!now) return fail(now);
  const FileFacts last = std::exchange(facts_, *now);
  if (*got == 0 && now->size == last.size && now->modified == last.modified) return Block{};
  auto head = read_head();
  if (!head) return fail(head);
  Block block;
  block.began_anew =
      now->size < offset + *got || !std::string_view(*head).starts_with(head_) || !has_before(offset, before);
  if (block.began_anew) return block;
  block.bytes = std::string_view(scratch).substr(0, *got);
  if (now->size < last.size) block.shrunk_by = last.size - std::max(now->size, offset);
  if (head->size() > head_.size()) set_head(std::move(*head));
  return block;
}

Result<LogFile::Block> LogFile::read_gzip(std::uint64_t offset, std::size_t want) {
  const auto now = handle_.facts();
  if (!now) return fail(now);
  facts_ = *now;
  const auto bytes = gzip_->at(offset, want);
  if (!bytes) return fail(bytes);
  return Block{*bytes, false, gzip_->behind(), 0};
}

Result<std::string> LogFile::read_head() {
  if (gzip_) {
    const auto bytes = gzip_->at(0, FileIdentity::kHeadBytes);
    if (!bytes) return fail(bytes);
    return std::string(*bytes);
  }
  std::string head(FileIdentity::kHeadBytes, '\0');
  const auto got = read_at(fd(), head.data(), head.size(), 0);
  if (!got) return fail(got);
  head.resize(*got);
  return head;
}

void LogFile::set_head(std::string head) {
  head_ = std::move(head);
  identity_ = {facts_.device, facts_.inode, static_cast<std::uint32_t>(head_.size()), {}};
  if (!head_.empty()) identity_.head_hash = hex_encode(sha256(head_));
  generation_ = hash_of_first_line(head_);
}

bool LogFile::begins_as(const FileIdentity& other) const {
  if (other.head_size == 0 || other.head_size > head_.size()) return false;
  return hex_encode(sha256(std::string_view(head_).substr(0, other.head_size))) == other.head_hash;
}

BytesBefore LogFile::bytes_before(std::string_view read) {
  if (read.empty()) return {};
  const std::string_view last = read.substr(read.size() - std::min(read.size(), BytesBefore::kMax));
  return {static_cast<std::uint32_t>(last.size()), hex_encode(sha256(last))};
}

std::string LogFile::read_before(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  const auto got = read_at(fd(), bytes.data(), size, offset - size);
  bytes.resize(got.value_or(0));
  return bytes;
}

bool LogFile::has_before(std::uint64_t offset, const BytesBefore& before) const {
  if (gzip_ || before.size == 0 || before.size > std::min<std::uint64_t>(offset, BytesBefore::kMax))
    return true;
  return hex_encode(sha256(read_before(offset, before.size))) == before.hash;
}

bool LogFile::is_alike_before(std::uint64_t offset, const LogFile& other) const {
  if (gzip_ || other.gzip_) return true;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(offset, BytesBefore::kMax));
  return read_before(offset, size) == other.read_before(offset, size);
}

bool LogFile::at_line_start(std::uint64_t offset) const {
  char last = '\n';
  if (offset > 0 && !gzip_) static_cast<void>(read_at(fd(), &last, 1, offset - 1));
  return last == '\n';
}

void LogFile::begin_anew() {
  const auto now = handle_.facts();
  if (now) facts_ = *now;
  auto head = read_head();
  set_head(head ? std::move(*head) : std::string());
}

std::uint64_t LogFile::lag(std::uint64_t offset) const {
  const std::uint64_t read = gzip_ ? gzip_->compressed_read() : offset;
  return facts_.size > read ? facts_.size - read : 0;
}

}  // namespace picket::security
