// Makes a Response ready for the wire: compressed, framed (length, chunks or end of connection), and pulled
// piece by piece when it is a stream. Belongs to one thread at a time: a worker makes it and pulls, the
// loop of its connection sends the pieces.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/http/gzip.h"
#include "base/http/message.h"

namespace picket {

class ResponseEncoder {
 public:
  struct Options {
    bool gzip = false;       ///< the client takes it
    bool http10 = false;     ///< no chunks: a stream ends with the connection
    bool head_only = false;  ///< HEAD: the same fields, no body
  };

  /// Compresses, and pulls a stream's first piece (so a stream of one piece gets a Content-Length).
  ResponseEncoder(Response response, Options options);

  int status() const { return response_.status; }
  /// True when the end of the body can only be told by closing.
  bool ends_with_connection() const { return framing_ == Framing::Connection; }

  struct Line {
    bool keep_alive = false;
    std::string_view date;                                      ///< IMF-fixdate
    const std::map<std::string, std::string>* extra = nullptr;  ///< where the response has no such field
  };
  /// Status line and fields, with the empty line.
  std::string head(const Line& line) const;

  /// The bytes made so far; they are moved out.
  std::string take_piece() { return std::exchange(piece_, {}); }
  /// True when there is more to pull().
  bool has_more() const { return has_more_; }
  /// Makes the next piece. Blocks as long as the stream does.
  void pull();

 private:
  enum class Framing { None, Length, Chunks, Connection };
  void compress_body();
  void start_stream();
  bool wants_gzip(std::size_t known_size);
  void add_framed(std::string&& bytes, bool is_last);

  Response response_;
  const Options options_;
  Framing framing_ = Framing::Length;
  std::size_t length_ = 0;
  std::unique_ptr<GzipEncoder> gzip_;
  std::string piece_;
  bool has_more_ = false;
};

}  // namespace picket
