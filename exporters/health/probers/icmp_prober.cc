#include "exporters/health/probers/icmp_prober.h"

#include <map>

#include "base/net/datagram.h"
#include "exporters/health/probers/target_reading.h"

namespace picket::health {
namespace {

constexpr std::uint8_t kEchoRequestV4 = 8, kEchoReplyV4 = 0, kEchoRequestV6 = 128, kEchoReplyV6 = 129;
constexpr std::size_t kHeaderBytes = 8;

std::uint16_t read16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8U |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

void write16(std::string& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<char>(value >> 8U & 0xffU);
  bytes[at + 1] = static_cast<char>(value & 0xffU);
}

/// RFC 1071.
unsigned checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += read16(bytes, i);
  if (bytes.size() % 2 == 1)
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes.back())) << 8U;
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return ~sum & 0xffffU;
}

class Ping : public std::enable_shared_from_this<Ping> {
 public:
  Ping(std::shared_ptr<const IcmpProbeConfig> config, const ProberServices& services, Deadline deadline,
       Prober::Done done)
      : config_(std::move(config)),
        services_(services),
        deadline_(deadline),
        start_(services.clock().mono()),
        done_(std::move(done)) {}

  void begin(const std::string& host) {
    services_.resolver.resolve(
        host, preference_from(config_->source, config_->preference), deadline_,
        [self = shared_from_this(), host](const Result<std::vector<IpAddress>>& addresses) {
          if (!addresses)
            return self->fail(reason_of(addresses.error(), FailureReason::Resolve),
                              addresses.error().message);
          self->result_.resolved = count_addresses(host, *addresses);
          self->open(addresses->front());
        });
  }

 private:
  void open(const IpAddress& address) {
    const Result<void> allowed = services_.policy->check(address);
    if (!allowed) return fail(FailureReason::Policy, allowed.error().message);
    result_.peer = address;
    result_.set_phase(Phase::Resolve, services_.clock().mono() - start_);
    auto socket = DatagramSocket::open(services_.loop, DatagramSocket::Kind::IcmpEcho, address.family(),
                                       [weak = weak_from_this()](const Result<Datagram>& datagram) {
                                         const auto self = weak.lock();
                                         if (self != nullptr && datagram) self->receive(*datagram);
                                       });
    if (!socket) {
      return fail(FailureReason::Internal,
                  socket.error().message + " (net.ipv4.ping_group_range or CAP_NET_RAW allows it)");
    }
    socket_ = std::move(*socket);
    if (const Result<void> bound = config_->source ? socket_->bind(*config_->source) : Result<void>(); !bound)
      return fail(FailureReason::Internal, bound.error().message);
    if (config_->hop_limit > 0 && !socket_->set_hop_limit(config_->hop_limit))
      return fail(FailureReason::Internal, "hop limit refused");
    const std::string id = services_.random.bytes(2);
    identifier_ = read16(id, 0);
    keep_ = shared_from_this();
    send_next();
  }

  void send_next() {
    if (!done_) return;
    const bool v4 = result_.peer->family() == IpAddress::Family::V4;
    std::string packet(kHeaderBytes + config_->payload_bytes, 'p');
    packet[0] = static_cast<char>(v4 ? kEchoRequestV4 : kEchoRequestV6);
    packet[1] = packet[2] = packet[3] = 0;
    write16(packet, 4, identifier_);
    write16(packet, 6, facts_.sent);
    if (v4) write16(packet, 2, checksum(packet));  // the kernel fills in ICMPv6's
    const auto sequence = static_cast<std::uint16_t>(facts_.sent);
    const Result<void> sent = socket_->send(packet, *result_.peer, 0);
    if (!sent) return fail(FailureReason::Connect, sent.error().message);
    sent_at_[sequence] = services_.clock().mono();
    ++facts_.sent;
    const Duration left = deadline_.remaining(services_.clock());
    if (facts_.sent < config_->packets) return later(std::min(config_->spacing, left), &Ping::send_next);
    later(left, &Ping::conclude);
  }

  void later(Duration wait, void (Ping::*what)()) {
    services_.scheduler.after(wait, [weak = weak_from_this(), what, &loop = services_.loop] {
      loop.post([weak, what] {
        if (const auto self = weak.lock()) (*self.*what)();
      });
    });
  }

  void receive(const Datagram& datagram) {
    if (!done_ || datagram.bytes.size() < kHeaderBytes ||
        datagram.from.unmapped() != result_.peer->unmapped())
      return;
    const auto type = static_cast<std::uint8_t>(datagram.bytes[0]);
    if (type != kEchoReplyV4 && type != kEchoReplyV6) return;
    if (!socket_->kernel_sets_identifier() && read16(datagram.bytes, 4) != identifier_) return;
    const auto sent = sent_at_.find(read16(datagram.bytes, 6));
    if (sent == sent_at_.end()) return;
    facts_.round_trips.push_back(services_.clock().mono() - sent->second);
    sent_at_.erase(sent);
    ++facts_.received;
    if (datagram.hop_limit > 0) facts_.reply_hop_limit = datagram.hop_limit;
    if (facts_.received == config_->packets) conclude();
  }

  void conclude() {
    if (!done_) return;
    const unsigned received = facts_.received, sent = facts_.sent;
    if (received < config_->min_replies)
      return fail(FailureReason::Timeout, fmt::format("{} of {} echo replies came", received, sent));
    result_.success = true;
    if (received < sent) {
      result_.degraded = true;
      result_.detail = fmt::format("{} of {} echo replies came", received, sent);
    }
    end();
  }

  void fail(FailureReason reason, std::string detail) {
    if (!done_) return;
    result_.fail_with(reason, std::move(detail));
    end();
  }

  /// The duration of a ping is its mean round trip, not the spacing of its packets.
  void end() {
    Duration total{};
    for (const Duration trip : facts_.round_trips) total += trip;
    const bool answered = !facts_.round_trips.empty();
    result_.duration = answered ? total / static_cast<std::int64_t>(facts_.round_trips.size())
                                : services_.clock().mono() - start_;
    if (answered) result_.set_phase(Phase::Request, result_.duration);
    result_.facts = std::move(facts_);
    const Prober::Done done = std::exchange(done_, nullptr);
    const std::shared_ptr<Ping> last = std::move(keep_);
    services_.loop.post([last] {});  // the socket may be in its own callback
    done(std::move(result_));
  }

  const std::shared_ptr<const IcmpProbeConfig> config_;
  const ProberServices services_;
  const Deadline deadline_;
  const MonoTime start_;
  Prober::Done done_;
  ProbeResult result_;
  IcmpFacts facts_;
  std::uint16_t identifier_ = 0;
  std::map<std::uint16_t, MonoTime> sent_at_;
  std::unique_ptr<DatagramSocket> socket_;
  std::shared_ptr<Ping> keep_;  // alive while it waits
};

}  // namespace

void read_yaml(MapReader& r, IcmpProbeConfig& c) {
  constexpr unsigned kMostPackets = 100;
  constexpr std::size_t kMostPayload = 65000;
  r.require("target", c.target.address);
  if (r.read("packets", c.packets) && (c.packets < 1 || c.packets > kMostPackets))
    r.problem("packets", "must be from 1 to 100");
  r.read("spacing", c.spacing);
  if (r.read("payload_bytes", c.payload_bytes) && c.payload_bytes > kMostPayload)
    r.problem("payload_bytes", "must be at most 65000");
  if (r.read("hop_limit", c.hop_limit) && (c.hop_limit < 1 || c.hop_limit > 255))
    r.problem("hop_limit", "must be from 1 to 255");
  read_source(r, "source_address", c.source);
  r.read("min_replies", c.min_replies);
  if (c.min_replies < 1 || c.min_replies > c.packets) r.problem("min_replies", "must be from 1 to packets");
}

void IcmpProber::probe(const ProbeTarget& target, Deadline deadline, Done done) {
  const auto ping = std::make_shared<Ping>(config_, services_, deadline, std::move(done));
  services_.loop.post([ping, host = target.address] { ping->begin(host); });
}

}  // namespace picket::health
