// Whose request it was, behind proxies. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/net/ip_address.h"
#include "exporters/security/records/log_record.h"

namespace picket::security {

/// Unmapped. Makes no error text: lines of a log are many.
std::optional<IpAddress> parse_client(std::string_view text);

class ClientFinder {
 public:
  /// `forwarded`: whether the lines have such a field.
  ClientFinder(std::vector<Cidr> trusted, bool forwarded)
      : trusted_(std::move(trusted)), has_forwarded_(forwarded) {}

  /// Sets `client` and `client_is_claimed`. The forwarded field ("X-Forwarded-For: a, b", "Forwarded: for=a",
  /// one address; "" or "-" when there is none) is believed when the peer is a trusted proxy: the client is
  /// its rightmost hop that is not one. Without trusted proxies, or without a peer in the line, whatever is found is
  /// the client's word alone. A hop that is not an address ends the chain: whoever wrote it is the client.
  void find(std::string_view peer, std::string_view forwarded, LogRecord& record) const;

 private:
  bool is_trusted(const IpAddress& address) const;

  std::vector<Cidr> trusted_;
  bool has_forwarded_;
};

}  // namespace picket::security
