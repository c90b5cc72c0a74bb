// HTML escaping as Go's template packages do it: "&#34;" and "&#39;", "+" as "&#43;" when a value is escaped
// automatically.
#pragma once

#include <string>
#include <string_view>

namespace picket::alertd {

/// html/template, for values in text and quoted attributes.
std::string escape_template_html(std::string_view text);
/// text/template's function `html`.
std::string escape_html_function(std::string_view text);
/// text/template's function `js`.
std::string escape_js_function(std::string_view text);
/// net/url QueryEscape: a space becomes "+".
std::string escape_url_query(std::string_view text);

}  // namespace picket::alertd
