// An OpenAPI document as one page of HTML: a chapter per tag, a fold per operation, the schemas at the end.
// Inside of openapi.cc. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace picket {

/// `document` as render_openapi() makes it.
std::string render_openapi_page(const nlohmann::ordered_json& document);

/// What stands between <style> and </style>: its hash is in the page's Content-Security-Policy.
std::string_view openapi_style();

}  // namespace picket
