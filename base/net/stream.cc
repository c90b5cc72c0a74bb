#include "base/net/stream.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/net/stream_impl.h"

namespace picket {

namespace {

constexpr std::size_t kChunk = std::size_t{16} * 1024;

bool is_end_of_stream(const boost::system::error_code& code) {
  return code == boost::asio::error::eof || code == boost::asio::ssl::error::stream_truncated;
}

}  // namespace

std::shared_ptr<Stream> Stream::create(EventLoop& loop, Resolver& resolver) {
  return std::make_shared<StreamImpl>(loop, resolver);
}

StreamImpl::StreamImpl(EventLoop& loop, Resolver& resolver)
    : loop_(loop),
      resolver_(resolver),
      socket_(loop.impl().context()),
      deadline_timer_(loop.impl().context()),
      attempt_timer_(loop.impl().context()) {}

const TlsFacts& StreamImpl::tls_facts() const {
  static const TlsFacts none;
  return handshake_ ? handshake_->facts() : none;
}

Stream::Read StreamImpl::as_read(Done done) {
  return [done = std::move(done)](const Result<std::string>& result) {
    done(result ? Result<void>() : Result<void>(fail(result)));
  };
}

std::optional<StreamImpl::OperationId> StreamImpl::begin(std::string doing, Read callback) {
  check(!pending_, "a stream does one operation at a time");
  doing_ = std::move(doing);
  pending_ = std::move(callback);
  const OperationId id = ++current_;
  step_started_ = clock_.mono();
  if (!over_) return id;
  finish_later(id, fail(*over_));
  return std::nullopt;
}

void StreamImpl::finish(OperationId id, Result<std::string> result) {
  if (id != current_ || !pending_) return;
  const Read callback = std::exchange(pending_, nullptr);
  callback(std::move(result));
}

void StreamImpl::finish_later(OperationId id, Result<std::string> result) {
  boost::asio::post(loop_.impl().context(), [self = self(), id, result = std::move(result)]() mutable {
    self->finish(id, std::move(result));
  });
}

Error StreamImpl::error_of(const Code& code) const {
  if (over_) return *over_;
  const std::string why = is_end_of_stream(code) ? "the peer closed the connection" : code.message();
  return {ErrorKind::Unavailable, fmt::format("{}: {}", doing_, why)};
}

void StreamImpl::start_deadline(Deadline deadline) {
  deadline_ = deadline;
  if (deadline.at == MonoTime::max()) return;
  deadline_timer_.expires_at(deadline.at);
  deadline_timer_.async_wait([weak = weak_from_this()](const Code& code) {
    const auto stream = std::static_pointer_cast<StreamImpl>(weak.lock());
    if (!stream || code) return;
    stream->end({ErrorKind::Timeout, fmt::format("{}: no answer in time", stream->doing_)});
  });
}

/// Every later operation is answered with `why`, the current one now.
void StreamImpl::end(Error why) {
  if (!over_) over_ = std::move(why);
  Code ignored;
  socket_.close(ignored);
  attempt_timer_.cancel();
  deadline_timer_.cancel();
  if (pending_) finish_later(current_, fail(*over_));
}

void StreamImpl::close() {
  boost::asio::dispatch(loop_.impl().context(), [self = self()] {
    self->end({ErrorKind::Unavailable, "the connection was closed"});
  });
}

void StreamImpl::start_tls(const TlsConfig& config, Done done) {
  boost::asio::dispatch(
      loop_.impl().context(), [self = self(), config = config, done = std::move(done)]() mutable {
        const auto id = self->begin("TLS handshake", as_read(std::move(done)));
        if (!id) return;
        if (!self->inbox_.empty()) {
          // Bytes sent before the handshake could be taken for protected ones afterwards.
          return self->finish_later(
              *id, fail(ErrorKind::InvalidInput, "the peer sent more before TLS than asked for"));
        }
        self->handshake_ = TlsHandshake::create(std::move(config), self->target_.endpoint.host, true);
        self->tls_context_.emplace(boost::asio::ssl::context::tls_client);
        const Result<void> prepared = self->handshake_->prepare(self->tls_context_->native_handle());
        if (!prepared) return self->finish_later(*id, fail(prepared));
        self->tls_ = std::make_unique<boost::asio::ssl::stream<Socket&>>(self->socket_, *self->tls_context_);
        self->handshake(*id);
      });
}

void StreamImpl::handshake(OperationId id) {
  tls_->async_handshake(boost::asio::ssl::stream_base::client, [self = self(), id](const Code& code) {
    self->timings_.tls = self->clock_.mono() - self->step_started_;
    if (!code) return self->finish(id, std::string());
    Error error = self->error_of(code);
    const TlsFacts& facts = self->handshake_->facts();
    if (!self->over_ && !facts.verified && !facts.verify_error.empty()) {
      error = {ErrorKind::Denied, fmt::format("TLS: {}", facts.verify_error)};
    }
    self->finish(id, fail(std::move(error)));
  });
}

void StreamImpl::write(std::string bytes, Done done) {
  boost::asio::dispatch(
      loop_.impl().context(), [self = self(), bytes = std::move(bytes), done = std::move(done)]() mutable {
        const auto id = self->begin("sending", as_read(std::move(done)));
        if (!id) return;
        self->outbox_ = std::move(bytes);
        auto written = [self, operation = *id](const Code& code, std::size_t) {
          if (!code) return self->finish(operation, std::string());
          self->finish(operation, fail(self->error_of(code)));
        };
        if (self->tls_) {
          boost::asio::async_write(*self->tls_, boost::asio::buffer(self->outbox_), std::move(written));
        } else {
          boost::asio::async_write(self->socket_, boost::asio::buffer(self->outbox_), std::move(written));
        }
      });
}

void StreamImpl::read_until(std::string delimiter, std::size_t max_bytes, Read read) {
  check(!delimiter.empty() && max_bytes > 0, "read_until needs a delimiter and a limit");
  boost::asio::dispatch(loop_.impl().context(),
                        [self = self(), wanted = WantedRead{std::move(delimiter), max_bytes},
                         read = std::move(read)]() mutable {
                          const auto id = self->begin("reading", std::move(read));
                          if (!id) return;
                          self->wanted_ = std::move(wanted);
                          if (!self->answer_from_inbox(*id)) self->read_more(*id);
                        });
}

void StreamImpl::read_some(std::size_t max_bytes, Read read) {
  check(max_bytes > 0, "read_some needs a limit");
  boost::asio::dispatch(loop_.impl().context(), [self = self(), max_bytes, read = std::move(read)]() mutable {
    const auto id = self->begin("reading", std::move(read));
    if (!id) return;
    self->wanted_ = {"", max_bytes};
    if (!self->answer_from_inbox(*id)) self->read_more(*id);
  });
}

/// True when what has come decides the read.
bool StreamImpl::answer_from_inbox(OperationId id) {
  if (inbox_.empty()) return false;
  std::size_t size = std::min(inbox_.size(), wanted_.max_bytes);
  if (!wanted_.delimiter.empty()) {
    const auto at = inbox_.find(wanted_.delimiter);
    const auto end = at == std::string::npos ? at : at + wanted_.delimiter.size();
    if (end == std::string::npos && inbox_.size() < wanted_.max_bytes) return false;
    if (end == std::string::npos || end > wanted_.max_bytes) {
      finish_later(id,
                   fail(ErrorKind::InvalidInput,
                        fmt::format("the peer sent more than {} bytes without an end", wanted_.max_bytes)));
      return true;
    }
    size = end;
  }
  std::string taken = inbox_.substr(0, size);
  inbox_.erase(0, size);
  finish_later(id, std::move(taken));
  return true;
}

void StreamImpl::read_more(OperationId id) {
  // The socket tells of its end once only.
  if (peer_ended_) return answer_end_of_stream(id);
  if (chunk_.empty()) chunk_.resize(kChunk);
  auto came = [self = self(), id](const Code& code, std::size_t size) {
    if (id != self->current_ || !self->pending_) return;
    if (is_end_of_stream(code) && !self->over_) return self->answer_end_of_stream(id);
    if (code) return self->finish(id, fail(self->error_of(code)));
    self->inbox_.append(self->chunk_.data(), size);
    if (!self->answer_from_inbox(id)) self->read_more(id);
  };
  if (tls_) {
    tls_->async_read_some(boost::asio::buffer(chunk_), std::move(came));
  } else {
    socket_.async_read_some(boost::asio::buffer(chunk_), std::move(came));
  }
}

void StreamImpl::answer_end_of_stream(OperationId id) {
  peer_ended_ = true;
  if (wanted_.delimiter.empty()) return finish_later(id, std::string());
  finish_later(id, fail(ErrorKind::Unavailable, "reading: the peer closed the connection"));
}

}  // namespace picket
