// How a web server escapes what a client sent before it writes it into its log, and how to undo it. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "exporters/security/formats/text_arena.h"

namespace picket::security {

/// Sources: nginx, ngx_http_log_escape() and ngx_escape_json(); httpd, ap_escape_logitem().
enum class Escapes : std::uint8_t {
  Nginx,   ///< \xHH for quotes, backslashes, controls and bytes from 0x7F on
  Apache,  ///< \" \\ \n ..., and \xHH for the rest
  Json,    ///< \" \\ \n ..., and \uXXXX for the rest of the controls
  None     ///< nothing: a value can hold whatever the format has around it
};

/// The text as it was sent: of `text` itself, or of the arena, which then takes at most text.size() bytes. What is not
/// an escape stays as it is.
std::string_view undo_escapes(Escapes escapes, std::string_view text, TextArena& arena);

}  // namespace picket::security
