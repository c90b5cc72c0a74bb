// One client's connection: reads a request, hands it on, writes the answer, and so on until somebody closes.
// Every state has a deadline, watched by tick(). Lives on its loop's thread. Internal to Server.
#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/http/loop_context.h"
#include "base/http/request_parser.h"
#include "base/http/response_encoder.h"
#include "base/http/server_tls.h"

namespace picket {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  struct Client {
    ClientAddress address;
    std::string key;  ///< "" for unix sockets
  };

  /// Without `tls` the connection is plain. `on_closed` runs once.
  Connection(LoopContext& loop, Socket socket, Client client, TlsContext tls);
  ~Connection();

  void start(std::function<void(Connection&)> on_closed);
  /// Ends what took too long.
  void tick(MonoTime now);
  /// Closes at once when idle, else after the answer that is under way.
  void drain();
  void cut();
  const Client& client() const { return client_; }

 private:
  enum class State { Handshake, Idle, Head, Body, Handling, Writing, Lingering, Closed };
  using Tls = boost::asio::ssl::stream<Socket&>;
  using ErrorCode = boost::system::error_code;

  void enter(State state, Duration timeout);
  void handshake();
  void read();
  void on_read(const ErrorCode& error, std::size_t size);
  void advance();
  bool within_budget();
  void send_continue();
  void dispatch();
  void refuse(const Refusal& refusal);
  void answer(std::uint64_t sequence, std::shared_ptr<ResponseEncoder> encoder, std::string_view handler);
  void send(std::shared_ptr<ResponseEncoder> encoder);
  void write();
  void on_written(const ErrorCode& error, std::size_t size);
  void after_piece();
  void pull();
  void submit_pull();
  void finish_request();
  void report_finished();
  void linger();
  void close();
  void return_budget();

  LoopContext& loop_;
  ServerContext& context_;
  Socket socket_;
  const Client client_;
  const TlsContext tls_context_;
  std::unique_ptr<Tls> tls_;
  std::function<void(Connection&)> on_closed_;

  State state_ = State::Closed;
  bool has_verified_certificate_ = false;  ///< shown by the client in the handshake
  MonoTime deadline_ = MonoTime::max();
  std::optional<RequestParser> parser_;
  std::string inbox_, buffer_;
  bool reading_ = false, sending_continue_ = false, continued_ = false;
  std::size_t budget_ = 0;  ///< bytes of request body that this connection holds

  std::uint64_t sequence_ = 0;  ///< of the request: an answer to an earlier one is too late
  MonoTime began_{};
  bool in_flight_ = false, keep_alive_ = false;
  std::string_view handler_;
  ProblemView problems_;  ///< of the request that is being answered
  std::shared_ptr<ResponseEncoder> encoder_;
  std::array<std::string, 2> outbox_;
  std::size_t sent_ = 0;
  bool wants_pull_ = false;  ///< no worker was free to make the next piece
};

}  // namespace picket
