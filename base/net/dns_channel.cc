#include "base/net/dns_channel.h"

#include <ares.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <mutex>
#include <utility>

namespace picket {

namespace {

Result<std::vector<IpAddress>> failure_of(const std::string& host, int status) {
  const auto failed = [&](ErrorKind kind, std::string_view why) {
    return fail(kind, fmt::format("resolving {}: {}", host, why));
  };
  switch (status) {
    case ARES_ENOTFOUND:
      return failed(ErrorKind::NotFound, "no such name");
    case ARES_ENODATA:
      return failed(ErrorKind::NotFound, "the name has no such address");
    case ARES_EBADNAME:
      return failed(ErrorKind::InvalidInput, "not a valid name");
    case ARES_ETIMEOUT:
      return failed(ErrorKind::Timeout, "no DNS server answered");
    case ARES_ESERVFAIL:
      return failed(ErrorKind::Unavailable, "the DNS server failed (SERVFAIL)");
    // c-ares asks the next server after a SERVFAIL or REFUSED, and forgets the reason when it was the last.
    case ARES_ECONNREFUSED:
      return failed(ErrorKind::Unavailable, "every DNS server failed (SERVFAIL), refused or is unreachable");
    case ARES_EDESTRUCTION:
      return failed(ErrorKind::Unavailable, "the resolver was closed");
    default:
      return failed(ErrorKind::Unavailable, ares_strerror(status));
  }
}

IpAddress address_of(const ares_addrinfo_node& node) {
  if (node.ai_family == AF_INET) {
    std::array<std::uint8_t, 4> bytes{};
    sockaddr_in address{};
    std::memcpy(&address, node.ai_addr, sizeof address);
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    return IpAddress::v4(bytes);
  }
  std::array<std::uint8_t, 16> bytes{};
  sockaddr_in6 address{};
  std::memcpy(&address, node.ai_addr, sizeof address);
  std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
  return IpAddress::v6(bytes);
}

int family_of(DnsChannel::Family family) {
  if (family == DnsChannel::Family::V4) return AF_INET;
  return family == DnsChannel::Family::V6 ? AF_INET6 : AF_UNSPEC;
}

}  // namespace

struct DnsChannel::Query {
  DnsChannel* channel;
  std::string host;
  Answer answer;
};

DnsChannel::DnsChannel(EventLoop& loop)
    : sockets_(loop, [this](int fd, FdWatcher::Readiness ready) {
        const bool both = ready.failed;
        ares_process_fd(channel_, ready.readable || both ? fd : ARES_SOCKET_BAD,
                        ready.writable || both ? fd : ARES_SOCKET_BAD);
      }) {}

Result<std::unique_ptr<DnsChannel>> DnsChannel::open(EventLoop& loop, const ResolverOptions& options) {
  static std::once_flag library;
  std::call_once(library, [] { ares_library_init(ARES_LIB_INIT_ALL); });
  std::unique_ptr<DnsChannel> self(new DnsChannel(loop));
  if (!self->sockets_.is_open())
    return fail(ErrorKind::Unavailable, "starting the resolver: no file descriptor is left");
  ares_options o{};
  int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS;
  o.sock_state_cb = &DnsChannel::on_socket;
  o.sock_state_cb_data = self.get();
  o.timeout =
      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(options.try_timeout).count());
  o.tries = options.tries;
  std::string lookups = "fb";  // hosts file, then DNS
  o.lookups = lookups.data();
  if (!options.servers.empty()) mask |= ARES_OPT_DOMAINS;  // given servers: no search list of the machine's
  if (const int status = ares_init_options(&self->channel_, &o, mask); status != ARES_SUCCESS) {
    self->channel_ = nullptr;
    return fail(ErrorKind::Unavailable, fmt::format("starting the resolver: {}", ares_strerror(status)));
  }
  std::string servers;
  for (const HostPort& server : options.servers) servers += (servers.empty() ? "" : ",") + server.text();
  if (!servers.empty() && ares_set_servers_ports_csv(self->channel_, servers.c_str()) != ARES_SUCCESS) {
    return fail(ErrorKind::InvalidInput, fmt::format("\"{}\" are not addresses of DNS servers", servers));
  }
  return self;
}

DnsChannel::~DnsChannel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void DnsChannel::lookup(const std::string& host, Family family, Answer answer) {
  ares_addrinfo_hints hints{};
  hints.ai_family = family_of(family);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NUMERICSERV;
  ++in_flight_;
  auto query = std::make_unique<Query>(Query{this, host, std::move(answer)});
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &DnsChannel::on_answer, query.release());
}

void DnsChannel::tick() {
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void DnsChannel::on_answer(void* argument, int status, int /*timeouts*/, ares_addrinfo* found) {
  const std::unique_ptr<Query> query(static_cast<Query*>(argument));
  --query->channel->in_flight_;
  Result<std::vector<IpAddress>> result = failure_of(query->host, ARES_ENODATA);
  if (status == ARES_SUCCESS && found != nullptr) {
    std::vector<IpAddress> addresses;
    for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
      if (node->ai_family == AF_INET || node->ai_family == AF_INET6) addresses.push_back(address_of(*node));
    }
    if (!addresses.empty()) result = std::move(addresses);
  } else {
    result = failure_of(query->host, status);
  }
  if (found != nullptr) ares_freeaddrinfo(found);
  query->answer(std::move(result));
}

void DnsChannel::on_socket(void* self, int fd, int readable, int writable) {
  static_cast<DnsChannel*>(self)->sockets_.watch(fd, readable != 0, writable != 0);
}

}  // namespace picket
