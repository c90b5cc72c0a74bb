// Code that the documentation shows, for tests that run it as it stands there.
#pragma once

#include <string>

namespace picket::test {

/// The first block of that language ("nginx", "yaml") in a file such as "docs/forward-auth.md". Gives up when
/// there is none.
std::string documented(const std::string& file, const std::string& language);

/// Every `from` becomes `to`. Gives up when there is none: the documentation no longer says what the test
/// replaces.
void replace_every(std::string& text, const std::string& from, const std::string& to);

}  // namespace picket::test
