// application/x-www-form-urlencoded bodies: of OAuth requests and of pages. Every field at most once,
// decoded, valid UTF-8. Pure.
#pragma once

#include <map>
#include <string>

#include "base/http/message.h"
#include "base/result/result.h"

namespace picket::authd {

using Form = std::map<std::string, std::string, std::less<>>;

/// InvalidInput on another content type, a repeated field or broken escapes.
Result<Form> form_of(const Request& request);
/// "" when the field is absent.
std::string field_of(const Form& form, std::string_view name);

}  // namespace picket::authd
