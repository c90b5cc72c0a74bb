# Language level, warnings, sanitizers, compiler cache and linker: what every target is compiled with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

# Reading headers is most of the work, so eight files are read at a time: a build from nothing takes two fifths of the time.
set(CMAKE_UNITY_BUILD ${PICKET_PIECES})
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the checkout and no locale, so that clones, machines and presets share one cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=locale,time_macros
      ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(picket_warnings INTERFACE)
target_compile_options(picket_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Woverloaded-virtual
  -Wnon-virtual-dtor -Wimplicit-fallthrough -Wmissing-declarations -Wsuggest-override)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(picket_warnings INTERFACE -Wthread-safety)
endif()
if(PICKET_PIECES AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(picket_warnings INTERFACE -Wno-subobject-linkage)  # it takes every file but one for a header
endif()
if(PICKET_WERROR)
  target_compile_options(picket_warnings INTERFACE -Werror)
endif()

if(PICKET_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(PICKET_SANITIZE STREQUAL "thread")
  # g++ cannot instrument the fences that Asio puts around handlers; its mutexes order them all the same.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
endif()
if(PICKET_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PICKET_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
