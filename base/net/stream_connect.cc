#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <utility>

#include "base/net/stream_impl.h"

namespace picket {

namespace {

boost::asio::ip::address asio_address(const IpAddress& address) {
  if (address.family() == IpAddress::Family::V6) return boost::asio::ip::address_v6(address.bytes());
  const auto& b = address.bytes();
  return boost::asio::ip::address_v4({b[0], b[1], b[2], b[3]});
}

}  // namespace

void StreamImpl::connect(const ConnectTarget& target, Deadline deadline, Done done) {
  boost::asio::dispatch(
      loop_.impl().context(), [self = self(), target = target, deadline, done = std::move(done)]() mutable {
        self->target_ = std::move(target);
        const auto id = self->begin(fmt::format("connecting to {}", self->target_.endpoint.text()),
                                    as_read(std::move(done)));
        if (!id) return;
        self->start_deadline(deadline);
        self->resolver_.resolve(self->target_.endpoint.host, self->target_.preference, deadline,
                                [self, operation = *id](Result<std::vector<IpAddress>> addresses) {
                                  self->resolved(operation, std::move(addresses));
                                });
      });
}

void StreamImpl::resolved(OperationId id, Result<std::vector<IpAddress>> addresses) {
  timings_.resolve = clock_.mono() - step_started_;
  if (over_ || id != current_) return;
  if (!addresses) return finish(id, fail(addresses));
  counts_ = count_addresses(target_.endpoint.host, *addresses);
  for (const IpAddress& address : *addresses) {
    if (const Result<void> allowed = target_.policy.check(address)) {
      addresses_.push_back(address);
    } else {
      last_error_ = allowed.error();
    }
  }
  step_started_ = clock_.mono();
  try_next(id);
}

/// The time for one of several addresses, so that a silent one leaves some to the others.
Duration StreamImpl::attempt_time() const {
  const auto left = static_cast<Duration::rep>(addresses_.size() - next_address_ + 1);
  return deadline_.remaining(clock_) / std::max<Duration::rep>(left, 1);
}

void StreamImpl::try_next(OperationId id) {
  while (!over_ && next_address_ < addresses_.size()) {
    const IpAddress address = addresses_[next_address_++];
    if (open_socket(address)) return start_attempt(id, address);
  }
  finish(id, fail(over_ ? *over_ : last_error_));
}

bool StreamImpl::open_socket(const IpAddress& address) {
  Code code;
  socket_.close(code);
  const boost::asio::ip::address peer = asio_address(address);
  socket_.open(peer.is_v6() ? boost::asio::ip::tcp::v6() : boost::asio::ip::tcp::v4(), code);
  if (!code && !target_.source_address.empty()) {
    const boost::asio::ip::address source = boost::asio::ip::make_address(target_.source_address, code);
    if (!code) socket_.bind({source, 0}, code);
  }
  if (code) {
    last_error_ = {ErrorKind::Unavailable,
                   fmt::format("connecting to {}: {}", address.text(), code.message())};
  }
  return !code;
}

void StreamImpl::start_attempt(OperationId id, const IpAddress& address) {
  if (next_address_ < addresses_.size() && deadline_.at != MonoTime::max()) {
    attempt_timer_.expires_after(attempt_time());
    attempt_timer_.async_wait([weak = weak_from_this(), id, attempt = next_address_](const Code& code) {
      const auto stream = std::static_pointer_cast<StreamImpl>(weak.lock());
      if (!stream || code || !stream->pending_) return;
      if (id != stream->current_ || attempt != stream->next_address_) return;
      Code ignored;
      stream->socket_.close(ignored);
    });
  }
  socket_.async_connect(
      {asio_address(address), target_.endpoint.port},
      [self = self(), id, address](const Code& code) { self->attempt_done(id, address, code); });
}

void StreamImpl::attempt_done(OperationId id, const IpAddress& address, const Code& code) {
  attempt_timer_.cancel();
  if (over_ || id != current_) return;
  timings_.connect = clock_.mono() - step_started_;
  if (code) {
    const bool silent = code == boost::asio::error::operation_aborted;
    const std::string where = HostPort{address.text(), target_.endpoint.port}.text();
    last_error_ = {silent ? ErrorKind::Timeout : ErrorKind::Unavailable,
                   fmt::format("connecting to {}: {}", where, silent ? "no answer in time" : code.message())};
    return try_next(id);
  }
  peer_ = address;
  Code ignored;
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  finish(id, std::string());
}

}  // namespace picket
