// URLs that people wrote down and that go into links, rule files and templates.
#pragma once

#include <string_view>

namespace picket {

/// http:// or https:// with a host, and none but RFC 3986's characters: of those no braces, quotes and
/// backslashes, which a page, a rule file or a template would take for its own.
bool is_http_url(std::string_view text);

}  // namespace picket
