#include "exporters/security/formats/json_parser.h"

#include <algorithm>
#include <optional>

#include "base/json/json.h"
#include "base/text/escape.h"
#include "base/text/numbers.h"
#include "base/text/strings.h"
#include "exporters/security/formats/access_parser.h"
#include "exporters/security/formats/log_time.h"

namespace picket::security {
namespace {

using Json = nlohmann::json;

struct MemberName {
  std::string_view name;    ///< in `members` of the configuration
  std::string_view places;  ///< the usual ones, in order: nginx, Caddy, Traefik, ECS
};
/// In the order of JsonParser::Member.
constexpr std::array kMemberNames{
    MemberName{"time", "time_iso8601 time_local msec ts @timestamp time timestamp StartUTC"},
    MemberName{
        "client",
        "remote_addr request.client_ip request.remote_ip ClientHost client.ip source.ip client_ip remote_ip"},
    MemberName{"method", "request_method request.method RequestMethod http.request.method method"},
    MemberName{"request", "request"},
    MemberName{"target", "request_uri request.uri RequestPath url.original uri path url.path"},
    MemberName{"query", "args query_string url.query"},
    MemberName{"status", "status DownstreamStatus http.response.status_code status_code"},
    MemberName{
        "bytes_sent",
        "bytes_sent body_bytes_sent size DownstreamContentSize http.response.bytes http.response.body.bytes"},
    MemberName{"bytes_received",
               "request_length bytes_read RequestContentSize http.request.bytes http.request.body.bytes"},
    MemberName{"host", "http_host host request.host RequestHost url.domain server_name"},
    MemberName{"referer",
               "http_referer request.headers.Referer[0] request_Referer http.request.referrer referer"},
    MemberName{
        "user_agent",
        "http_user_agent request.headers.User-Agent[0] request_User-Agent user_agent.original user_agent"},
    MemberName{"account", "remote_user user_id ClientUsername user.name"},
    MemberName{"forwarded", ""},
};

const JsonLimits kLimits{.bytes = kLineMax * 3, .depth = 16, .values = 4096};

std::string_view text_of(const Json* value) {
  if (value != nullptr && value->is_array() && !value->empty()) value = &value->front();
  if (value == nullptr || !value->is_string()) return {};
  const std::string_view text = value->get_ref<const std::string&>();
  return text == "-" ? std::string_view() : text;
}

std::optional<double> number_of(const Json* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) return value->get<double>();
  const auto number = parse_double(text_of(value));
  return number ? std::optional(*number) : std::nullopt;
}

std::optional<WallTime> time_of(const Json& value) {
  if (value.is_number()) return unix_time(value.get<double>());
  const std::string_view text = text_of(&value);
  if (const auto time = parse_iso_time(text)) return time;
  if (const auto time = parse_access_time(text)) return time;
  return parse_unix_time(text);
}

Failure bad_key(std::string_view key, std::string_view why) {
  return fail(ErrorKind::InvalidInput, fmt::format("{}: {}", key, why));
}

}  // namespace

Result<std::unique_ptr<LineParser>> JsonParser::make(const FormatConfig& config) {
  auto paths = read_paths(config);
  if (!paths) return fail(paths);
  std::unique_ptr<JsonParser> parser(
      new JsonParser(std::move(*paths), ClientFinder(config.trusted_proxies, !config.client_field.empty())));
  if (const auto read = parser->read_fields(config); !read) return fail(read);
  return parser;
}

Result<JsonParser::Paths> JsonParser::read_paths(const FormatConfig& config) {
  static_assert(kMemberNames.size() == kMembers);
  Paths paths;
  for (std::size_t i = 0; i < kMembers; ++i) {
    for (const std::string_view place : split(kMemberNames.at(i).places, ' ')) {
      if (!place.empty()) paths.at(i).push_back(MemberPath::parse(place).value());
    }
  }
  for (const auto& [name, place] : config.members) {
    const auto* const known = std::ranges::find(kMemberNames, name, &MemberName::name);
    if (known == kMemberNames.end() || known->places.empty())
      return bad_key("members", fmt::format("records have no \"{}\"", truncate(name, 64)));
    const auto path = MemberPath::parse(place);
    if (!path) return fail(path, "members");
    paths.at(static_cast<std::size_t>(known - kMemberNames.begin())) = {*path};
  }
  if (config.client_field.empty()) return paths;
  const auto path = MemberPath::parse(config.client_field);
  if (!path) return fail(path, "client_field");
  paths.at(Forwarded) = {path->of_whole_list()};  // its first element is whatever the client sent
  return paths;
}

Result<void> JsonParser::read_fields(const FormatConfig& config) {
  for (const auto& [name, place] : config.fields) {
    auto path = MemberPath::parse(place);
    if (!path) return fail(path, "fields");
    fields_.emplace_back(name, std::move(*path));
  }
  return {};
}

const Json* JsonParser::find(Member member) const {
  for (const MemberPath& path : paths_.at(member)) {
    const Json* const found = path.find(line_);
    if (found != nullptr && !found->is_object() && !found->is_null()) return found;
  }
  return nullptr;
}

std::string_view JsonParser::text(Member member) const {
  return text_of(find(member));
}

/// Of a list all elements, as one header for several: "a, b".
std::string_view JsonParser::whole_text(const Json* value) {
  if (value == nullptr || !value->is_array() || value->size() < 2) return text_of(value);
  std::string& out = lists_.emplace_back();
  for (const Json& element : *value) {
    if (&element != &value->front()) out += ", ";
    if (element.is_string()) out += element.get_ref<const std::string&>();
  }
  return out;
}

std::uint64_t JsonParser::count(Member member, bool& has) const {
  constexpr double kMax = 9e18;
  const auto number = number_of(find(member));
  has = number && *number >= 0 && *number <= kMax;
  return has ? static_cast<std::uint64_t>(*number) : 0;
}

bool JsonParser::take_time(LogRecord& out) const {
  const Json* const value = find(Time);
  if (value == nullptr) return true;
  out.time = time_of(*value);
  return out.time.has_value();
}

void JsonParser::take_request(LogRecord& out) {
  const std::string_view request = text(Request);
  if (!request.empty()) set_request(request, out);
  if (const std::string_view method = text(Method); !method.empty()) out.method = method;
  const std::string_view target = text(Target), query = text(Query);
  if (!target.empty()) out.target = target;
  if (target.empty() || query.empty() || target.find('?') != std::string_view::npos) return;
  arena_.begin(target.size() + query.size() + 1);
  arena_.add(target);
  arena_.add('?');
  arena_.add(query);
  out.target = arena_.since(0);
}

void JsonParser::take_fields(LogRecord& out) {
  for (const auto& [name, path] : fields_) {
    const std::string_view value = whole_text(path.find(line_));
    if (!value.empty()) out.fields.emplace_back(name, value);
  }
}

ParseResult JsonParser::read(std::string_view line, WallTime, LogRecord& out) {
  // nginx leaves bytes that are not UTF-8 as they were sent.
  auto parsed = is_valid_utf8(line) ? parse_json(line, kLimits) : parse_json(repair_utf8(line), kLimits);
  if (!parsed || !parsed->is_object()) return ParseResult::Format;
  line_ = std::move(*parsed);
  lists_.clear();
  if (!take_time(out)) return ParseResult::Time;
  take_request(out);
  bool has_status = false;
  const std::uint64_t status = count(Status, has_status);
  if (out.target.empty() && out.method.empty() && !has_status) return ParseResult::Ok;
  out.kind = RecordKind::Request;
  out.status = status <= 999 ? static_cast<int>(status) : 0;
  out.bytes_sent = count(BytesSent, out.has_bytes_sent);
  out.bytes_received = count(BytesReceived, out.has_bytes_received);
  out.host = text(Host);
  out.referer = text(Referer);
  out.user_agent = text(UserAgent);
  out.account = text(Account);
  clients_.find(text(Client), whole_text(find(Forwarded)), out);
  take_fields(out);
  return ParseResult::Ok;
}

}  // namespace picket::security
