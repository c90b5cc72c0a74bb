#include "tests/support/documentation.h"

#include <fstream>
#include <sstream>

#include "tests/support/give_up.h"

namespace picket::test {

std::string documented(const std::string& file, const std::string& language) {
  const std::ifstream in(std::string(PICKET_SOURCE_DIR "/") + file);
  std::stringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const std::string fence = "\n```" + language + "\n";
  const std::size_t begin = text.find(fence);
  const std::size_t end = begin == std::string::npos ? begin : text.find("\n```", begin + fence.size());
  if (end == std::string::npos) give_up(file + " has no block of " + language);
  return text.substr(begin + fence.size(), end + 1 - begin - fence.size());
}

void replace_every(std::string& text, const std::string& from, const std::string& to) {
  std::size_t at = text.find(from);
  if (at == std::string::npos) give_up("nothing to replace: " + from);
  for (; at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
}

}  // namespace picket::test
