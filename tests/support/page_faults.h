// What is wrong with a page that a browser shows, for any page of the fleet: it scrolls sideways, a text has
// too little contrast (WCAG 2.2, 1.4.3), a word is broken, a field has no label, a link no text, an id stands
// twice, there is a script or a style attribute, the console complains.
#pragma once

#include <string>
#include <vector>

#include "tests/support/browser.h"

namespace picket::test {

/// Empty when the page is fine. Also takes what the console has said since the last call.
std::vector<std::string> page_faults(Browser& browser);
/// `url` at 1280 and 390 pixels, light and dark: a line for each fault with where it was seen, "" when there
/// is none. With PICKET_SCREENSHOTS in the environment, a PNG of each into that folder.
std::string page_faults_everywhere(Browser& browser, const std::string& url, const std::string& name);

}  // namespace picket::test
