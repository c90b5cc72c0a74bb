// Content coding gzip for answers: who gets it, and a streaming encoder (zlib, level 1: a tenth of the size
// for half the time of level 6). The encoder belongs to one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/http/message.h"

namespace picket {

/// RFC 9110 12.5.3: "gzip;q=0" refuses, "*" includes it, no field at all means no.
bool accepts_gzip(const Headers& request_headers);
/// Text, JSON, XML, scripts and metrics shrink; images and archives do not.
bool is_compressible(std::string_view content_type);

class GzipEncoder {
 public:
  GzipEncoder();
  ~GzipEncoder();
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  /// Appends whatever is ready to `out`.
  void add(std::string_view bytes, std::string& out);
  /// Appends the rest. Nothing may be added after it.
  void finish(std::string& out);

 private:
  class State;
  void run(std::string_view bytes, int flush, std::string& out);
  std::unique_ptr<State> state_;
};

}  // namespace picket
