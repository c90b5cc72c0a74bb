#include "exporters/health/probers/stream_run.h"

#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket::health {
namespace {

constexpr std::size_t kMostLineBytes = 8192;
constexpr int kMostLines = 512;
constexpr std::size_t kMostPlainBytes = 300;
constexpr std::size_t kMostQuotedBytes = 120;

}  // namespace

std::shared_ptr<StreamRun> StreamRun::create(const ProberServices& services, Deadline deadline,
                                             Prober::Done done) {
  return std::shared_ptr<StreamRun>(new StreamRun(services, deadline, std::move(done)));
}

StreamRun::StreamRun(const ProberServices& services, Deadline deadline, Prober::Done done)
    : services_(services),
      deadline_(deadline),
      start_(services.clock().mono()),
      stream_(Stream::create(services.loop, services.resolver)),
      done_(std::move(done)) {}

void StreamRun::connect(const ConnectTarget& target, Then then) {
  stream_->connect(target, deadline_,
                   [self = shared_from_this(), then = std::move(then)](const Result<void>& connected) {
                     if (!connected) return self->fail(connected.error(), FailureReason::Connect);
                     then();
                   });
}

void StreamRun::start_tls(const TlsConfig& config, Then then) {
  stream_->start_tls(config,
                     [self = shared_from_this(), then = std::move(then)](const Result<void>& secured) {
                       self->result_.tls = self->stream_->tls_facts();
                       if (secured) return then();
                       // Denied: the handshake was fine, the certificate was not.
                       if (secured.error().kind == ErrorKind::Denied)
                         return self->fail(FailureReason::Cert, secured.error().message);
                       self->fail(secured.error(), FailureReason::Tls);
                     });
}

void StreamRun::write(std::string bytes, Then then) {
  stream_->write(std::move(bytes),
                 [self = shared_from_this(), then = std::move(then)](const Result<void>& written) {
                   if (!written) return self->fail(written.error(), FailureReason::Connect);
                   then();
                 });
}

void StreamRun::read_line(ThenText then) {
  if (++lines_ > kMostLines)
    return fail(FailureReason::Protocol, fmt::format("the peer sent more than {} lines", kMostLines));
  stream_->read_until(
      "\n", kMostLineBytes, [self = shared_from_this(), then = std::move(then)](Result<std::string> line) {
        if (!line) {
          const bool too_long = line.error().kind == ErrorKind::InvalidInput;
          return self->fail(line.error(), too_long ? FailureReason::Protocol : FailureReason::Connect);
        }
        line->pop_back();
        if (line->ends_with('\r')) line->pop_back();
        then(std::move(*line));
      });
}

void StreamRun::read_exactly(std::size_t count, ThenText then) {
  read_rest(count, "", std::move(then));
}

void StreamRun::read_rest(std::size_t count, std::string so_far, ThenText then) {
  if (so_far.size() == count) return then(std::move(so_far));
  const std::size_t missing = count - so_far.size();
  stream_->read_some(missing, [self = shared_from_this(), count, so_far = std::move(so_far),
                               then = std::move(then)](const Result<std::string>& bytes) mutable {
    if (!bytes) return self->fail(bytes.error(), FailureReason::Connect);
    if (bytes->empty())
      return self->fail(FailureReason::Protocol, "the peer closed the connection in the middle of an answer");
    so_far += *bytes;
    self->read_rest(count, std::move(so_far), std::move(then));
  });
}

void StreamRun::fail(const Error& error, FailureReason otherwise) {
  fail(reason_of(error, otherwise), error.message);
}

void StreamRun::fail(FailureReason reason, std::string detail) {
  result_.fail_with(reason, std::move(detail));
  end();
}

void StreamRun::succeed() {
  result_.success = true;
  end();
}

void StreamRun::end() {
  if (!done_) return;
  const StreamTimings& timings = stream_->timings();
  result_.resolved = stream_->resolved();
  result_.duration = services_.clock().mono() - start_;
  if (timings.resolve > Duration::zero()) result_.set_phase(Phase::Resolve, timings.resolve);
  if (timings.connect > Duration::zero()) {
    result_.set_phase(Phase::Connect, timings.connect);
    result_.peer = stream_->peer();
  }
  if (timings.tls > Duration::zero()) result_.set_phase(Phase::Tls, timings.tls);
  const Duration rest = result_.duration - timings.resolve - timings.connect - timings.tls;
  if (result_.success) result_.set_phase(Phase::Request, std::max(rest, Duration::zero()));
  stream_->close();
  const Prober::Done done = std::exchange(done_, nullptr);
  done(std::move(result_));
}

Result<ConnectTarget> connect_target(const std::string& address, const ProberServices& services) {
  Result<HostPort> endpoint = HostPort::parse(address);
  if (!endpoint) return picket::fail(endpoint, "target");
  ConnectTarget target;
  target.endpoint = std::move(*endpoint);
  target.policy = *services.policy;
  return target;
}

std::string plain_peer_text(std::string_view text) {
  std::string clean = repair_utf8(text.substr(0, std::min(text.size(), 4 * kMostPlainBytes)));
  for (char& c : clean) {
    if (is_control(c)) c = ' ';
  }
  return truncate(trim(clean), kMostPlainBytes);
}

std::string quote_peer(std::string_view text) {
  return fmt::format("\"{}\"", truncate(plain_peer_text(text), kMostQuotedBytes));
}

}  // namespace picket::health
