// What this build is.
#pragma once

#include <string>
#include <string_view>

namespace picket {

std::string_view version();   // "0.1.0"
std::string_view revision();  // short commit id, or "unknown"
std::string_view compiler();  // "g++ 12.2.0"
std::string tls_library();    // "OpenSSL 3.0.17", as it is loaded

}  // namespace picket
