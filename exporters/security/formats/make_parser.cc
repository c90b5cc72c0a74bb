#include "exporters/security/formats/access_parser.h"
#include "exporters/security/formats/auth_parser.h"
#include "exporters/security/formats/authd_audit_parser.h"
#include "exporters/security/formats/authd_log_parser.h"
#include "exporters/security/formats/json_parser.h"
#include "exporters/security/formats/line_parser.h"
#include "exporters/security/formats/nginx_error_parser.h"

namespace picket::security {

Result<std::unique_ptr<LineParser>> make_parser(const FormatConfig& config) {
  switch (config.type) {
    case FormatType::Nginx:
    case FormatType::Apache:
      return AccessParser::make(config);
    case FormatType::Json:
      return JsonParser::make(config);
    case FormatType::NginxError:
      return std::make_unique<NginxErrorParser>(config);
    case FormatType::Auth:
      return std::make_unique<AuthParser>(config);
    case FormatType::AuthdAudit:
      return std::make_unique<AuthdAuditParser>(config.replica);
    case FormatType::AuthdLog:
      return std::make_unique<AuthdLogParser>();
  }
  return fail(ErrorKind::InvalidInput, "type: unknown");
}

}  // namespace picket::security
