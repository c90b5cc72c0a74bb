#include "authd/http/form_body.h"

#include "base/text/strings.h"

namespace picket::authd {

Result<Form> form_of(const Request& request) {
  const std::string type = request.headers.get("Content-Type");
  if (to_lower(trim(type.substr(0, type.find(';')))) != "application/x-www-form-urlencoded")
    return fail(ErrorKind::InvalidInput, "Content-Type must be application/x-www-form-urlencoded");
  const std::optional<picket::Target> target = picket::Target::parse("/?" + request.body);
  if (!target) return fail(ErrorKind::InvalidInput, "the form has a broken escape");
  Form form;
  for (const auto& [name, value] : target->query) {
    if (!form.emplace(name, value).second) return fail(ErrorKind::InvalidInput, "a field is there twice");
  }
  return form;
}

std::string field_of(const Form& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? "" : found->second;
}

}  // namespace picket::authd
