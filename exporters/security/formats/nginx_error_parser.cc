#include "exporters/security/formats/nginx_error_parser.h"

#include <algorithm>
#include <array>

#include "exporters/security/formats/access_parser.h"
#include "exporters/security/formats/client_of.h"

namespace picket::security {
namespace {

constexpr std::string_view kClient = ", client: ";

/// What stands between `before` and the next `after`; "" when they are not there.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  const std::size_t end = text.find(after);
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "[error] 123#456: *78 " taken off; false when it is not there. The number of the connection is only in lines about
/// one.
bool take_process(std::string_view& text) {
  const std::size_t level = text.find("] ");
  if (!text.starts_with('[') || level == std::string_view::npos) return false;
  text.remove_prefix(level + 2);
  const std::size_t colon = text.find(": ");
  const std::size_t hash = text.find('#');
  if (colon == std::string_view::npos || hash > colon) return false;
  if (!is_number(text.substr(0, hash)) || !is_number(text.substr(hash + 1, colon - hash - 1))) return false;
  text.remove_prefix(colon + 2);
  const std::size_t blank = text.find(' ');
  if (text.starts_with('*') && blank != std::string_view::npos && is_number(text.substr(1, blank - 1)))
    text.remove_prefix(blank + 1);
  return true;
}

bool set_limit(std::string_view message, LogRecord& out) {
  constexpr std::array kLimits{std::string_view("limiting requests"), std::string_view("delaying request"),
                               std::string_view("limiting connections")};
  if (message.starts_with("access forbidden by rule")) {
    out.limit = "access_rule";
  } else if (std::ranges::any_of(kLimits, [&](std::string_view l) { return message.starts_with(l); })) {
    out.limit = between(message, "by zone \"", "\"");
  } else {
    return false;
  }
  out.kind = RecordKind::RateLimit;
  return true;
}

bool set_login(std::string_view message, LogRecord& out) {
  constexpr std::string_view kUser = "user \"", kMismatch = "\": password mismatch",
                             kUnknown = "\" was not found in \"";
  if (!message.starts_with(kUser)) return false;
  const std::string_view rest = message.substr(kUser.size());
  const std::size_t mismatch = rest.find(kMismatch), unknown = rest.find(kUnknown);
  if (mismatch == unknown) return false;
  out.kind = RecordKind::Login;
  out.method_of_login = LoginMethod::Password;
  out.failure = mismatch < unknown ? LoginFailure::BadPassword : LoginFailure::UnknownAccount;
  out.account = rest.substr(0, std::min(mismatch, unknown));
  return true;
}

/// The request without its quotes: up to the member of the line that follows.
std::string_view request_in(std::string_view context) {
  constexpr std::string_view kRequest = ", request: \"";
  const std::size_t begin = context.find(kRequest);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = context.substr(begin + kRequest.size());
  std::size_t end = rest.rfind('"');
  for (const std::string_view next :
       {"\", subrequest: \"", "\", upstream: \"", "\", host: \"", "\", referrer: \""}) {
    end = std::min(end, rest.find(next));
  }
  return rest.substr(0, std::min(end, rest.size()));
}

void set_context(std::string_view message, LogRecord& out) {
  out.client_is_claimed = true;
  const std::size_t at = message.find(kClient);
  if (at == std::string_view::npos) return;
  const std::string_view context = message.substr(at + kClient.size());
  // A user name before it and a referer behind it could each pose as one.
  const bool is_certain =
      out.kind == RecordKind::RateLimit || context.find(kClient) == std::string_view::npos;
  if (is_certain) out.client = parse_client(context.substr(0, context.find(',')));
  const std::string_view request = request_in(context);
  if (!request.empty()) set_request(request, out);
  out.host = between(context, ", host: \"", "\"");
}

}  // namespace

ParseResult NginxErrorParser::read(std::string_view line, WallTime, LogRecord& out) {
  constexpr std::size_t kTimeLength = std::string_view("2026/11/30 14:17:11").size();
  if (line.size() <= kTimeLength || line[kTimeLength] != ' ') return ParseResult::Format;
  std::string_view message = line.substr(kTimeLength + 1);
  if (!take_process(message)) return ParseResult::Format;
  out.time = times_.parse_error_time(line.substr(0, kTimeLength));
  if (!out.time) return ParseResult::Time;
  if (set_limit(message, out) || set_login(message, out)) set_context(message, out);
  return ParseResult::Ok;
}

}  // namespace picket::security
