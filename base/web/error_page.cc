#include "base/web/error_page.h"

#include <fmt/format.h>

#include "base/web/parts.h"

namespace picket::web {

Response error_page(const Site& site, const ErrorText& text) {
  Html body = alert(text.what);
  if (!text.what_to_do.empty()) body += paragraph(text.what_to_do);
  body += paragraph(anchor(site.root + site.home, "To the start page"));
  body += paragraph(muted(fmt::format("Status {} ({})", text.status, reason_phrase(text.status))));
  return render(site, {.title = text.title, .body = body, .status = text.status, .width = Width::Narrow});
}

}  // namespace picket::web
