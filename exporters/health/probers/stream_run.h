// One run of a prober that talks over a TCP or TLS stream. Steps are chained: each `then` runs only when its
// step went well; a step that fails ends the run with the right reason. Everything happens on the event loop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/net/stream.h"
#include "exporters/health/probe/prober.h"

namespace picket::health {

class StreamRun : public std::enable_shared_from_this<StreamRun> {
 public:
  using Then = std::function<void()>;
  using ThenText = std::function<void(std::string)>;

  static std::shared_ptr<StreamRun> create(const ProberServices& services, Deadline deadline,
                                           Prober::Done done);

  void connect(const ConnectTarget& target, Then then);
  void start_tls(const TlsConfig& config, Then then);
  void write(std::string bytes, Then then);
  /// A line without its CRLF or LF; at most 8 KiB, at most 512 lines a run (then: protocol).
  void read_line(ThenText then);
  /// Exactly `count` bytes.
  void read_exactly(std::size_t count, ThenText then);

  void fail(FailureReason reason, std::string detail);
  void succeed();
  ProbeResult& result() { return result_; }

 private:
  StreamRun(const ProberServices& services, Deadline deadline, Prober::Done done);
  void read_rest(std::size_t count, std::string so_far, ThenText then);
  void fail(const Error& error, FailureReason otherwise);
  void end();

  const ProberServices& services_;
  const Deadline deadline_;
  const MonoTime start_;
  std::shared_ptr<Stream> stream_;
  Prober::Done done_;
  ProbeResult result_;
  int lines_ = 0;
};

/// The endpoint of a `host:port` target with the services' policy; a run that cannot begin ends with a
/// reason.
Result<ConnectTarget> connect_target(const std::string& address, const ProberServices& services);

/// What a peer said, fit for a detail: repaired to UTF-8, control characters out, cut.
std::string plain_peer_text(std::string_view text);
/// The same, shorter and in quotes.
std::string quote_peer(std::string_view text);

}  // namespace picket::health
