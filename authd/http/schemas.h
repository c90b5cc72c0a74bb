// The bodies of the API as JSON Schema (schemas.json), for the OpenAPI document: a route names its own in its
// options. The end-to-end tests hold every answer that they get against them.
#pragma once

#include <string_view>

namespace picket::authd {

/// A JSON object, name to schema. What is answered has no member that its schema does not name.
std::string_view api_schemas();

}  // namespace picket::authd
