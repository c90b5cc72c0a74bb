#include "exporters/security/formats/format_config.h"

#include "base/time/calendar.h"
#include "exporters/security/formats/line_parser.h"

namespace picket::security {
namespace {

constexpr std::size_t kFormatMax = 4096;
constexpr std::size_t kFieldsMax = 16;

void read_proxies(MapReader& r, std::vector<Cidr>& networks) {
  constexpr std::string_view kKey = "trusted_proxies";
  std::vector<std::string> texts;
  if (!r.read(kKey, texts)) return;
  networks.clear();
  for (const std::string& text : texts) {
    const auto network = Cidr::parse(text);
    if (!network) return r.problem(kKey, network.error().message);
    networks.push_back(*network);
  }
}

bool is_of_web(FormatType type) {
  return type == FormatType::Nginx || type == FormatType::Apache || type == FormatType::Json;
}

/// Keys that mean nothing to the format are mistakes.
void check_keys(MapReader& r, FormatType type) {
  const bool is_access = type == FormatType::Nginx || type == FormatType::Apache;
  if (r.has("log_format") && !is_access) r.problem("log_format", "is for access logs of nginx and Apache");
  for (const std::string_view key : {"client_field", "trusted_proxies", "fields"}) {
    if (r.has(key) && !is_of_web(type)) r.problem(key, "is for access logs");
  }
  if (r.has("members") && type != FormatType::Json) r.problem("members", "is for JSON");
  if (r.has("replica") && type != FormatType::AuthdAudit) r.problem("replica", "is for authd_audit");
  if (r.has("trusted_proxies") && !r.has("client_field"))
    r.problem("trusted_proxies", "needs client_field: what the proxies write the client's address into");
}

void check_sizes(MapReader& r, const FormatConfig& x) {
  if (x.log_format.size() > kFormatMax) r.problem("log_format", "is longer than 4096 bytes");
  if (x.fields.size() > kFieldsMax) r.problem("fields", "more than 16");
}

std::string_view key_of(std::string_view message) {
  for (const std::string_view key : {"client_field", "fields", "members"}) {
    if (message.starts_with(key)) return key;
  }
  return "log_format";
}

}  // namespace

std::string_view to_string(FormatType type) {
  switch (type) {
    case FormatType::Nginx:
      return "nginx";
    case FormatType::Apache:
      return "apache";
    case FormatType::NginxError:
      return "nginx_error";
    case FormatType::Json:
      return "json";
    case FormatType::Auth:
      return "auth";
    case FormatType::AuthdAudit:
      return "authd_audit";
    case FormatType::AuthdLog:
      return "authd_log";
  }
  return "nginx";
}

void read_yaml(MapReader& r, FormatConfig& x) {
  const std::size_t before = r.context().problems.count();
  r.read_enum("type", x.type,
              {{"nginx", FormatType::Nginx},
               {"apache", FormatType::Apache},
               {"nginx_error", FormatType::NginxError},
               {"json", FormatType::Json},
               {"auth", FormatType::Auth},
               {"authd_audit", FormatType::AuthdAudit},
               {"authd_log", FormatType::AuthdLog}});
  r.read("log_format", x.log_format);
  r.read("client_field", x.client_field);
  read_proxies(r, x.trusted_proxies);
  r.read("fields", x.fields);
  r.read("members", x.members);
  r.read("replica", x.replica);
  if (r.read("time_zone", x.time_zone)) {
    if (const auto known = check_location(x.time_zone); !known) r.problem("time_zone", known.error().message);
  }
  check_keys(r, x.type);
  check_sizes(r, x);
  if (r.context().problems.count() != before) return;
  const auto parser = make_parser(x);
  if (parser) return;
  const std::string_view key = key_of(parser.error().message);
  r.problem(key, std::string_view(parser.error().message).substr(key.size() + std::string_view(": ").size()));
}

}  // namespace picket::security
