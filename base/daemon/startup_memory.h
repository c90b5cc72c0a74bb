// What only the start needed goes back to the system: constructors and relocations of sixty libraries,
// temporary copies of the configuration. Most of what a daemon that idles has resident.
#pragma once

#include <cstddef>

namespace picket {

/// Call once, when everything runs. Free heap is trimmed, malloc_trim(3), and the constant segments of the
/// program and its libraries (elf(5): PT_LOAD without PF_W) are dropped from memory: they are as the file is,
/// the page cache has them, and pages in use come back by a minor fault each. Returns the size of these
/// segments in bytes, 0 where the system keeps them.
std::size_t release_startup_memory();

}  // namespace picket
