// Takes the chunked transfer coding off a request body, strictly: short size lines, CRLF only, bounded
// extensions and trailers (which are dropped). Not thread-safe. Source: RFC 9112 section 7.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace picket {

class ChunkDecoder {
 public:
  enum class State { More, Done, Malformed, TooLarge };
  static constexpr std::size_t kMaxLine = 256;         ///< size and extensions
  static constexpr std::size_t kMaxTrailers = 4096;    ///< all of them
  static constexpr std::size_t kMaxFraming = 1 << 20;  ///< size lines of one body, all told

  explicit ChunkDecoder(std::uint64_t max_body) : max_body_(max_body) {}

  /// Moves what it can from the front of `inbox` to the end of `body`. Once Done, what remains in `inbox`
  /// belongs to the next request.
  State feed(std::string& inbox, std::string& body);

 private:
  enum class Part { Size, Content, ContentEnd, Trailers };
  enum class Line { More, Found, Malformed };
  Line take_line(std::string_view bytes, std::string_view& line);
  State step(std::string_view bytes, std::string& body, bool& is_stuck);
  State read_size(std::string_view bytes, bool& is_stuck);
  State read_content(std::string_view bytes, std::string& body);
  State read_content_end(std::string_view bytes, bool& is_stuck);
  State read_trailer(std::string_view bytes, bool& is_stuck);

  const std::uint64_t max_body_;
  Part part_ = Part::Size;
  std::size_t at_ = 0;  ///< in the bytes of the current feed()
  std::uint64_t left_ = 0;
  std::uint64_t total_ = 0;
  std::size_t framing_ = 0, trailers_ = 0;
};

}  // namespace picket
