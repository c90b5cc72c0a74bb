#include "exporters/security/tail/gzip_text.h"

#define ZLIB_CONST  // zlib reads its input, it does not write to it
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace picket::security {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more asks for the gzip wrapper
constexpr std::size_t kPiece = 64 << 10;
constexpr std::uint64_t kWork = 4 << 20;  // uncompressed bytes of one call

}  // namespace

class GzipText::Stream {
 public:
  Stream() { check(inflateInit2(&z, kGzipWindow) == Z_OK, "zlib does not start"); }
  ~Stream() { inflateEnd(&z); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream z{};
};

GzipText::GzipText(int fd, Bytes limit) : fd_(fd), limit_(limit), stream_(std::make_unique<Stream>()) {}
GzipText::~GzipText() = default;

Result<std::string_view> GzipText::at(std::uint64_t offset, std::size_t want) {
  std::uint64_t work = 0;
  drop_before(offset);
  while (!ended_ && work < kWork && text_offset_ + text_.size() < offset + want) {
    const auto more = inflate_piece();
    if (!more) return fail(more);
    if (!*more) break;
    work += kPiece;
    drop_before(offset);
  }
  behind_ = !ended_ && work >= kWork && text_offset_ + text_.size() < offset + want;
  if (text_offset_ != offset) return std::string_view{};
  return std::string_view(text_).substr(0, want);
}

void GzipText::drop_before(std::uint64_t offset) {
  if (offset <= text_offset_) return;
  const std::size_t dropped = std::min<std::uint64_t>(offset - text_offset_, text_.size());
  text_.erase(0, dropped);
  text_offset_ += dropped;
}

/// False when the file has no more bytes for now.
Result<bool> GzipText::load() {
  z_stream& z = stream_->z;
  if (z.avail_in > 0) return true;
  input_.resize(kPiece);
  const ssize_t got = pread(fd_, input_.data(), input_.size(), static_cast<off_t>(file_offset_));
  if (got < 0) return fail(ErrorKind::Unavailable, std::strerror(errno));
  file_offset_ += static_cast<std::uint64_t>(got);
  z.next_in = reinterpret_cast<const Bytef*>(input_.data());
  z.avail_in = static_cast<uInt>(got);
  return got > 0;
}

/// False when there is nothing to be had for now.
Result<bool> GzipText::inflate_piece() {
  const auto loaded = load();
  if (!loaded) return fail(loaded);
  if (between_members_) {
    ended_ =
        !*loaded || *stream_->z.next_in != 0x1f;  // zeros or else behind the last member: gzip, too, stops
    if (ended_) return false;
    inflateReset(&stream_->z);
    between_members_ = false;
  }
  z_stream& z = stream_->z;
  const std::size_t before = text_.size();
  text_.resize(before + kPiece);
  z.next_out = reinterpret_cast<Bytef*>(text_.data() + before);
  z.avail_out = kPiece;
  const int result = inflate(&z, Z_NO_FLUSH);
  text_.resize(before + kPiece - z.avail_out);
  if (result == Z_STREAM_END) between_members_ = true;
  if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
    return fail(ErrorKind::Corrupt, "the compressed file is damaged");
  }
  if (text_offset_ + text_.size() > limit_.count) {
    return fail(ErrorKind::Limited, "the compressed file is too large uncompressed");
  }
  return text_.size() > before || *loaded || between_members_;
}

}  // namespace picket::security
