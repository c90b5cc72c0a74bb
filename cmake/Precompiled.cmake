# What nearly every file reads first, compiled once: the standard library, fmt and Result; for tests GoogleTest too. Halves the
# time of a build from nothing. By g++ alone: clang-tidy, the fuzzers, coverage and benches see each file as it is, so that a
# missing include does not stay hidden.
option(PICKET_PCH "Precompiled headers" ON)
if(NOT PICKET_PCH OR NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  function(picket_precompiled target)
  endfunction()
  return()
endif()

# The same for every target, or it is not used: threads, large files. The last is for ccache.
add_compile_definitions(_FILE_OFFSET_BITS=64)
add_compile_options(-pthread -fpch-preprocess)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # g++ 12 sees wrong ones in std::string once it is precompiled and inlined.
  add_compile_options(-Wno-array-bounds -Wno-stringop-overread)
endif()
file(WRITE ${CMAKE_BINARY_DIR}/pch/library.cc "")
file(WRITE ${CMAKE_BINARY_DIR}/pch/program.cc "int main() {}\n")
set(standard_headers <algorithm> <array> <atomic> <chrono> <functional> <map> <memory> <mutex> <optional> <set> <span> <sstream>
  <string> <string_view> <thread> <unordered_map> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

add_library(picket_pch STATIC ${CMAKE_BINARY_DIR}/pch/library.cc)
target_link_libraries(picket_pch PRIVATE fmt::fmt picket_warnings)
target_precompile_headers(picket_pch PRIVATE ${standard_headers})

if(PICKET_TESTS)
  add_executable(picket_test_pch ${CMAKE_BINARY_DIR}/pch/program.cc)
  target_link_libraries(picket_test_pch PRIVATE fmt::fmt GTest::gtest GTest::gmock picket_warnings)
  target_precompile_headers(picket_test_pch PRIVATE ${standard_headers} <gtest/gtest.h> <gmock/gmock.h>)
endif()

# picket_precompiled(<target>)   a static library or a test program that begins with them
function(picket_precompiled target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    target_precompile_headers(${target} REUSE_FROM picket_pch)
  elseif(TARGET picket_test_pch)
    target_precompile_headers(${target} REUSE_FROM picket_test_pch)
  endif()
endfunction()
