// Which functions of a linked program can run: those that its entry or a static initialiser calls, names or
// finds in a table, and so on. A virtual function counts once its class's table is used. As a linker's
// --gc-sections would see it, on the program as it was linked: nothing is compiled for it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace picket::tidy {

/// Mangled names. `program` is the content of a linked program (x86-64) that is not stripped.
std::set<std::string_view> reachable_functions(std::string_view program);

}  // namespace picket::tidy
