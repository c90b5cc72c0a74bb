#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/give_up.h"

namespace picket::test {

TempDir::TempDir() {
  const char* root = std::getenv("TMPDIR");
  path_ = std::string(root != nullptr && *root != '\0' ? root : "/tmp") + "/picket-test-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) give_up("no temporary folder " + path_);
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::write(std::string_view name, std::string_view content, unsigned mode) const {
  std::string target = file(name);
  std::filesystem::create_directories(std::filesystem::path(target).parent_path());
  std::ofstream out(target, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) give_up("cannot write " + target);
  std::filesystem::permissions(target, static_cast<std::filesystem::perms>(mode));
  return target;
}

std::string TempDir::read(std::string_view name) const {
  std::ifstream in(file(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace picket::test
