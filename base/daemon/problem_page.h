// What a person is shown instead of an answer: the problem in words, and what they can do. Pure.
#pragma once

#include "base/http/problem_page.h"
#include "base/web/layout.h"

namespace picket {

/// In the frame of `site`, without what a stranger need not know (version, navigation).
Response problem_page(web::Site site, const Target& target, const Problem& problem);

}  // namespace picket
