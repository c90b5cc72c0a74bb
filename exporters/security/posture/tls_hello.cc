#include "exporters/security/posture/tls_hello.h"

#include <array>
#include <bit>

#include "base/result/result.h"

namespace picket::security {

namespace {

constexpr std::uint8_t kAlertRecord = 21;
constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kServerHello = 2;
constexpr std::uint8_t kServerKeyExchange = 12;
constexpr std::uint8_t kServerHelloDone = 14;
constexpr std::uint16_t kRenegotiation = 0xFF01;
constexpr std::uint16_t kSupportedVersions = 43;
constexpr std::uint16_t kSignallingSuite = 0x00FF;  // TLS_EMPTY_RENEGOTIATION_INFO_SCSV
constexpr std::size_t kRandomSize = 32;

std::uint16_t wire_version(TlsProtocol version) {
  return static_cast<std::uint16_t>(0x0300 + static_cast<int>(version));
}

std::optional<TlsProtocol> protocol_of(unsigned wire) {
  if (wire < 0x0300 || wire > 0x0304) return std::nullopt;
  return static_cast<TlsProtocol>(wire - 0x0300);
}

void put8(std::string& out, unsigned value) {
  out += static_cast<char>(value & 0xFF);
}

void put16(std::string& out, std::size_t value) {
  put8(out, static_cast<unsigned>(value >> 8));
  put8(out, static_cast<unsigned>(value));
}

void put_vector8(std::string& out, std::string_view bytes) {
  put8(out, static_cast<unsigned>(bytes.size()));
  out += bytes;
}

void put_vector16(std::string& out, std::string_view bytes) {
  put16(out, bytes.size());
  out += bytes;
}

std::string numbers(std::span<const std::uint16_t> values) {
  std::string out;
  for (const std::uint16_t value : values) put16(out, value);
  return out;
}

void put_extension(std::string& out, std::uint16_t kind, std::string_view content) {
  put16(out, kind);
  put_vector16(out, content);
}

void put_list_extension(std::string& out, std::uint16_t kind, std::span<const std::uint16_t> values) {
  std::string content;
  put_vector16(content, numbers(values));
  put_extension(out, kind, content);
}

constexpr std::array<std::uint16_t, 6> kGroups = {0x001D, 0x0017, 0x0018, 0x0019, 0x001E, 0x0100};
constexpr std::array<std::uint16_t, 19> kSignatures = {0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080A,
                                                       0x080B, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601,
                                                       0x0301, 0x0203, 0x0201, 0x0402, 0x0202};
constexpr std::array<std::uint16_t, 3> kSuitesOfTls13 = {0x1301, 0x1302, 0x1303};

std::string extensions_of(const HelloQuestion& question) {
  std::string out;
  if (!question.server_name.empty()) {
    std::string name;
    put8(name, 0);  // host_name
    put_vector16(name, question.server_name);
    std::string list;
    put_vector16(list, name);
    put_extension(out, 0, list);
  }
  put_list_extension(out, 10, kGroups);
  put_extension(out, 11, std::string_view("\x01\x00", 2));  // uncompressed points
  put_list_extension(out, 13, kSignatures);
  if (question.version != TlsProtocol::Tls13) return out;
  put_extension(out, kSupportedVersions, "\x02\x03\x04");
  put_extension(out, 45, "\x01\x01");  // psk_dhe_ke
  std::string share;
  put16(share, kGroups.front());  // any 32 bytes are a key of X25519
  put_vector16(share, std::string_view(question.random).substr(kRandomSize));
  std::string shares;
  put_vector16(shares, share);
  put_extension(out, 51, shares);
  return out;
}

/// Reads big-endian numbers; what is missing makes it fail for good.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}
  bool failed() const { return failed_; }
  bool empty() const { return bytes_.empty(); }
  std::size_t number(std::size_t size) {
    std::size_t value = 0;
    for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

/// The handshake bytes of the records so far, and the alert that came after them.
struct Records {
  std::string handshake;
  int alert = -1;
  bool broken = false;
};

Records unpack(std::string_view bytes) {
  Records records;
  ByteReader reader(bytes);
  while (!reader.empty() && records.alert < 0) {
    const std::size_t kind = reader.number(1);
    const std::size_t version = reader.number(2);
    // A record of three bytes and a wrong version is known at once, not when it is complete.
    records.broken = (kind != kAlertRecord && kind != kHandshakeRecord) ||
                     (!reader.failed() && (version < 0x0300 || version > 0x0304));
    if (records.broken) {
      // After TLS 1.3's ServerHello everything is encrypted, behind a ChangeCipherSpec.
      records.broken = records.handshake.empty();
      return records;
    }
    const std::string_view content = reader.take(reader.number(2));
    if (reader.failed()) return records;
    if (kind == kHandshakeRecord) {
      records.handshake += content;
    } else if (content.size() >= 2 && content[0] == 2) {  // fatal
      records.alert = static_cast<unsigned char>(content[1]);
    }
  }
  return records;
}

void read_extensions(ByteReader& message, HelloAnswer& answer) {
  if (message.empty()) return;
  ByteReader extensions(message.take(message.number(2)));
  while (!extensions.empty()) {
    const std::size_t kind = extensions.number(2);
    const std::string_view content = extensions.take(extensions.number(2));
    if (extensions.failed()) return;
    if (kind == kRenegotiation) answer.secure_renegotiation = true;
    if (kind != kSupportedVersions) continue;
    if (const auto version = protocol_of(static_cast<unsigned>(ByteReader(content).number(2))))
      answer.version = *version;
  }
}

/// False when it is no ServerHello.
bool read_hello(std::string_view content, HelloAnswer& answer) {
  ByteReader message(content);
  const auto version = protocol_of(static_cast<unsigned>(message.number(2)));
  message.take(kRandomSize);
  message.take(message.number(1));  // session
  answer.suite = static_cast<std::uint16_t>(message.number(2));
  answer.compression = message.number(1) != 0;
  if (message.failed() || !version) return false;
  answer.version = *version;
  read_extensions(message, answer);
  if (answer.version == TlsProtocol::Tls13) answer.secure_renegotiation = true;
  return true;
}

bool is_finite_field(std::uint16_t suite) {
  const bool dhe = (suite >= 0x0011 && suite <= 0x001B) || (suite >= 0x0032 && suite <= 0x0034) ||
                   (suite >= 0x0038 && suite <= 0x003A) || (suite >= 0x0067 && suite <= 0x006D) ||
                   suite == 0x0040 || suite == 0x0045 || suite == 0x0088 || suite == 0x009E ||
                   suite == 0x009F || suite == 0x00A6 || suite == 0x00A7 || suite == 0xCCAA ||
                   suite == 0xC09E || suite == 0xC09F;
  return dhe;
}

/// Of the prime, which comes first (RFC 5246 7.4.3).
std::optional<unsigned> prime_bits(std::string_view key_exchange) {
  ByteReader message(key_exchange);
  std::string_view prime = message.take(message.number(2));
  if (message.failed()) return std::nullopt;
  while (!prime.empty() && prime.front() == 0) prime.remove_prefix(1);
  if (prime.empty()) return 0;
  const auto first = static_cast<unsigned char>(prime.front());
  return static_cast<unsigned>((prime.size() - 1) * 8) + static_cast<unsigned>(std::bit_width(first));
}

/// Of a server, as far as it has come. False when it is not TLS.
bool read_handshake(std::string_view bytes, HelloReading& reading) {
  ByteReader handshake(bytes);
  bool chosen = false;
  while (!handshake.empty()) {
    const std::size_t kind = handshake.number(1);
    const std::string_view content = handshake.take(handshake.number(3));
    if (handshake.failed()) break;
    if (kind == kServerHello && !read_hello(content, reading.answer)) return false;
    chosen = chosen || kind == kServerHello;
    if (kind == kServerKeyExchange && is_finite_field(reading.answer.suite))
      reading.answer.dh_bits = prime_bits(content);
    const bool complete = kind == kServerHelloDone || reading.answer.version == TlsProtocol::Tls13;
    if (chosen && complete) reading.progress = HelloProgress::Answered;
  }
  return true;
}

bool speaks_of_choice(int alert) {
  // handshake_failure, illegal_parameter, protocol_version, insufficient_security, and what OpenSSL says when
  // it has no signature for an old version: internal_error.
  return alert == 40 || alert == 47 || alert == 70 || alert == 71 || alert == 80;
}

}  // namespace

std::string_view to_string(TlsProtocol protocol) {
  constexpr std::array<std::string_view, 5> kNames = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};
  return kNames[static_cast<std::size_t>(protocol)];
}

std::string client_hello(const HelloQuestion& question) {
  check(question.random.size() == 2 * kRandomSize, "a hello needs 64 random bytes");
  const bool newest = question.version == TlsProtocol::Tls13;
  std::string body;
  put16(body, wire_version(newest ? TlsProtocol::Tls12 : question.version));
  body += question.random.substr(0, kRandomSize);
  put_vector8(body, "");  // no session
  std::string suites = newest ? numbers(kSuitesOfTls13) : "";
  suites += numbers(question.suites);
  if (!newest) put16(suites, kSignallingSuite);
  put_vector16(body, suites);
  put_vector8(body, newest ? std::string_view("\x00", 1) : std::string_view("\x01\x00", 2));
  if (question.version != TlsProtocol::Ssl3) put_vector16(body, extensions_of(question));
  std::string message;
  put8(message, 1);  // ClientHello
  put8(message, 0);
  put_vector16(message, body);
  std::string record;
  put8(record, kHandshakeRecord);
  put16(record, wire_version(question.version == TlsProtocol::Ssl3 ? TlsProtocol::Ssl3 : TlsProtocol::Tls10));
  put_vector16(record, message);
  return record;
}

HelloReading read_server_hello(std::string_view bytes) {
  const Records records = unpack(bytes);
  HelloReading reading;
  if (records.broken || !read_handshake(records.handshake, reading))
    return {.progress = HelloProgress::NotTls, .answer = {}, .alert = -1};
  if (reading.progress == HelloProgress::Answered || records.alert < 0) return reading;
  reading.alert = records.alert;
  reading.progress = speaks_of_choice(records.alert) ? HelloProgress::Refused : HelloProgress::NotClear;
  return reading;
}

}  // namespace picket::security
