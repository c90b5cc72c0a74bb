#include "exporters/health/probers/dns_query.h"

#include <algorithm>
#include <utility>

#include "base/net/datagram.h"
#include "exporters/health/probers/stream_run.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

using ConfigPtr = std::shared_ptr<const DnsProbeConfig>;
using Asked = std::function<void(DnsExchange)>;

Result<std::string> question_of(const DnsProbeConfig& config, std::uint16_t id) {
  return encode_question(
      {.id = id, .name = config.name, .type = config.type, .recursion_desired = config.recursion_desired});
}

/// Over UDP: resolve the server, send, wait for the reply with our id, send again when it may be lost.
class UdpQuery : public std::enable_shared_from_this<UdpQuery> {
 public:
  UdpQuery(ConfigPtr config, const ProberServices& services, Deadline deadline, Asked done)
      : config_(std::move(config)),
        services_(services),
        deadline_(deadline),
        start_(services.clock().mono()),
        done_(std::move(done)) {}

  void begin(const HostPort& server) {
    server_ = server;
    services_.resolver.resolve(server.host, preference_from(config_->source, config_->preference), deadline_,
                               [self = shared_from_this()](const Result<std::vector<IpAddress>>& addresses) {
                                 if (!addresses)
                                   return self->fail(reason_of(addresses.error(), FailureReason::Resolve),
                                                     addresses.error().message);
                                 self->result_.resolved = count_addresses(self->server_.host, *addresses);
                                 self->send(addresses->front());
                               });
  }

 private:
  void send(const IpAddress& address) {
    const Result<void> allowed = services_.policy->check(address);
    if (!allowed) return fail(FailureReason::Policy, allowed.error().message);
    result_.peer = address;
    result_.set_phase(Phase::Resolve, services_.clock().mono() - start_);
    sent_at_ = services_.clock().mono();
    const std::string id = services_.random.bytes(2);
    id_ = static_cast<std::uint16_t>(static_cast<unsigned char>(id[0]) << 8U |
                                     static_cast<unsigned char>(id[1]));
    const Result<std::string> question = question_of(*config_, id_);
    if (!question) return fail(FailureReason::Internal, question.error().message);
    question_ = *question;
    if (const Result<void> opened = open(address); !opened)
      return fail(FailureReason::Internal, opened.error().message);
    keep_ = shared_from_this();
    transmit();
    watch_deadline();
  }

  Result<void> open(const IpAddress& address) {
    auto socket = DatagramSocket::open(services_.loop, DatagramSocket::Kind::Udp, address.family(),
                                       [weak = weak_from_this()](const Result<Datagram>& datagram) {
                                         if (const auto self = weak.lock()) self->receive(datagram);
                                       });
    if (!socket) return picket::fail(socket);
    socket_ = std::move(*socket);
    if (config_->source) {
      if (const Result<void> bound = socket_->bind(*config_->source); !bound) return picket::fail(bound);
    }
    return socket_->connect(address, server_.port);
  }

  void transmit() {
    const Result<void> sent = socket_->send(question_, *result_.peer, server_.port);
    if (!sent) refused(sent.error());
  }

  /// A datagram may be lost: asked again at a third and two thirds of the time.
  void watch_deadline() {
    if (!done_) return;
    const Duration left = deadline_.remaining(services_.clock());
    if (left <= Duration::zero()) return fail(FailureReason::Timeout, "no answer in time");
    const Duration wait = std::min(left, std::max<Duration>(left / 3, std::chrono::milliseconds(50)));
    services_.scheduler.after(wait, [weak = weak_from_this(), &loop = services_.loop] {
      loop.post([weak] {
        const auto self = weak.lock();
        if (self == nullptr || !self->done_) return;
        if (!self->deadline_.passed(self->services_.clock())) self->transmit();
        self->watch_deadline();
      });
    });
  }

  void receive(const Result<Datagram>& datagram) {
    if (!done_) return;
    if (!datagram) return refused(datagram.error());
    Result<DnsReply> reply = decode_reply(datagram->bytes);
    if (!reply) return fail(FailureReason::Protocol, reply.error().message);
    if (reply->id != id_ || !reply->is_reply) return;  // not ours: a late or a forged one
    result_.set_phase(Phase::Request, services_.clock().mono() - sent_at_);
    end(std::move(*reply));
  }

  void refused(const Error& error) {
    fail(FailureReason::Connect, fmt::format("asking {}: {}", server_.text(), error.message));
  }

  void fail(FailureReason reason, std::string detail) {
    if (!done_) return;
    result_.fail_with(reason, std::move(detail));
    end(std::nullopt);
  }

  void end(std::optional<DnsReply> reply) {
    result_.duration = services_.clock().mono() - start_;
    const Asked done = std::exchange(done_, nullptr);
    const std::shared_ptr<UdpQuery> last = std::move(keep_);
    services_.loop.post([last] {});  // the socket may be in its own callback
    done({std::move(result_), std::move(reply)});
  }

  const ConfigPtr config_;
  const ProberServices services_;
  const Deadline deadline_;
  const MonoTime start_;
  MonoTime sent_at_{};
  Asked done_;
  ProbeResult result_;
  HostPort server_;
  std::uint16_t id_ = 0;
  std::string question_;
  std::unique_ptr<DatagramSocket> socket_;
  std::shared_ptr<UdpQuery> keep_;  // alive while it waits
};

/// Two octets of length before the message (RFC 1035 4.2.2).
void exchange_over_tcp(const std::shared_ptr<StreamRun>& run, const std::string& question,
                       const std::shared_ptr<std::optional<DnsReply>>& reply) {
  const auto size = static_cast<unsigned>(question.size());
  const std::string framing{static_cast<char>(size >> 8U & 0xffU), static_cast<char>(size & 0xffU)};
  run->write(framing + question, [run, reply] {
    run->read_exactly(2, [run, reply](const std::string& length) {
      const auto high = static_cast<unsigned char>(length[0]), low = static_cast<unsigned char>(length[1]);
      run->read_exactly(static_cast<std::size_t>(high) << 8U | low, [run, reply](const std::string& bytes) {
        Result<DnsReply> decoded = decode_reply(bytes);
        if (!decoded) return run->fail(FailureReason::Protocol, decoded.error().message);
        *reply = std::move(*decoded);
        run->succeed();
      });
    });
  });
}

void ask_over_tcp(const ConfigPtr& config, const ProberServices& services, const std::string& server,
                  Deadline deadline, Asked done) {
  const auto reply = std::make_shared<std::optional<DnsReply>>();
  const auto run = StreamRun::create(services, deadline, [reply, done = std::move(done)](ProbeResult result) {
    result.success = false;  // nobody has looked at the reply yet
    done({std::move(result), std::move(*reply)});
  });
  Result<ConnectTarget> where = connect_target(server, services);
  if (!where) return run->fail(FailureReason::Internal, where.error().message);
  where->preference = config->preference;
  if (config->source) where->source_address = config->source->text();
  const Result<std::string> question = question_of(*config, 1);
  if (!question) return run->fail(FailureReason::Internal, question.error().message);
  run->connect(*where, [run, reply, question = *question] { exchange_over_tcp(run, question, reply); });
}

}  // namespace

void ask_dns(const ConfigPtr& config, const ProberServices& services, const std::string& server,
             Deadline deadline, Asked done) {
  const Result<HostPort> endpoint = HostPort::parse(server);
  if (config->tcp || !endpoint) return ask_over_tcp(config, services, server, deadline, std::move(done));
  std::make_shared<UdpQuery>(config, services, deadline, std::move(done))->begin(*endpoint);
}

}  // namespace picket::health
