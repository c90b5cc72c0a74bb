#include "exporters/health/probers/dns_message.h"

#include <array>
#include <limits>

#include "base/net/ip_address.h"
#include "base/text/encoding.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"

namespace picket::health {
namespace {

constexpr std::size_t kMostRecords = 4096;
constexpr std::string_view kTypePrefix = "TYPE";  ///< of a type without a name. Source: RFC 3597
constexpr std::size_t kMostNameBytes = 255, kMostLabelBytes = 63;

struct NamedNumber {
  std::string_view name;
  std::uint16_t number;
};
constexpr std::array<NamedNumber, 11> kTypes{{{"A", 1},
                                              {"NS", 2},
                                              {"CNAME", 5},
                                              {"SOA", 6},
                                              {"PTR", 12},
                                              {"MX", 15},
                                              {"TXT", 16},
                                              {"AAAA", 28},
                                              {"SRV", 33},
                                              {"ANY", 255},
                                              {"CAA", 257}}};
constexpr std::array<std::string_view, 11> kRcodes{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                   "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                   "NXRRSET", "NOTAUTH", "NOTZONE"};

void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8U & 0xffU);
  out += static_cast<char>(value & 0xffU);
}

/// Reads within bounds; after the first overrun everything reads as zero and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}
  bool ok() const { return ok_; }
  std::size_t at() const { return at_; }

  std::uint8_t u8() {
    if (at_ >= bytes_.size()) return overrun();
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8U | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16U | u16();
  }
  std::string_view take(std::size_t count) {
    if (!ok_ || count > bytes_.size() - at_) {
      overrun();
      return {};
    }
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  /// Follows compression pointers, each to an earlier place, so that it ends.
  std::string name() {
    std::string text;
    std::size_t resume = 0, limit = at_;
    while (ok_ && text.size() <= kMostNameBytes) {
      const unsigned length = u8();
      if (length == 0) break;
      if ((length & 0xc0U) == 0xc0U) {
        if (!follow(length, limit, resume)) return broken_name();
        continue;
      }
      if (length > kMostLabelBytes) return broken_name();
      text += repair_utf8(take(length));
      text += '.';
    }
    if (resume != 0) at_ = resume;
    return text.empty() ? "." : text;
  }

 private:
  /// To where a compression pointer leads; false when that is not before everything read of this name.
  bool follow(unsigned high, std::size_t& limit, std::size_t& resume) {
    const std::size_t target = (high & 0x3fU) << 8U | u8();
    if (resume == 0) resume = at_;
    if (target >= limit) return false;
    limit = at_ = target;
    return true;
  }
  std::uint8_t overrun() {
    ok_ = false;
    return 0;
  }
  std::string broken_name() {
    overrun();
    return "";
  }
  std::string_view bytes_;
  std::size_t at_;
  bool ok_ = true;
};

std::string type_name(std::uint16_t type) {
  for (const NamedNumber& known : kTypes) {
    if (known.number == type) return std::string(known.name);
  }
  return fmt::format("{}{}", kTypePrefix, type);
}

std::string address_text(std::string_view bytes) {
  if (bytes.size() == 4) {
    std::array<std::uint8_t, 4> v4{};
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return IpAddress::v4(v4).text();
  }
  std::array<std::uint8_t, 16> v6{};
  if (bytes.size() != v6.size()) return "";
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return IpAddress::v6(v6).text();
}

std::string strings_text(std::string_view bytes) {
  Reader reader(bytes);
  std::string text;
  while (reader.ok() && reader.at() < bytes.size()) {
    if (!text.empty()) text += ' ';
    text += '"' + repair_utf8(reader.take(reader.u8())) + '"';
  }
  return text;
}

/// The record's content as a zone file writes it.
std::string content_text(std::string_view message, std::size_t start, std::string_view bytes,
                         DnsRecord& record) {
  Reader reader(message, start);
  switch (static_cast<DnsType>(record.type)) {
    case DnsType::A:
    case DnsType::Aaaa:
      return address_text(bytes);
    case DnsType::Ns:
    case DnsType::Cname:
    case DnsType::Ptr:
      return reader.name();
    case DnsType::Mx: {
      const unsigned preference = reader.u16();
      return fmt::format("{} {}", preference, reader.name());
    }
    case DnsType::Srv: {
      const unsigned priority = reader.u16(), weight = reader.u16(), port = reader.u16();
      return fmt::format("{} {} {} {}", priority, weight, port, reader.name());
    }
    case DnsType::Soa: {
      const std::string server = reader.name(), mailbox = reader.name();
      record.soa_serial = reader.u32();
      return fmt::format("{} {} {}", server, mailbox, record.soa_serial);
    }
    case DnsType::Txt:
      return strings_text(bytes);
    default:
      return fmt::format("\\# {} {}", bytes.size(), hex_encode(bytes));
  }
}

void read_records(Reader& reader, std::string_view message, unsigned count, std::vector<DnsRecord>& out) {
  for (unsigned i = 0; i < count && reader.ok() && i < kMostRecords; ++i) {
    DnsRecord record;
    record.name = reader.name();
    record.type = reader.u16();
    reader.u16();  // class
    record.ttl = reader.u32();
    const std::size_t size = reader.u16();
    const std::size_t start = reader.at();
    const std::string_view bytes = reader.take(size);
    if (!reader.ok()) return;
    const std::string content = content_text(message, start, bytes, record);
    record.text = fmt::format("{}\t{}\tIN\t{}\t{}", record.name, record.ttl, type_name(record.type), content);
    out.push_back(std::move(record));
  }
}

}  // namespace

Result<std::string> encode_question(const DnsQuestion& question) {
  constexpr unsigned kRecursionDesired = 0x0100;
  std::string out;
  put16(out, question.id);
  put16(out, question.recursion_desired ? kRecursionDesired : 0);
  for (const unsigned count : {1U, 0U, 0U, 0U}) put16(out, count);
  std::string_view name = question.name;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() + 2 > kMostNameBytes)
    return fail(ErrorKind::InvalidInput, "a DNS name has at most 255 octets");
  for (const std::string_view label : split(name, '.')) {
    if (name.empty()) break;
    if (label.empty() || label.size() > kMostLabelBytes)
      return fail(ErrorKind::InvalidInput, "a DNS label has 1 to 63 octets");
    out += static_cast<char>(label.size());
    out += label;
  }
  out += '\0';
  put16(out, question.type);
  put16(out, question.klass);
  return out;
}

Result<DnsReply> decode_reply(std::string_view bytes) {
  constexpr unsigned kReplyBit = 0x8000, kTruncatedBit = 0x0200, kRcodeMask = 0x000f;
  Reader reader(bytes);
  DnsReply reply;
  reply.id = reader.u16();
  const unsigned flags = reader.u16();
  reply.is_reply = (flags & kReplyBit) != 0;
  reply.truncated = (flags & kTruncatedBit) != 0;
  reply.rcode = static_cast<int>(flags & kRcodeMask);
  const unsigned questions = reader.u16(), answers = reader.u16(), authorities = reader.u16(),
                 additionals = reader.u16();
  for (unsigned i = 0; i < questions && reader.ok(); ++i) {
    reader.name();
    reader.u32();
  }
  read_records(reader, bytes, answers, reply.answer);
  read_records(reader, bytes, authorities, reply.authority);
  read_records(reader, bytes, additionals, reply.additional);
  if (!reader.ok()) return fail(ErrorKind::Corrupt, "the answer is not a DNS message");
  return reply;
}

std::string rcode_name(int rcode) {
  const auto index = static_cast<std::size_t>(rcode);
  return index < kRcodes.size() ? std::string(kRcodes[index]) : fmt::format("RCODE{}", rcode);
}

Result<std::uint16_t> parse_dns_type(std::string_view name) {
  for (const NamedNumber& known : kTypes) {
    if (iequals(known.name, name)) return known.number;
  }
  std::string_view digits = name;
  if (digits.size() > kTypePrefix.size() && iequals(digits.substr(0, kTypePrefix.size()), kTypePrefix))
    digits.remove_prefix(kTypePrefix.size());
  const Result<std::int64_t> number = parse_int(digits);
  if (number && *number > 0 && *number <= std::numeric_limits<std::uint16_t>::max())
    return static_cast<std::uint16_t>(*number);
  return fail(ErrorKind::InvalidInput,
              "must be one of A, AAAA, ANY, CAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, or a number such as 52");
}

}  // namespace picket::health
