# picket_module(<name> [DEPENDS <target>...])   static library of every .cc of the folder (not of its subfolders), alias picket::<name>
# picket_binary(<name> [DEPENDS <target>...])   program from main.cc of the folder
# picket_test(<name> [DEPENDS <target>...] [LABELS ...] [TIMEOUT s])   one GoogleTest program of every *_test.cc below the folder, one ctest entry
# picket_fuzz(<name> <source> [DEPENDS ...])    libFuzzer target fuzz_<name>
function(picket_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  list(FILTER sources EXCLUDE REGEX "/(main|[a-z_]*_main)\\.cc$")
  add_library(picket_${name} STATIC ${sources})
  set_target_properties(picket_${name} PROPERTIES LINKER_LANGUAGE CXX)
  add_library(picket::${name} ALIAS picket_${name})
  target_include_directories(picket_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(picket_${name} PUBLIC ${ARG_DEPENDS} PRIVATE picket_warnings)
endfunction()

function(picket_binary name)
  cmake_parse_arguments(ARG "" "SOURCE" "DEPENDS" ${ARGN})
  if(NOT ARG_SOURCE)
    set(ARG_SOURCE main.cc)
  endif()
  add_executable(${name} ${ARG_SOURCE})
  target_link_libraries(${name} PRIVATE ${ARG_DEPENDS} picket_warnings)
endfunction()

function(picket_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "DEPENDS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS} picket::support GTest::gtest GTest::gmock GTest::gtest_main picket_warnings)
  target_compile_definitions(${name}_test PRIVATE PICKET_SOURCE_DIR="${CMAKE_SOURCE_DIR}" PICKET_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  add_test(NAME ${name} COMMAND ${name}_test)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
  if(PICKET_SANITIZE STREQUAL "thread")
    # The programs that a test starts inherit it: one that races dies at once, and the test with it.
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "TSAN_OPTIONS=halt_on_error=1:suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")
  endif()
endfunction()

function(picket_fuzz name source)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE ${ARG_DEPENDS} picket_warnings -fsanitize=fuzzer)
endfunction()
