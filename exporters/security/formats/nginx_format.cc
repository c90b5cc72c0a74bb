#include <algorithm>
#include <array>

#include "exporters/security/formats/access_format.h"
#include "exporters/security/formats/format_text.h"

namespace picket::security {
namespace {

constexpr std::string_view kNginxCombined =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent")";

struct Variable {
  std::string_view name;
  Shape shape;
  Role role = Role::None;
};

constexpr std::array kNginxVariables{
    Variable{"remote_addr", Shape::Word, Role::Peer},
    Variable{"remote_user", Shape::Text, Role::User},
    Variable{"time_local", Shape::Local, Role::Time},
    Variable{"time_iso8601", Shape::Iso, Role::Time},
    Variable{"msec", Shape::Word, Role::UnixSeconds},
    Variable{"request", Shape::Text, Role::Request},
    Variable{"request_method", Shape::Word, Role::Method},
    Variable{"request_uri", Shape::Text, Role::Target},
    Variable{"uri", Shape::Text, Role::Path},
    Variable{"document_uri", Shape::Text, Role::Path},
    Variable{"args", Shape::Text, Role::Query},
    Variable{"query_string", Shape::Text, Role::Query},
    Variable{"status", Shape::Word, Role::Status},
    Variable{"bytes_sent", Shape::Word, Role::BytesSent},
    Variable{"body_bytes_sent", Shape::Word, Role::BodyBytesSent},
    Variable{"request_length", Shape::Word, Role::BytesReceived},
    Variable{"host", Shape::Text, Role::Host},
    Variable{"http_host", Shape::Text, Role::Host},
    Variable{"http_referer", Shape::Text, Role::Referer},
    Variable{"http_user_agent", Shape::Text, Role::UserAgent},
    // Others that hold no blank, so that what stands beside them is found.
    Variable{"server_name", Shape::Word},
    Variable{"server_addr", Shape::Word},
    Variable{"server_port", Shape::Word},
    Variable{"server_protocol", Shape::Word},
    Variable{"scheme", Shape::Word},
    Variable{"https", Shape::Word},
    Variable{"hostname", Shape::Word},
    Variable{"remote_port", Shape::Word},
    Variable{"realip_remote_addr", Shape::Word},
    Variable{"realip_remote_port", Shape::Word},
    Variable{"proxy_protocol_addr", Shape::Word},
    Variable{"proxy_protocol_port", Shape::Word},
    Variable{"binary_remote_addr", Shape::Text},
    Variable{"request_time", Shape::Word},
    Variable{"request_id", Shape::Word},
    Variable{"request_completion", Shape::Word},
    Variable{"connection", Shape::Word},
    Variable{"connection_requests", Shape::Word},
    Variable{"connection_time", Shape::Word},
    Variable{"pipe", Shape::Word},
    Variable{"pid", Shape::Word},
    Variable{"gzip_ratio", Shape::Word},
    Variable{"ssl_protocol", Shape::Word},
    Variable{"ssl_cipher", Shape::Word},
    Variable{"ssl_session_reused", Shape::Word},
    Variable{"limit_req_status", Shape::Word},
    Variable{"limit_conn_status", Shape::Word},
    Variable{"is_args", Shape::Word},
    Variable{"upstream_addr", Shape::List},
    Variable{"upstream_status", Shape::List},
    Variable{"upstream_response_time", Shape::List},
    Variable{"upstream_connect_time", Shape::List},
    Variable{"upstream_header_time", Shape::List},
    Variable{"upstream_response_length", Shape::List},
    Variable{"upstream_bytes_received", Shape::List},
    Variable{"upstream_bytes_sent", Shape::List},
    Variable{"upstream_cache_status", Shape::Word},
};

Variable variable_of(std::string_view name) {
  const auto* const known = std::ranges::find(kNginxVariables, name, &Variable::name);
  return known == kNginxVariables.end() ? Variable{name, Shape::Text} : *known;
}

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class NginxCompiler {
 public:
  explicit NginxCompiler(std::string_view text, std::size_t from, Escapes escapes)
      : text_(text), at_(from), builder_(escapes) {}

  Result<LineFormat> run() {
    while (at_ < text_.size()) {
      if (text_[at_] == '$') {
        if (const Result<void> taken = take_variable(); !taken) return fail(taken);
        continue;
      }
      const bool escaped = text_[at_] == '\\' && at_ + 1 < text_.size();
      if (escaped) ++at_;
      builder_.add_literal(escaped ? literal_escape(text_[at_]) : text_[at_]);
      ++at_;
    }
    return builder_.take();
  }

 private:
  Result<void> take_variable() {
    // The request's path with its query, as one value.
    constexpr std::string_view kWholeUri = "$uri$is_args$args";
    const std::size_t begin = at_;
    if (text_.substr(at_).starts_with(kWholeUri)) {
      at_ += kWholeUri.size();
      builder_.add({.name = std::string(kWholeUri), .at = begin, .literal = {}, .role = Role::Target});
      return {};
    }
    const bool braced = text_.substr(at_ + 1).starts_with('{');
    const std::size_t name_at = at_ + (braced ? 2 : 1);
    std::size_t end = name_at;
    while (end < text_.size() && is_name(text_[end])) ++end;
    if (end == name_at) return bad_format(begin, "a $ without the name of a variable");
    if (braced && (end == text_.size() || text_[end] != '}'))
      return bad_format(begin, "the bracket of ${ is not closed");
    const std::string_view name = text_.substr(name_at, end - name_at);
    const Variable variable = variable_of(name);
    at_ = end + (braced ? 1 : 0);
    builder_.add({.name = fmt::format("${}", name),
                  .at = begin,
                  .literal = {},
                  .shape = variable.shape,
                  .role = variable.role});
    return {};
  }

  std::string_view text_;
  std::size_t at_;
  FormatBuilder builder_;
};

}  // namespace

Result<LineFormat> compile_nginx_format(std::string_view format) {
  if (format == "combined") format = kNginxCombined;
  constexpr std::string_view kEscape = "escape=";
  if (!format.starts_with(kEscape)) return NginxCompiler(format, 0, Escapes::Nginx).run();
  const std::size_t end = std::min(format.find(' '), format.size());
  const std::string_view word = format.substr(kEscape.size(), end - kEscape.size());
  const std::size_t from = std::min(format.find_first_not_of(' ', end), format.size());
  if (word == "default") return NginxCompiler(format, from, Escapes::Nginx).run();
  if (word == "json") return NginxCompiler(format, from, Escapes::Json).run();
  if (word == "none") return NginxCompiler(format, from, Escapes::None).run();
  return bad_format(kEscape.size(), "escape is default, json or none");
}

}  // namespace picket::security
