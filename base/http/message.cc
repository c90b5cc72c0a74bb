#include "base/http/message.h"

#include <algorithm>
#include <array>

#include "base/result/result.h"
#include "base/text/escape.h"
#include "base/text/strings.h"

namespace picket {
namespace {

struct MethodName {
  Method method;
  std::string_view name;
};
constexpr std::array<MethodName, 7> kMethods{{{Method::Get, "GET"},
                                              {Method::Head, "HEAD"},
                                              {Method::Post, "POST"},
                                              {Method::Put, "PUT"},
                                              {Method::Delete, "DELETE"},
                                              {Method::Patch, "PATCH"},
                                              {Method::Options, "OPTIONS"}}};

struct Phrase {
  int status;
  std::string_view text;
};
// RFC 9110 section 15, RFC 6585.
constexpr std::array<Phrase, 46> kPhrases{{{100, "Continue"},
                                           {101, "Switching Protocols"},
                                           {200, "OK"},
                                           {201, "Created"},
                                           {202, "Accepted"},
                                           {203, "Non-Authoritative Information"},
                                           {204, "No Content"},
                                           {205, "Reset Content"},
                                           {206, "Partial Content"},
                                           {207, "Multi-Status"},
                                           {300, "Multiple Choices"},
                                           {301, "Moved Permanently"},
                                           {302, "Found"},
                                           {303, "See Other"},
                                           {304, "Not Modified"},
                                           {307, "Temporary Redirect"},
                                           {308, "Permanent Redirect"},
                                           {400, "Bad Request"},
                                           {401, "Unauthorized"},
                                           {402, "Payment Required"},
                                           {403, "Forbidden"},
                                           {404, "Not Found"},
                                           {405, "Method Not Allowed"},
                                           {406, "Not Acceptable"},
                                           {407, "Proxy Authentication Required"},
                                           {408, "Request Timeout"},
                                           {409, "Conflict"},
                                           {410, "Gone"},
                                           {411, "Length Required"},
                                           {412, "Precondition Failed"},
                                           {413, "Content Too Large"},
                                           {414, "URI Too Long"},
                                           {415, "Unsupported Media Type"},
                                           {416, "Range Not Satisfiable"},
                                           {417, "Expectation Failed"},
                                           {421, "Misdirected Request"},
                                           {422, "Unprocessable Content"},
                                           {426, "Upgrade Required"},
                                           {428, "Precondition Required"},
                                           {429, "Too Many Requests"},
                                           {431, "Request Header Fields Too Large"},
                                           {500, "Internal Server Error"},
                                           {501, "Not Implemented"},
                                           {502, "Bad Gateway"},
                                           {503, "Service Unavailable"},
                                           {505, "HTTP Version Not Supported"}}};

enum class Plus { Literal, Space };

std::optional<std::string> decode_part(std::string_view text, Plus plus) {
  Result<std::string> decoded =
      percent_decode(plus == Plus::Space ? replace_all(text, "+", " ") : std::string(text));
  if (!decoded || decoded->find('\0') != std::string::npos) return std::nullopt;
  return std::move(*decoded);
}

bool parse_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& out) {
  for (const std::string_view part : split(text, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    std::optional<std::string> name = decode_part(part.substr(0, equals), Plus::Space);
    std::optional<std::string> value(std::in_place);
    if (equals != std::string_view::npos) value = decode_part(part.substr(equals + 1), Plus::Space);
    if (!name || !value) return false;
    out.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

Response typed(int status, std::string type, std::string body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

}  // namespace

std::string_view to_string(Method method) {
  for (const MethodName& known : kMethods) {
    if (known.method == method) return known.name;
  }
  return "";
}

std::optional<Method> parse_method(std::string_view text) {
  for (const MethodName& known : kMethods) {
    if (known.name == text) return known.method;
  }
  return std::nullopt;
}

const std::string* Headers::find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (iequals(field.first, name)) return &field.second;
  }
  return nullptr;
}

std::string Headers::get(std::string_view name, std::string_view otherwise) const {
  const std::string* value = find(name);
  return value ? *value : std::string(otherwise);
}

std::vector<std::string> Headers::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Field& field : fields_) {
    if (iequals(field.first, name)) values.push_back(field.second);
  }
  return values;
}

void Headers::set(std::string_view name, std::string value) {
  remove(name);
  fields_.emplace_back(std::string(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const Field& field) { return iequals(field.first, name); });
}

const std::string* Target::param(std::string_view name) const {
  const auto found =
      std::find_if(query.begin(), query.end(), [name](const auto& p) { return p.first == name; });
  return found == query.end() ? nullptr : &found->second;
}

std::vector<std::string> Target::params(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::optional<Target> Target::parse(std::string_view raw) {
  if (raw.empty() || (raw.front() != '/' && raw != "*")) return std::nullopt;
  // Bytes over 0x7f should come percent-encoded (RFC 3986 section 2), but people type UTF-8.
  const auto is_forbidden = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7f || c == '#';
  };
  if (std::any_of(raw.begin(), raw.end(), is_forbidden)) return std::nullopt;
  Target target;
  target.raw = raw;
  const std::size_t question = raw.find('?');
  std::optional<std::string> path = decode_part(raw.substr(0, question), Plus::Literal);
  if (!path) return std::nullopt;
  target.path = std::move(*path);
  if (question != std::string_view::npos && !parse_query(raw.substr(question + 1), target.query)) {
    return std::nullopt;
  }
  return target;
}

const std::string& Request::path_param(std::string_view name) const {
  const auto found =
      std::find_if(path_params.begin(), path_params.end(), [name](const auto& p) { return p.first == name; });
  check(found != path_params.end(), "path_param: not in the route's pattern");
  return found->second;
}

Response Response::text(int status, std::string body) {
  return typed(status, "text/plain; charset=utf-8", std::move(body));
}

Response Response::html(std::string body) {
  return typed(200, "text/html; charset=utf-8", std::move(body));
}

Response Response::json(int status, std::string body) {
  return typed(status, "application/json", std::move(body));
}

Response Response::problem(int status, std::string_view title, std::string_view detail) {
  std::string body =
      fmt::format(R"({{"type":"about:blank","title":{},"status":{})", json_quote(title), status);
  if (!detail.empty()) body += fmt::format(R"(,"detail":{})", json_quote(detail));
  body.push_back('}');
  return typed(status, "application/problem+json", std::move(body));
}

std::string_view reason_phrase(int status) {
  const auto found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                  [status](const Phrase& p) { return p.status == status; });
  return found == kPhrases.end() ? "Unknown" : found->text;
}

}  // namespace picket
