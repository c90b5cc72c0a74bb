// What nginx's log_format and Apache's LogFormat say, compiled for LineSplitter.
#pragma once

#include <string_view>

#include "base/result/result.h"
#include "exporters/security/formats/line_splitter.h"

namespace picket::security {

/// "combined", or the text of a log_format: $name and ${name}, \t, \" and the like as nginx reads them, with
/// "escape=json " or "escape=none " before it when the directive has that. Source: ngx_http_log_module.c
Result<LineFormat> compile_nginx_format(std::string_view format);
/// "common", "combined", "combinedio", "vhost_combined", or the text of a LogFormat. Source: mod_log_config.c,
/// mod_logio.c
Result<LineFormat> compile_apache_format(std::string_view format);

}  // namespace picket::security
