// What a browser is shown instead of an answer: what happened, and what a person can do about it. Programs
// get problem JSON (Response::problem). Pure.
#pragma once

#include <string>

#include "base/web/layout.h"

namespace picket::web {

struct ErrorText {
  int status = 404;
  std::string title;       ///< "Not found"
  std::string what;        ///< "There is no page /x here."
  std::string what_to_do;  ///< "Go back to the start page."; "": nothing
};

/// Ends with a link to the site's root.
Response error_page(const Site& site, const ErrorText& text);

}  // namespace picket::web
