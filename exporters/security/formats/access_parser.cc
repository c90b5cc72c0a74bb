#include "exporters/security/formats/access_parser.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "exporters/security/formats/access_format.h"

namespace picket::security {
namespace {

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool is_method(std::string_view word) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  return !word.empty() && std::ranges::all_of(word, is_letter);
}

bool is_text_role(Role role) {
  return role == Role::User || role == Role::Request || role == Role::Method || role >= Role::Host ||
         role == Role::Target || role == Role::Path || role == Role::Query || role == Role::Forwarded;
}

/// The format's slot of that name, with or without its "$".
std::optional<std::size_t> slot_named(const LineFormat& format, const std::string& name) {
  for (std::size_t i = 0; i < format.slots.size(); ++i) {
    const std::string_view slot = format.slots[i].name;
    if (slot == name || (slot.starts_with('$') && slot.substr(1) == name)) return i;
  }
  return std::nullopt;
}

Failure no_slot(std::string_view key, std::string_view name) {
  return fail(ErrorKind::InvalidInput, fmt::format("{}: the log_format has no {}", key, name.substr(0, 64)));
}

/// Apache's %a is an address in any case, %h may be a name.
void drop_second_peer(LineFormat& format) {
  if (!slot_named(format, "%a")) return;
  for (Slot& slot : format.slots) {
    if (slot.role == Role::Peer && slot.name != "%a") slot.role = Role::None;
  }
}

Result<LineFormat> compile(const FormatConfig& config) {
  auto format = config.type == FormatType::Apache ? compile_apache_format(config.log_format)
                                                  : compile_nginx_format(config.log_format);
  if (!format) return fail(format, "log_format");
  drop_second_peer(*format);
  if (config.client_field.empty()) return format;
  const auto client = slot_named(*format, config.client_field);
  if (!client) return no_slot("client_field", config.client_field);
  Role& role = format->slots[*client].role;
  if (role != Role::Peer) role = Role::Forwarded;
  return format;
}

}  // namespace

void set_request(std::string_view request, LogRecord& record) {
  record.target = request;
  const std::size_t blank = request.find(' ');
  if (blank == std::string_view::npos || !is_method(request.substr(0, blank))) return;
  record.method = request.substr(0, blank);
  record.target = request.substr(blank + 1);
  const std::size_t protocol = record.target.rfind(" HTTP/");
  if (protocol != std::string_view::npos) record.target = record.target.substr(0, protocol);
}

Result<std::unique_ptr<LineParser>> AccessParser::make(const FormatConfig& config) {
  auto format = compile(config);
  if (!format) return fail(format);
  const bool has_forwarded =
      std::ranges::find(format->slots, Role::Forwarded, &Slot::role) != format->slots.end();
  std::vector<Chosen> chosen;
  for (const auto& [name, variable] : config.fields) {
    const auto slot = slot_named(*format, variable);
    if (!slot) return no_slot("fields", variable);
    format->slots[*slot].chosen = true;
    chosen.push_back({name, *slot});
  }
  auto splitter = LineSplitter::make(std::move(*format));
  if (!splitter) return fail(splitter, "log_format");
  return std::unique_ptr<LineParser>(new AccessParser(
      std::move(*splitter), ClientFinder(config.trusted_proxies, has_forwarded), std::move(chosen)));
}

AccessParser::AccessParser(LineSplitter splitter, ClientFinder clients, std::vector<Chosen> chosen)
    : splitter_(std::move(splitter)), clients_(std::move(clients)), chosen_(std::move(chosen)) {}

ParseResult AccessParser::read(std::string_view line, WallTime, LogRecord& out) {
  if (!splitter_.split(line, values_)) return ParseResult::Format;
  out.kind = RecordKind::Request;
  parts_ = {};
  arena_.begin(line.size() * 2 + 1);
  const std::vector<Slot>& slots = splitter_.slots();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].role == Role::None && !slots[i].chosen) continue;
    if (slots[i].chosen || is_text_role(slots[i].role))
      values_[i] = undo_escapes(splitter_.escapes(), values_[i], arena_);
    const ParseResult taken = take(slots[i], values_[i], out);
    if (taken != ParseResult::Ok) return taken;
  }
  for (const Chosen& chosen : chosen_) out.fields.emplace_back(chosen.name, values_[chosen.slot]);
  return complete(out);
}

ParseResult AccessParser::take(const Slot& slot, std::string_view value, LogRecord& out) {
  switch (slot.role) {
    case Role::Time:
    case Role::UnixSeconds:
    case Role::UnixMillis:
    case Role::UnixMicros:
      return take_time(slot, value, out);
    case Role::Status:
    case Role::BytesSent:
    case Role::BodyBytesSent:
    case Role::BytesReceived:
      return take_number(slot.role, value, out);
    default:
      take_text(slot.role, value == "-" ? std::string_view() : value, out);
      return ParseResult::Ok;
  }
}

ParseResult AccessParser::take_time(const Slot& slot, std::string_view value, LogRecord& out) {
  std::optional<WallTime> time;
  if (slot.role == Role::Time) {
    const bool is_access = slot.shape == Shape::Local || slot.shape == Shape::Bracket;
    time = clock_.read(value, is_access ? parse_access_time : parse_iso_time);
  } else {
    time = parse_unix_time(value);
  }
  if (!time) return ParseResult::Time;
  out.time = time;
  return ParseResult::Ok;
}

ParseResult AccessParser::take_number(Role role, std::string_view value, LogRecord& out) {
  const std::optional<std::uint64_t> number = value == "-" ? 0 : parse_count(value);
  if (!number) return ParseResult::Format;
  if (role == Role::Status) {
    if (*number > 999) return ParseResult::Format;
    out.status = static_cast<int>(*number);
  } else if (role == Role::BytesReceived) {
    out.bytes_received = *number;
    out.has_bytes_received = true;
  } else if (role == Role::BytesSent || !parts_.has_all_bytes) {
    out.bytes_sent = *number;
    out.has_bytes_sent = true;
    parts_.has_all_bytes = role == Role::BytesSent;
  }
  return ParseResult::Ok;
}

void AccessParser::take_text(Role role, std::string_view value, LogRecord& out) {
  switch (role) {
    case Role::Peer:
      parts_.peer = value;
      return;
    case Role::Forwarded:
      parts_.forwarded = value;
      return;
    case Role::User:
      out.account = value;
      return;
    case Role::Request:
      return set_request(value, out);
    case Role::Method:
      out.method = value;
      return;
    case Role::Target:
      out.target = value;
      return;
    case Role::Path:
      parts_.path = value;
      return;
    case Role::Query:
      parts_.query = value;
      return;
    case Role::Host:
      if (!value.empty()) out.host = value;
      return;
    case Role::Referer:
      out.referer = value;
      return;
    case Role::UserAgent:
      out.user_agent = value;
      return;
    default:
      return;
  }
}

ParseResult AccessParser::complete(LogRecord& out) {
  if (out.target.empty() && !parts_.query.empty()) {
    const std::size_t mark = arena_.mark();
    arena_.add(parts_.path);
    if (!parts_.query.starts_with('?')) arena_.add('?');
    arena_.add(parts_.query);
    out.target = arena_.since(mark);
  } else if (out.target.empty()) {
    out.target = parts_.path;
  }
  clients_.find(parts_.peer, parts_.forwarded, out);
  const bool is_nginx = splitter_.escapes() != Escapes::Apache;
  const bool is_strange =
      is_nginx && !out.client && !parts_.peer.empty() && !parts_.peer.starts_with("unix:");
  if (is_strange) return ParseResult::Format;
  // Without escapes whoever gets a newline into the log writes lines of their own.
  if (splitter_.escapes() == Escapes::None) out.client_is_claimed = true;
  return ParseResult::Ok;
}

}  // namespace picket::security
