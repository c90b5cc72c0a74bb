#include "base/http/chunk_decoder.h"

#include <algorithm>
#include <charconv>

namespace picket {
namespace {

constexpr std::size_t kMaxSizeDigits = 12;

bool is_text(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

ChunkDecoder::State ChunkDecoder::feed(std::string& inbox, std::string& body) {
  at_ = 0;
  State state = State::More;
  for (bool is_stuck = false; state == State::More && !is_stuck;) state = step(inbox, body, is_stuck);
  inbox.erase(0, at_);
  return state;
}

ChunkDecoder::State ChunkDecoder::step(std::string_view bytes, std::string& body, bool& is_stuck) {
  if (at_ >= bytes.size()) {
    is_stuck = true;
    return State::More;
  }
  switch (part_) {
    case Part::Size:
      return read_size(bytes, is_stuck);
    case Part::Content:
      return read_content(bytes, body);
    case Part::ContentEnd:
      return read_content_end(bytes, is_stuck);
    case Part::Trailers:
      return read_trailer(bytes, is_stuck);
  }
  return State::Malformed;
}

/// A line without its CRLF. Bounded, so that an endless one is found out before it is whole.
ChunkDecoder::Line ChunkDecoder::take_line(std::string_view bytes, std::string_view& line) {
  const std::size_t max = part_ == Part::Trailers ? kMaxTrailers : kMaxLine;
  const std::string_view rest = bytes.substr(at_, max + 2);
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return rest.size() >= max + 2 ? Line::Malformed : Line::More;
  if (end == 0 || rest[end - 1] != '\r') return Line::Malformed;
  line = rest.substr(0, end - 1);
  if (!std::all_of(line.begin(), line.end(), is_text)) return Line::Malformed;
  at_ += end + 1;
  return Line::Found;
}

ChunkDecoder::State ChunkDecoder::read_size(std::string_view bytes, bool& is_stuck) {
  std::string_view line;
  const Line found = take_line(bytes, line);
  is_stuck = found == Line::More;
  if (found != Line::Found) return is_stuck ? State::More : State::Malformed;
  framing_ += line.size();
  const std::string_view digits = line.substr(0, line.find(';'));
  if (framing_ > kMaxFraming || digits.empty() || digits.size() > kMaxSizeDigits) return State::Malformed;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
  if (error != std::errc() || end != digits.data() + digits.size()) return State::Malformed;
  total_ += left_;
  if (total_ > max_body_) return State::TooLarge;
  part_ = left_ == 0 ? Part::Trailers : Part::Content;
  return State::More;
}

ChunkDecoder::State ChunkDecoder::read_content(std::string_view bytes, std::string& body) {
  const std::string_view piece = bytes.substr(at_, static_cast<std::size_t>(left_));
  body.append(piece);
  at_ += piece.size();
  left_ -= piece.size();
  if (left_ == 0) part_ = Part::ContentEnd;
  return State::More;
}

ChunkDecoder::State ChunkDecoder::read_content_end(std::string_view bytes, bool& is_stuck) {
  if (bytes[at_] != '\r') return State::Malformed;
  is_stuck = bytes.size() < at_ + 2;
  if (is_stuck) return State::More;
  if (bytes[at_ + 1] != '\n') return State::Malformed;
  at_ += 2;
  part_ = Part::Size;
  return State::More;
}

ChunkDecoder::State ChunkDecoder::read_trailer(std::string_view bytes, bool& is_stuck) {
  std::string_view line;
  const Line found = take_line(bytes, line);
  is_stuck = found == Line::More;
  if (found != Line::Found) return is_stuck ? State::More : State::Malformed;
  trailers_ += line.size() + 2;
  if (line.empty()) return State::Done;
  const bool is_field =
      line.front() != ' ' && line.front() != '\t' && line.find(':') != std::string_view::npos;
  return is_field && trailers_ <= kMaxTrailers ? State::More : State::Malformed;
}

}  // namespace picket
