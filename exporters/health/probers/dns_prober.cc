#include "exporters/health/probers/dns_prober.h"

#include "base/net/datagram.h"
#include "exporters/health/probers/stream_run.h"

namespace picket::health {
namespace {

/// One exchange over UDP: resolve the server, send, wait for the reply with our id, send again when it may be
/// lost.
class UdpQuery : public std::enable_shared_from_this<UdpQuery> {
 public:
  using Answered = std::function<void(std::shared_ptr<UdpQuery>)>;

  UdpQuery(std::shared_ptr<const DnsProbeConfig> config, const ProberServices& services, Deadline deadline,
           Prober::Done done)
      : config_(std::move(config)),
        services_(services),
        deadline_(deadline),
        start_(services.clock().mono()),
        done_(std::move(done)) {}

  void begin(const HostPort& server) {
    port_ = server.port;
    services_.resolver.resolve(server.host, config_->preference, deadline_,
                               [self = shared_from_this()](const Result<std::vector<IpAddress>>& addresses) {
                                 if (!addresses)
                                   return self->fail(reason_of(addresses.error(), FailureReason::Resolve),
                                                     addresses.error().message);
                                 self->send(addresses->front());
                               });
  }

 private:
  void send(const IpAddress& server) {
    const Result<void> allowed = services_.policy->check(server);
    if (!allowed) return fail(FailureReason::Policy, allowed.error().message);
    result_.peer = server;
    result_.set_phase(Phase::Resolve, services_.clock().mono() - start_);
    sent_at_ = services_.clock().mono();
    const std::string id = services_.random.bytes(2);
    id_ = static_cast<std::uint16_t>(static_cast<unsigned char>(id[0]) << 8U |
                                     static_cast<unsigned char>(id[1]));
    const Result<std::string> question = encode_question({.id = id_,
                                                          .name = config_->name,
                                                          .type = config_->type,
                                                          .recursion_desired = config_->recursion_desired});
    if (!question) return fail(FailureReason::Internal, question.error().message);
    auto socket = DatagramSocket::open(services_.loop, DatagramSocket::Kind::Udp, server.family(),
                                       [weak = weak_from_this()](const Datagram& datagram) {
                                         if (const auto self = weak.lock()) self->receive(datagram);
                                       });
    if (!socket) return fail(FailureReason::Internal, socket.error().message);
    socket_ = std::move(*socket);
    question_ = *question;
    keep_ = shared_from_this();
    transmit();
    watch_deadline();
  }

  void transmit() {
    const Result<void> sent = socket_->send(question_, *result_.peer, port_);
    if (!sent) fail(FailureReason::Connect, sent.error().message);
  }

  /// A datagram may be lost: asked again at a third and two thirds of the time.
  void watch_deadline() {
    const Duration left = deadline_.remaining(services_.clock());
    if (left <= Duration::zero()) return fail(FailureReason::Timeout, "no answer in time");
    const Duration wait = std::min(left, std::max<Duration>(left / 3, std::chrono::milliseconds(50)));
    services_.scheduler.after(wait, [weak = weak_from_this(), &loop = services_.loop] {
      loop.post([weak] {
        const auto self = weak.lock();
        if (self == nullptr || !self->done_) return;
        if (!self->deadline_.passed(self->services_.clock())) self->transmit();
        if (self->done_) self->watch_deadline();
      });
    });
  }

  void receive(const Datagram& datagram) {
    if (!done_ || datagram.from.unmapped() != result_.peer->unmapped()) return;
    const Result<DnsReply> reply = decode_reply(datagram.bytes);
    if (!reply) return fail(FailureReason::Protocol, reply.error().message);
    if (reply->id != id_ || !reply->is_reply) return;  // not ours: a late or a forged one
    result_.set_phase(Phase::Request, services_.clock().mono() - sent_at_);
    judge(*config_, *reply, result_);
    end();
  }

  void fail(FailureReason reason, std::string detail) {
    if (!done_) return;
    result_.fail_with(reason, std::move(detail));
    end();
  }

  void end() {
    result_.duration = services_.clock().mono() - start_;
    const Prober::Done done = std::exchange(done_, nullptr);
    const std::shared_ptr<UdpQuery> last = std::move(keep_);
    services_.loop.post([last] {});  // the socket may be in its own callback
    done(std::move(result_));
  }

  const std::shared_ptr<const DnsProbeConfig> config_;
  const ProberServices services_;
  const Deadline deadline_;
  const MonoTime start_;
  MonoTime sent_at_{};
  Prober::Done done_;
  ProbeResult result_;
  std::uint16_t port_ = 53, id_ = 0;
  std::string question_;
  std::unique_ptr<DatagramSocket> socket_;
  std::shared_ptr<UdpQuery> keep_;  // alive while it waits
};

/// Two octets of length before the message (RFC 1035 4.2.2).
void ask_over_tcp(const std::shared_ptr<const DnsProbeConfig>& config, const std::shared_ptr<StreamRun>& run,
                  const std::string& question) {
  const auto size = static_cast<unsigned>(question.size());
  const std::string framing{static_cast<char>(size >> 8U & 0xffU), static_cast<char>(size & 0xffU)};
  run->write(framing + question, [config, run] {
    run->read_exactly(2, [config, run](const std::string& length) {
      const auto high = static_cast<unsigned char>(length[0]), low = static_cast<unsigned char>(length[1]);
      run->read_exactly(static_cast<std::size_t>(high) << 8U | low, [config, run](const std::string& bytes) {
        const Result<DnsReply> reply = decode_reply(bytes);
        if (!reply) return run->fail(FailureReason::Protocol, reply.error().message);
        judge(*config, *reply, run->result());
        if (run->result().success) return run->succeed();
        run->fail(run->result().reason, run->result().detail);
      });
    });
  });
}

}  // namespace

void DnsProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  const Result<HostPort> server = HostPort::parse(target.address);
  if (!config_->tcp && server) {
    const auto query = std::make_shared<UdpQuery>(config_, services_, deadline, std::move(done));
    return services_.loop.post([query, server = *server] { query->begin(server); });
  }
  const auto run = StreamRun::create(services_, deadline, std::move(done));
  const Result<ConnectTarget> where = connect_target(target.address, services_);
  if (!where) return run->fail(FailureReason::Internal, where.error().message);
  const Result<std::string> question = encode_question({.id = 1,
                                                        .name = config_->name,
                                                        .type = config_->type,
                                                        .recursion_desired = config_->recursion_desired});
  if (!question) return run->fail(FailureReason::Internal, question.error().message);
  run->connect(*where,
               [config = config_, run, question = *question] { ask_over_tcp(config, run, question); });
}

}  // namespace picket::health
