// Bytes of a connection to one Request after the other: strict head check, then Boost.Beast's parser (the
// only file that includes it), then the body by length or chunks. Bounded. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/http/chunk_decoder.h"
#include "base/http/message.h"
#include "base/text/bytes.h"

namespace picket {

/// Why a request is not taken.
struct Refusal {
  int status = 400;
  std::string_view reason = "bad_request";  ///< label value of the rejected counter
  std::string detail;                       ///< for the client
};

class RequestParser {
 public:
  struct Limits {
    Bytes head = 32_KiB;
    Bytes body = 1_MiB;
  };
  enum class Progress { More, Done, Refused };

  explicit RequestParser(Limits limits) : limits_(limits), chunks_(limits.body.count) {}

  /// Takes what belongs to this request from the front of `inbox`.
  Progress feed(std::string& inbox);
  bool is_head_done() const { return head_done_; }
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return expects_continue_; }
  /// When Done.
  Request& request() { return request_; }
  /// When Refused.
  const Refusal& refusal() const { return refusal_; }
  bool is_http10() const { return http10_; }
  /// What the client asked for.
  bool keep_alive() const { return keep_alive_; }

 private:
  Progress refuse(int status, std::string_view reason, std::string detail);
  Progress read_head(std::string& inbox);
  Progress take_head(std::string_view head);
  Progress take_target(std::string_view target);
  Progress take_framing();
  Progress read_body(std::string& inbox);

  const Limits limits_;
  Request request_;
  Refusal refusal_;
  ChunkDecoder chunks_;
  std::size_t scanned_ = 0;
  std::uint64_t length_ = 0;
  bool skipped_line_ = false;  ///< the one empty line that may come before a request
  bool head_done_ = false, chunked_ = false, http10_ = false, keep_alive_ = false, expects_continue_ = false;
};

}  // namespace picket
