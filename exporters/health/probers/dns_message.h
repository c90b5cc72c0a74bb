// DNS messages as bytes: one question, and what a reply to it says. Source: RFC 1035, RFC 3596. Every length
// is checked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result/result.h"

namespace picket::health {

enum class DnsType : std::uint16_t {
  A = 1,
  Ns = 2,
  Cname = 5,
  Soa = 6,
  Ptr = 12,
  Mx = 15,
  Txt = 16,
  Aaaa = 28,
  Srv = 33,
  Any = 255,
  Caa = 257
};

struct DnsQuestion {
  std::uint16_t id = 0;
  std::string name;
  std::uint16_t type = 1;
  std::uint16_t klass = 1;  ///< IN
  bool recursion_desired = true;
};

struct DnsRecord {
  std::string name;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  std::string text;  ///< "example.org.\t300\tIN\tA\t192.0.2.1"; unknown types as RFC 3597 hexadecimal
  std::uint32_t soa_serial = 0;
};

struct DnsReply {
  std::uint16_t id = 0;
  bool is_reply = false;
  bool truncated = false;
  int rcode = 0;
  std::vector<DnsRecord> answer, authority, additional;
};

/// InvalidInput for a name with a label over 63 octets or more than 255 in all.
Result<std::string> encode_question(const DnsQuestion& question);
/// Corrupt when it is no DNS message.
Result<DnsReply> decode_reply(std::string_view bytes);

/// "NXDOMAIN"; "RCODE23" for unknown ones.
std::string rcode_name(int rcode);
/// "AAAA" to 28; InvalidInput for unknown names.
Result<std::uint16_t> parse_dns_type(std::string_view name);

}  // namespace picket::health
