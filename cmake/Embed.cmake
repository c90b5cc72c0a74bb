# picket_embed(<target> <function> FILES <file>...)   files of data as part of a program: adds to the target a source with
#   std::string_view picket::embedded::<function>(std::string_view path)
# which answers a file's content by its path relative to the target's folder, or "".
function(picket_embed target function)
  cmake_parse_arguments(ARG "" "" "FILES" ${ARGN})
  set(rows "")
  foreach(file ${ARG_FILES})
    file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${file} content)
    string(APPEND rows "    {\"${file}\", R\"EMBEDDED(${content})EMBEDDED\"},\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${function}.cc)
  file(CONFIGURE OUTPUT ${generated} @ONLY CONTENT
"#include <string_view>
#include <utility>

namespace picket::embedded {

std::string_view @function@(std::string_view path);
std::string_view @function@(std::string_view path) {
  static constexpr std::pair<std::string_view, std::string_view> kFiles[] = {
@rows@  };
  for (const auto& [name, content] : kFiles) {
    if (name == path) return content;
  }
  return {};
}

}  // namespace picket::embedded
")
  # Whoever calls the function declares it, too: together they would have it twice.
  set_source_files_properties(${generated} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${generated})
endfunction()
