// What blackbox_exporter's modules may ask for and /probe cannot do. Such a module is named and refused,
// never run as something else; the other modules of its file are served.
#pragma once

#include <string_view>

#include "base/config/reader.h"

namespace picket::health {

/// Adds, with its place, each setting of a module's section (the map below `http:`, ...) that is not served.
void note_not_served(const ValueReader& section, std::string_view prober, Problems& notes);
/// Keys as above that are served as long as they are false: the reader must know them.
void ignore_switched_off(MapReader& section, std::string_view prober);

}  // namespace picket::health
