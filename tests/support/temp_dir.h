// A folder of its own for a test, removed with everything in it at the end. TMPDIR or /tmp.
#pragma once

#include <string>
#include <string_view>

namespace picket::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  /// "<path>/<name>".
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// Writes it (replacing what was there), answers its path.
  std::string write(std::string_view name, std::string_view content, unsigned mode = 0600) const;
  /// Content of a file in the folder; "" when it is not there.
  std::string read(std::string_view name) const;

 private:
  std::string path_;
};

}  // namespace picket::test
