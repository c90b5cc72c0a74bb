#include "exporters/security/formats/auth_parser.h"

#include <algorithm>
#include <optional>

#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/security/formats/client_of.h"
#include "exporters/security/formats/pam_message.h"

namespace picket::security {
namespace {

struct Header {
  std::string_view time, host, program, process, message;
  bool is_iso = false;
};

/// "<38>" of a line that comes by syslog.
void drop_priority(std::string_view& line) {
  const std::size_t end = line.find('>');
  if (line.starts_with('<') && end != std::string_view::npos && end <= 4) line.remove_prefix(end + 1);
}

bool take_time_text(std::string_view& line, Header& header) {
  constexpr std::size_t kBsd = std::string_view("Nov 30 14:17:11").size();
  header.is_iso = line.size() > 10 && line[10] == 'T';
  const std::size_t end = header.is_iso ? line.find(' ') : kBsd;
  if (end >= line.size() || line[end] != ' ') return false;
  if (!header.is_iso && (line[9] != ':' || line[12] != ':')) return false;
  header.time = line.substr(0, end);
  line.remove_prefix(end + 1);
  return true;
}

/// "host sshd[123]: message".
std::optional<Header> read_header(std::string_view line) {
  drop_priority(line);
  Header header;
  if (!take_time_text(line, header)) return std::nullopt;
  const std::size_t blank = line.find(' ');
  const std::size_t colon = line.find(": ", blank == std::string_view::npos ? line.size() : blank);
  if (colon == std::string_view::npos) return std::nullopt;
  header.host = line.substr(0, blank);
  header.program = line.substr(blank + 1, colon - blank - 1);
  header.message = line.substr(colon + 2);
  const std::size_t bracket = header.program.find('[');
  if (bracket != std::string_view::npos) {
    header.process = header.program.substr(bracket);
    header.program = header.program.substr(0, bracket);
  }
  return header;
}

/// FNV-1a. Who knows the numbers of processes of a host could as well log in.
std::uint32_t connection_of(const Header& header) {
  std::uint32_t hash = 2166136261U;
  for (const std::string_view part : {header.host, header.process}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return hash;
}

/// rsyslog's "message repeated 3 times: [ ...]".
std::uint32_t take_repetition(std::string_view& message) {
  constexpr std::string_view kRepeated = "message repeated ", kTimes = " times: [ ";
  constexpr std::int64_t kMax = 100'000;
  const std::size_t times = message.find(kTimes);
  if (!message.starts_with(kRepeated) || times == std::string_view::npos || !message.ends_with(']')) return 1;
  const auto count = parse_int(message.substr(kRepeated.size(), times - kRepeated.size()));
  if (!count || *count < 1) return 1;
  message.remove_prefix(times + kTimes.size());
  message.remove_suffix(1);
  return static_cast<std::uint32_t>(std::min(*count, kMax));
}

LoginMethod method_of(std::string_view name) {
  if (name == "password" || name.starts_with("keyboard-interactive")) return LoginMethod::Password;
  return name == "publickey" ? LoginMethod::PublicKey : LoginMethod::Other;
}

LoginFailure ssh_failure_of(const SshMessage& ssh) {
  if (ssh.event == SshEvent::Accepted) return LoginFailure::None;
  if (ssh.is_unknown) return LoginFailure::UnknownAccount;
  return method_of(ssh.method) == LoginMethod::Password ? LoginFailure::BadPassword : LoginFailure::Other;
}

}  // namespace

ToldConnections::Told ToldConnections::of(std::uint32_t connection) const {
  const Place& place = places_.at(connection % kPlaces);
  return place.connection == connection ? place.told : Nothing;
}

void ToldConnections::note(std::uint32_t connection, Told told) {
  places_.at(connection % kPlaces) = {connection, told};
}

std::string ToldConnections::text() const {
  std::string out;
  for (const Place& place : places_) {
    if (place.told == Nothing) continue;
    out += fmt::format("{}{}:{}", out.empty() ? "" : " ", place.connection, static_cast<int>(place.told));
  }
  return out;
}

Result<void> ToldConnections::restore(std::string_view text) {
  ToldConnections read;
  for (const std::string_view entry : split(text, ' ')) {
    if (text.empty()) break;
    const std::size_t colon = std::min(entry.find(':'), entry.size());
    const auto connection = parse_int(entry.substr(0, colon));
    const bool fine = connection && *connection >= 0 && *connection <= 0xFFFFFFFF &&
                      (entry.substr(colon) == ":1" || entry.substr(colon) == ":2");
    if (!fine) return fail(ErrorKind::InvalidInput, "not the connections of an auth log");
    read.note(static_cast<std::uint32_t>(*connection), entry.back() == '1' ? Try : PamTry);
  }
  *this = read;
  return {};
}

ParseResult AuthParser::read(std::string_view line, WallTime read_at, LogRecord& out) {
  const std::optional<Header> header = read_header(line);
  if (!header) return ParseResult::Format;
  out.time = header->is_iso ? parse_iso_time(header->time) : times_.parse_syslog_time(header->time, read_at);
  if (!out.time) return ParseResult::Time;
  std::string_view message = header->message;
  out.count = take_repetition(message);
  take_message(header->program, message, connection_of(*header), out);
  if (out.kind == RecordKind::Other) out.count = 1;
  return ParseResult::Ok;
}

void AuthParser::take_message(std::string_view program, std::string_view message, std::uint32_t connection,
                              LogRecord& out) {
  const bool is_pam = message.starts_with("pam_") || message.starts_with("PAM ");
  if (program.starts_with("sshd") && !is_pam) return take_ssh(message, connection, out);
  if (program == "sudo" && !is_pam) return take_sudo(message, out);
  take_pam(program, message, out);
}

/// Whether the line tells again what a line before has told.
bool AuthParser::is_told_already(SshEvent event, std::string_view method, std::uint32_t connection) {
  const ToldConnections::Told before = told_.of(connection);
  const bool by_pam = event == SshEvent::FailedByPam;
  told_.note(connection, by_pam ? ToldConnections::PamTry : ToldConnections::Try);
  if (event == SshEvent::Closed) return before != ToldConnections::Nothing;
  return event == SshEvent::Failed && before == ToldConnections::PamTry &&
         method.starts_with("keyboard-interactive");
}

void AuthParser::take_ssh(std::string_view message, std::uint32_t connection, LogRecord& out) {
  const SshMessage ssh = read_ssh_message(message);
  // "none" is how a client asks which methods there are.
  if (ssh.event == SshEvent::None || ssh.method == "none") return;
  const bool is_limit = ssh.event == SshEvent::Limited;
  if (!is_limit && is_told_already(ssh.event, ssh.method, connection)) return;
  out.kind = is_limit ? RecordKind::RateLimit : RecordKind::Login;
  out.client = parse_client(ssh.address);
  out.account = ssh.account;
  out.limit = ssh.limit;
  if (is_limit) return;
  out.method_of_login = method_of(ssh.method);
  out.failure = ssh_failure_of(ssh);
}

}  // namespace picket::security
