#include "base/http/request_head.h"

#include <algorithm>
#include <array>

#include "base/text/strings.h"

namespace picket {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::size_t kMaxLengthDigits = 18;

Failure bad(std::string_view what) {
  return fail(ErrorKind::InvalidInput, std::string(what));
}

constexpr std::array<bool, 256> token_chars() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "!#$%&'*+-.^_`|~"))
    table.at(static_cast<unsigned char>(c)) = true;
  return table;
}
constexpr std::array<bool, 256> kTokenChars = token_chars();

bool is_token_char(char c) {
  return kTokenChars[static_cast<unsigned char>(c)];
}
bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}
bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A host with an optional port; not a list, not a path, no user.
bool is_host(std::string_view text) {
  const auto is_allowed = [](char c) {
    return is_token_char(c) ? c != '|' && c != '^' && c != '`' && c != '#'
                            : std::string_view(":[]()=;").find(c) != std::string_view::npos;
  };
  return std::all_of(text.begin(), text.end(), is_allowed);
}

/// The fields that decide where the message ends and whom it is for.
struct Framing {
  std::size_t hosts = 0, lengths = 0, encodings = 0, fields = 0;
};

Result<void> check_version(std::string_view version) {
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") &&
                          is_digits(version.substr(5, 1)) && version[6] == '.' &&
                          is_digits(version.substr(7, 1));
  if (!is_version) return bad("malformed HTTP version");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return fail(ErrorKind::Unavailable, "only HTTP/1.0 and HTTP/1.1 are served here");
  }
  return {};
}

Result<std::string_view> check_request_line(std::string_view line) {
  const std::vector<std::string_view> parts = split(line, ' ');
  if (parts.size() != 3) return bad("malformed request line");
  if (!is_token(parts[0])) return bad("malformed method");
  if (parts[1].empty() || std::any_of(parts[1].begin(), parts[1].end(), is_control)) {
    return bad("malformed request target");
  }
  if (const Result<void> version = check_version(parts[2]); !version) return fail(version);
  return parts[2];
}

Result<void> count_framing(std::string_view name, std::string_view value, Framing& framing) {
  if (iequals(name, "host")) {
    ++framing.hosts;
    if (!is_host(value)) return bad("malformed Host");
  } else if (iequals(name, "content-length")) {
    ++framing.lengths;
    if (!is_digits(value) || value.size() > kMaxLengthDigits) return bad("malformed Content-Length");
  } else if (iequals(name, "transfer-encoding")) {
    ++framing.encodings;
    if (!iequals(value, "chunked")) return bad("only the transfer coding chunked is known here");
  }
  return {};
}

Result<void> check_field(std::string_view line, Framing& framing) {
  if (line.front() == ' ' || line.front() == '\t') return bad("folded header line");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return bad("header line without a colon");
  const std::string_view name = line.substr(0, colon);
  if (!is_token(name)) return bad("malformed header name");
  const std::string_view value = line.substr(colon + 1);
  if (std::any_of(value.begin(), value.end(), [](char c) { return c != '\t' && is_control(c); })) {
    return bad("control character in a header value");
  }
  if (++framing.fields > kMaxRequestFields) return bad("too many header fields");
  return count_framing(name, trim(value), framing);
}

Result<void> check_framing(const Framing& framing, bool is_http11) {
  if (framing.hosts > 1) return bad("more than one Host");
  if (framing.hosts == 0 && is_http11) return bad("Host is missing");
  if (framing.lengths > 1) return bad("more than one Content-Length");
  if (framing.encodings > 1) return bad("more than one Transfer-Encoding");
  if (framing.encodings == 1 && framing.lengths == 1) return bad("Content-Length with Transfer-Encoding");
  if (framing.encodings == 1 && !is_http11) return bad("Transfer-Encoding in HTTP/1.0");
  return {};
}

/// Where the authority of an absolute-form target begins; npos when it is none.
std::size_t authority_start(std::string_view target) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (iequals(target.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return std::string_view::npos;
}

}  // namespace

HeadScan scan_head(std::string_view bytes, std::size_t from) {
  std::size_t at = from > kEnd.size() ? from - kEnd.size() : 0;
  for (at = bytes.find('\n', at); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return {HeadScan::State::BareLineFeed, 0};
    const bool is_end = at + 1 >= kEnd.size() && bytes.substr(at + 1 - kEnd.size(), kEnd.size()) == kEnd;
    if (is_end) return {HeadScan::State::Complete, at + 1};
  }
  return {};
}

Result<void> check_request_head(std::string_view head) {
  if (!head.ends_with(kEnd)) return bad("the head is not complete");
  head.remove_suffix(2);
  Framing framing;
  bool is_http11 = false;
  for (bool is_first = true; !head.empty(); is_first = false) {
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) return bad("bare line feed");
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty()) return bad("empty line in the head");
    if (is_first) {
      const Result<std::string_view> version = check_request_line(line);
      if (!version) return fail(version);
      is_http11 = *version == "HTTP/1.1";
    } else if (Result<void> field = check_field(line, framing); !field) {
      return field;
    }
  }
  return check_framing(framing, is_http11);
}

std::string_view authority_of(std::string_view target) {
  const std::size_t start = authority_start(target);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = target.substr(start);
  return rest.substr(0, rest.find_first_of("/?#"));
}

Result<std::string> origin_form(std::string_view target) {
  if (target.starts_with('/') || target == "*") return std::string(target);
  const std::string_view authority = authority_of(target);
  if (authority.empty() || !is_host(authority)) return bad("malformed request target");
  const std::string_view rest = target.substr(authority_start(target) + authority.size());
  return rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
}

}  // namespace picket
