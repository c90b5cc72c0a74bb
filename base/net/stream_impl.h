// The inside of Stream, on Asio. Connecting is in stream_connect.cc, the rest in stream.cc. Everything but
// the public functions runs on the loop's thread.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/net/event_loop_impl.h"
#include "base/net/stream.h"
#include "base/net/tls_handshake.h"

namespace picket {

class StreamImpl final : public Stream {
 public:
  StreamImpl(EventLoop& loop, Resolver& resolver);

  void connect(const ConnectTarget& target, Deadline deadline, Done done) override;
  void start_tls(const TlsConfig& config, Done done) override;
  void write(std::string bytes, Done done) override;
  void read_until(std::string delimiter, std::size_t max_bytes, Read read) override;
  void read_some(std::size_t max_bytes, Read read) override;
  void close() override;

  const StreamTimings& timings() const override { return timings_; }
  const TlsFacts& tls_facts() const override;
  IpAddress peer() const override { return peer_; }
  std::optional<AddressCounts> resolved() const override { return counts_; }

 private:
  using Socket = boost::asio::ip::tcp::socket;
  using Code = boost::system::error_code;
  using OperationId = std::uint64_t;

  std::shared_ptr<StreamImpl> self() { return std::static_pointer_cast<StreamImpl>(shared_from_this()); }
  static Read as_read(Done done);

  // Operations: begin() makes one current, or answers it when the stream is over; finish() answers it, once.
  std::optional<OperationId> begin(std::string doing, Read callback);
  void finish(OperationId id, Result<std::string> result);
  void finish_later(OperationId id, Result<std::string> result);
  Error error_of(const Code& code) const;
  void start_deadline(Deadline deadline);
  void end(Error why);

  // Connecting (stream_connect.cc).
  void resolved(OperationId id, Result<std::vector<IpAddress>> addresses);
  void try_next(OperationId id);
  bool open_socket(const IpAddress& address);
  void start_attempt(OperationId id, const IpAddress& address);
  void attempt_done(OperationId id, const IpAddress& address, const Code& code);
  Duration attempt_time() const;

  // TLS, reading and writing (stream.cc).
  void handshake(OperationId id);
  void read_more(OperationId id);
  bool answer_from_inbox(OperationId id);
  void answer_end_of_stream(OperationId id);

  struct WantedRead {
    std::string delimiter;  // empty: whatever is there
    std::size_t max_bytes = 0;
  };

  EventLoop& loop_;
  Resolver& resolver_;
  const SystemClock clock_;
  Socket socket_;
  boost::asio::steady_timer deadline_timer_;
  boost::asio::steady_timer attempt_timer_;
  std::optional<boost::asio::ssl::context> tls_context_;
  std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
  std::shared_ptr<TlsHandshake> handshake_;

  Read pending_;
  OperationId current_ = 0;
  std::string doing_;          // for errors
  std::optional<Error> over_;  // why the stream has ended
  Deadline deadline_;
  MonoTime step_started_{};

  ConnectTarget target_;
  std::vector<IpAddress> addresses_;
  std::size_t next_address_ = 0;
  Error last_error_;

  std::string outbox_;
  std::string inbox_;
  std::vector<char> chunk_;
  WantedRead wanted_;
  bool peer_ended_ = false;

  IpAddress peer_;
  std::optional<AddressCounts> counts_;
  StreamTimings timings_;
};

}  // namespace picket
