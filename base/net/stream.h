// A TCP connection driven by callbacks on an EventLoop, with TLS from the start or later (STARTTLS). Used by
// the probers. One operation at a time; every callback runs once, on the loop, never inside the call; the
// deadline given to connect() ends all of them (Timeout). Operations may be started on any thread; what was
// seen (timings, facts, peer) is read in callbacks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/net/address_policy.h"
#include "base/net/event_loop.h"
#include "base/net/resolver.h"
#include "base/net/tls.h"

namespace picket {

struct ConnectTarget {
  HostPort endpoint;
  IpPreference preference = IpPreference::Any;
  AddressPolicy policy;
  std::string source_address;  ///< local address to bind, or ""
};

/// How long each step took; zero when it did not happen.
struct StreamTimings {
  Duration resolve{}, connect{}, tls{};
};

class Stream : public std::enable_shared_from_this<Stream> {
 public:
  using Done = std::function<void(Result<void>)>;
  using Read = std::function<void(Result<std::string>)>;

  static std::shared_ptr<Stream> create(EventLoop& loop, Resolver& resolver);
  virtual ~Stream() = default;

  /// Resolves, checks the policy on each address, tries them in turn.
  virtual void connect(const ConnectTarget& target, Deadline deadline, Done done) = 0;
  /// Verifies chain and name as `config` says; tls_facts() is filled even when that fails (Denied).
  /// InvalidInput when a file of `config` cannot be used, or the peer sent bytes that nobody asked for before
  /// it.
  virtual void start_tls(const TlsConfig& config, Done done) = 0;
  virtual void write(std::string bytes, Done done) = 0;
  /// Up to and including `delimiter`. InvalidInput when `max_bytes` come without it; Unavailable at end of
  /// stream.
  virtual void read_until(std::string delimiter, std::size_t max_bytes, Read read) = 0;
  /// Whatever is there, at least one byte; "" at end of stream.
  virtual void read_some(std::size_t max_bytes, Read read) = 0;
  /// An operation that is under way is answered Unavailable.
  virtual void close() = 0;

  virtual const StreamTimings& timings() const = 0;
  virtual const TlsFacts& tls_facts() const = 0;
  virtual IpAddress peer() const = 0;
  /// Of the target's name; nothing before it is resolved, and for an address.
  virtual std::optional<AddressCounts> resolved() const = 0;
};

}  // namespace picket
