#include "base/http/security_headers.h"

#include <algorithm>
#include <array>

namespace picket {
namespace {

struct KnownField {
  std::string_view key, name, value;
};
constexpr std::array<KnownField, 10> kFields{
    {{"strict_transport_security", "Strict-Transport-Security", "max-age=31536000; includeSubDomains"},
     {"content_security_policy", "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
      "frame-ancestors 'none'"},
     {"frame_options", "X-Frame-Options", "DENY"},
     {"content_type_options", "X-Content-Type-Options", "nosniff"},
     {"referrer_policy", "Referrer-Policy", "no-referrer"},
     {"permissions_policy", "Permissions-Policy",
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
     {"cross_origin_opener_policy", "Cross-Origin-Opener-Policy", "same-origin"},
     {"cross_origin_embedder_policy", "Cross-Origin-Embedder-Policy", "require-corp"},
     {"cross_origin_resource_policy", "Cross-Origin-Resource-Policy", "same-origin"},
     {"origin_agent_cluster", "Origin-Agent-Cluster", "?1"}}};

bool is_field_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
}

}  // namespace

SecurityHeaders::SecurityHeaders() {
  for (const KnownField& field : kFields) fields_.emplace_back(field.name, field.value);
}

void SecurityHeaders::apply(Response& response) const {
  for (const auto& [name, value] : fields_) {
    if (response.headers.find(name) == nullptr) response.headers.add(name, value);
  }
}

void SecurityHeaders::leave_out(std::string_view name) {
  std::erase_if(fields_, [&](const Headers::Field& field) { return field.first == name; });
}

void read_yaml(MapReader& r, SecurityHeaders& headers) {
  std::vector<Headers::Field> fields;
  for (const KnownField& field : kFields) {
    std::string value(field.value);
    r.read(field.key, value);
    if (!is_field_value(value)) r.problem(field.key, "must be one line of printable ASCII");
    if (!value.empty()) fields.emplace_back(field.name, std::move(value));
  }
  headers.fields_ = std::move(fields);
}

}  // namespace picket
