#include "exporters/security/formats/authd_log_parser.h"

#include "base/json/json.h"
#include "exporters/security/formats/client_of.h"
#include "exporters/security/formats/escapes.h"
#include "exporters/security/formats/log_time.h"

namespace picket::security {
namespace {

using Line = AuthdLogParser::Line;
constexpr std::array<std::pair<std::string_view, std::string Line::*>, 7> kLineMembers{
    {{"ts", &Line::ts},
     {"msg", &Line::msg},
     {"client", &Line::client},
     {"tier", &Line::tier},
     {"scope", &Line::scope},
     {"account", &Line::account},
     {"reason", &Line::reason}}};

void set_member(std::string_view name, std::string_view value, Line& line) {
  for (const auto& [known, member] : kLineMembers) {
    if (known == name) line.*member = value;
  }
}

/// Where the value ends that `text` begins with: at its other quote, or at the space behind it.
std::size_t end_of_value(std::string_view text, bool is_quoted) {
  std::size_t end = is_quoted ? 1 : 0;
  for (; end < text.size() && text[end] != (is_quoted ? '"' : ' '); ++end) {
    if (is_quoted && text[end] == '\\') ++end;
  }
  return end;
}

/// Takes key=value or key="value" off the front.
bool take_pair(std::string_view& text, Line& line) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, equals);
  if (name.find(' ') != std::string_view::npos) return false;
  text.remove_prefix(equals + 1);
  const bool is_quoted = text.starts_with('"');
  const std::size_t end = end_of_value(text, is_quoted);
  if (is_quoted && end >= text.size()) return false;
  TextArena arena;
  const std::string_view value = is_quoted ? text.substr(1, end - 1) : text.substr(0, end);
  arena.begin(value.size());
  set_member(name, undo_escapes(is_quoted ? Escapes::Json : Escapes::None, value, arena), line);
  text.remove_prefix(is_quoted ? end + 1 : end);
  if (text.starts_with(' ')) text.remove_prefix(1);
  return true;
}

bool read_logfmt(std::string_view text, Line& line) {
  while (!text.empty()) {
    if (!take_pair(text, line)) return false;
  }
  return true;
}

bool read_json(std::string_view text, Line& line) {
  const auto parsed = parse_json(text, {.bytes = kLineMax, .depth = 4, .values = 256});
  if (!parsed || !parsed->is_object()) return false;
  for (const auto& [name, value] : parsed->items()) {
    if (value.is_string()) set_member(name, value.get_ref<const std::string&>(), line);
  }
  return true;
}

void take_event(const Line& line, LogRecord& out) {
  if (line.msg == "too many failures") {
    out.kind = RecordKind::RateLimit;
    out.limit = line.tier;
  } else if (line.msg == "login locked" || line.msg == "network blocked") {
    out.kind = RecordKind::Account;
    out.action = line.msg == "login locked" ? kLockAction : kBlockAction;
    out.outcome = "success";
    out.reason = line.msg == "login locked" ? line.scope : line.reason;
    out.account = line.account;
  } else {
    return;
  }
  out.client = parse_client(line.client);
}

}  // namespace

ParseResult AuthdLogParser::read(std::string_view line, WallTime, LogRecord& out) {
  line_ = {};
  const bool fine = line.starts_with('{') ? read_json(line, line_) : read_logfmt(line, line_);
  if (!fine || line_.msg.empty()) return ParseResult::Format;
  out.time = parse_iso_time(line_.ts);
  if (!out.time) return ParseResult::Time;
  take_event(line_, out);
  return ParseResult::Ok;
}

}  // namespace picket::security
