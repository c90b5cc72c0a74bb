#include "base/http/connection.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/http/loop_handle.h"
#include "base/http/pending_response.h"

namespace picket {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kHeadRead = 2048;   // idle connections hold this much
constexpr std::size_t kBodyRead = 65536;  // one read of a body
constexpr std::size_t kSmallPiece = 16384;
constexpr Duration kLinger = std::chrono::seconds(2);
constexpr Duration kDrainLinger = std::chrono::milliseconds(250);  // a stop need not wait for idle clients
constexpr std::size_t kMaxIdleBuffer = 4096;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

SSL* new_session(const TlsContext& context) {
  SSL* session = SSL_new(context.get());
  check(session != nullptr, "SSL_new failed");
  return session;
}

}  // namespace

Connection::Connection(LoopContext& loop, Socket socket, Client client, TlsContext tls)
    : loop_(loop),
      context_(loop.server),
      socket_(std::move(socket)),
      client_(std::move(client)),
      tls_context_(std::move(tls)) {
  if (tls_context_) tls_ = std::make_unique<Tls>(socket_, new_session(tls_context_));
}

Connection::~Connection() = default;

void Connection::enter(State state, Duration timeout) {
  state_ = state;
  deadline_ = context_.now() + timeout;
}

void Connection::start(std::function<void(Connection&)> on_closed) {
  on_closed_ = std::move(on_closed);
  parser_.emplace(RequestParser::Limits{context_.limits.head, context_.limits.body});
  began_ = context_.now();
  if (tls_) return handshake();
  enter(State::Head, context_.limits.header_timeout);
  read();
}

/// The deadline is the head's: a slow handshake leaves less time for the head.
void Connection::handshake() {
  enter(State::Handshake, context_.limits.header_timeout);
  tls_->async_handshake(Tls::server, [self = shared_from_this()](const ErrorCode& error) {
    if (self->state_ != State::Handshake) return;
    const std::shared_ptr<const WebConfig> config = self->context_.web.current();
    const bool is_allowed = !error && config->tls &&
                            has_allowed_name(self->tls_->native_handle(), config->tls->client_allowed_sans);
    if (!is_allowed) {
      self->context_.rejected("tls");
      return self->close();
    }
    self->has_verified_certificate_ =
        has_verified_certificate(self->tls_->native_handle(), config->tls->client_auth);
    self->state_ = State::Head;
    self->read();
  });
}

void Connection::read() {
  if (reading_) return;
  reading_ = true;
  buffer_.resize(state_ == State::Body || state_ == State::Lingering ? kBodyRead : kHeadRead);
  const auto on_done = [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
    self->reading_ = false;
    self->on_read(error, size);
  };
  const auto space = asio::buffer(buffer_.data(), buffer_.size());
  if (tls_) {
    tls_->async_read_some(space, on_done);
  } else {
    socket_.async_read_some(space, on_done);
  }
}

void Connection::on_read(const ErrorCode& error, std::size_t size) {
  if (state_ == State::Writing || state_ == State::Closed) return;  // refused while reading: nobody listens
  if (error) return close();
  if (state_ == State::Lingering) return read();
  inbox_.append(buffer_, 0, size);
  if (state_ == State::Idle) {
    began_ = context_.now();
    enter(State::Head, context_.limits.header_timeout);
  }
  advance();
}

void Connection::advance() {
  const RequestParser::Progress progress = parser_->feed(inbox_);
  if (progress == RequestParser::Progress::Refused) return refuse(parser_->refusal());
  if (!within_budget()) return refuse({503, "overload", "too many request bodies right now"});
  if (progress == RequestParser::Progress::Done) return dispatch();
  if (parser_->is_head_done() && state_ == State::Head) {
    enter(State::Body, context_.limits.body_timeout);
    if (parser_->expects_continue() && parser_->request().body.empty()) return send_continue();
  }
  read();
}

/// Counts what this connection holds of request bodies against what all may hold.
bool Connection::within_budget() {
  const std::size_t held = parser_->request().body.size();
  context_.body_bytes += held - budget_;
  budget_ = held;
  return held == 0 || context_.body_bytes <= context_.limits.bodies.count;
}

void Connection::return_budget() {
  context_.body_bytes -= std::exchange(budget_, 0);
}

void Connection::send_continue() {
  sending_continue_ = true;
  const auto on_done = [self = shared_from_this()](const ErrorCode& error, std::size_t /*size*/) {
    self->sending_continue_ = false;
    if (error || self->state_ != State::Body) return self->close();
    self->read();
  };
  if (tls_) {
    asio::async_write(*tls_, asio::buffer(kContinue), on_done);
  } else {
    asio::async_write(socket_, asio::buffer(kContinue), on_done);
  }
}

void Connection::dispatch() {
  enter(State::Handling, context_.limits.request_timeout);
  Request& request = parser_->request();
  request.client = client_.address;
  request.has_verified_certificate = has_verified_certificate_;
  request.deadline = {deadline_};
  keep_alive_ = parser_->keep_alive();
  handler_ = {};
  problems_ = ProblemView(context_.problem_page, request);
  in_flight_ = true;
  context_.in_flight(1);
  const ResponseEncoder::Options options{accepts_gzip(request.headers), parser_->is_http10(),
                                         request.method == Method::Head};
  auto deliver = [weak = weak_from_this(), sequence = ++sequence_](std::shared_ptr<ResponseEncoder> encoder,
                                                                   std::string_view handler) {
    if (const auto self = weak.lock()) self->answer(sequence, std::move(encoder), handler);
  };
  auto pending = std::make_shared<PendingResponse>(
      PendingResponse::Needs{loop_.handle, context_.pool, options, problems_}, std::move(deliver));
  context_.dispatcher.dispatch({std::move(request), client_.key, std::move(pending), loop_.handle});
}

/// Answers without a handler and ends the connection: what follows on it cannot be trusted.
void Connection::refuse(const Refusal& refusal) {
  context_.rejected(refusal.reason);
  if (sending_continue_) return close();
  keep_alive_ = false;
  handler_ = {};
  ++sequence_;
  Response response = Response::problem(refusal.status, reason_phrase(refusal.status), refusal.detail);
  if (refusal.status == 503) response.headers.add("Retry-After", "1");
  const bool is_head = parser_->is_head_done() && parser_->request().method == Method::Head;
  if (state_ == State::Head || state_ == State::Body) {
    problems_ = ProblemView(context_.problem_page, parser_->request());
  }
  send(std::make_shared<ResponseEncoder>(problems_.shown(std::move(response)),
                                         ResponseEncoder::Options{false, parser_->is_http10(), is_head}));
}

void Connection::answer(std::uint64_t sequence, std::shared_ptr<ResponseEncoder> encoder,
                        std::string_view handler) {
  if (state_ != State::Handling || sequence != sequence_) return;
  handler_ = handler;
  send(std::move(encoder));
}

void Connection::send(std::shared_ptr<ResponseEncoder> encoder) {
  keep_alive_ = keep_alive_ && !context_.draining && !encoder->ends_with_connection();
  const std::shared_ptr<const WebConfig> config = context_.web.current();
  outbox_[0] = encoder->head({keep_alive_, loop_.date(), &config->headers});
  encoder_ = std::move(encoder);
  after_piece();
}

/// Sends the piece that the encoder has ready.
void Connection::after_piece() {
  outbox_[1] = encoder_->take_piece();
  if (outbox_[1].size() <= kSmallPiece) {
    outbox_[0].append(outbox_[1]);
    outbox_[1].clear();
  }
  sent_ = 0;
  enter(State::Writing, context_.limits.write_timeout);
  write();
}

void Connection::write() {
  const std::size_t first = outbox_[0].size();
  const std::size_t skip0 = std::min(sent_, first);
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(outbox_[0]) + skip0,
                                                  asio::buffer(outbox_[1]) + (sent_ - skip0)};
  const auto on_done = [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
    self->on_written(error, size);
  };
  if (tls_) {
    tls_->async_write_some(buffers, on_done);
  } else {
    socket_.async_write_some(buffers, on_done);
  }
}

void Connection::on_written(const ErrorCode& error, std::size_t size) {
  if (state_ != State::Writing) return;
  if (error) return close();
  sent_ += size;
  if (sent_ < outbox_[0].size() + outbox_[1].size()) {
    deadline_ = context_.now() + context_.limits.write_timeout;
    return write();
  }
  outbox_[0].clear();
  if (encoder_->has_more()) return pull();
  finish_request();
}

/// Asks a worker for the next piece; when none is free tick() tries again.
void Connection::pull() {
  deadline_ = context_.now() + context_.limits.request_timeout;
  submit_pull();
}

void Connection::submit_pull() {
  auto deliver = [weak = weak_from_this(), sequence = sequence_] {
    const auto self = weak.lock();
    if (!self || self->state_ != State::Writing || self->sequence_ != sequence) return;
    self->after_piece();
  };
  const bool is_taken =
      context_.pool.submit([encoder = encoder_, loop = loop_.handle, deliver = std::move(deliver)] {
        const LoopHandle::Entry entry(loop);
        if (!entry) return;
        encoder->pull();
        loop->post(deliver);
      });
  wants_pull_ = !is_taken;
}

void Connection::report_finished() {
  if (encoder_) context_.finished(handler_, encoder_->status(), context_.now() - began_);
  if (in_flight_) context_.in_flight(-1);
  in_flight_ = false;
  encoder_.reset();
  return_budget();
}

void Connection::finish_request() {
  report_finished();
  outbox_ = {};
  if (!keep_alive_ || context_.draining) return linger();
  parser_.emplace(RequestParser::Limits{context_.limits.head, context_.limits.body});
  if (inbox_.capacity() > kMaxIdleBuffer) inbox_.shrink_to_fit();
  if (buffer_.capacity() > kMaxIdleBuffer && !reading_) buffer_ = {};
  if (inbox_.empty()) {
    enter(State::Idle, context_.limits.idle_timeout);
    return read();
  }
  began_ = context_.now();
  enter(State::Head, context_.limits.header_timeout);
  advance();
}

/// Sends our end and waits for the client's: closing at once could make the kernel throw away the answer that
/// the client has not read yet (RFC 9112 section 9.6).
void Connection::linger() {
  enter(State::Lingering, context_.draining ? kDrainLinger : kLinger);
  inbox_ = {};
  if (!tls_) {
    ErrorCode ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    return read();
  }
  if (reading_) return close();
  tls_->async_shutdown([self = shared_from_this()](const ErrorCode& /*error*/) { self->close(); });
}

void Connection::close() {
  if (state_ == State::Closed) return;
  state_ = State::Closed;
  const auto self = shared_from_this();
  report_finished();
  ErrorCode ignored;
  socket_.close(ignored);
  on_closed_(*this);
}

void Connection::tick(MonoTime now) {
  if (now < deadline_) {
    if (state_ == State::Writing && wants_pull_) submit_pull();
    return;
  }
  switch (state_) {
    case State::Handshake:
      context_.rejected("header_timeout");
      return close();
    case State::Head:
      if (!inbox_.empty()) return refuse({408, "header_timeout", "the request head took too long"});
      context_.rejected("header_timeout");
      return close();
    case State::Body:
      return refuse({408, "body_timeout", "the request body took too long"});
    case State::Handling:
      return refuse({503, "request_timeout", "the request took too long to handle"});
    case State::Idle:
    case State::Writing:
    case State::Lingering:
      return close();
    case State::Closed:
      return;
  }
}

void Connection::drain() {
  const bool is_waiting = state_ == State::Idle || (state_ == State::Head && inbox_.empty());
  if (is_waiting || state_ == State::Handshake) return close();
  if (state_ == State::Lingering) deadline_ = std::min(deadline_, context_.now() + kDrainLinger);
}

void Connection::cut() {
  close();
}

}  // namespace picket
