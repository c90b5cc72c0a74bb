// A file system without files: whatever a configuration names, nothing is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/files/files.h"

namespace picket {

class NoFiles final : public Files {
 public:
  Result<std::string> read(const std::string&, Bytes) const override { return none(); }
  Result<void> write_atomic(const std::string&, std::string_view, unsigned) override { return none(); }
  Result<void> remove(const std::string&) override { return none(); }
  bool exists(const std::string&) const override { return false; }
  Result<void> make_directories(const std::string&, unsigned) override { return none(); }
  Result<std::vector<std::string>> glob(const std::string&) const override { return none(); }
  Result<std::int64_t> modified(const std::string&) const override { return none(); }

 private:
  static tl::unexpected<Error> none() { return fail(ErrorKind::NotFound, "no file"); }
};

}  // namespace picket
