// The files that a log was rotated into, by the names that logrotate, newsyslog and their kin give: "x.log.1",
// "x.log.2.gz", "x.log-20261130", "x-20261130.log.gz", "x.log.old".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/security/tail/file_handle.h"

namespace picket::security {

struct RotatedFile {
  std::string path{};
  FileFacts facts{};
  bool live = false;  ///< what is at the log's own path
};

/// Those of `path`, from old to new, the live one last when it is there. By their numbers or dates when all
/// have the same kind, else by their last change. Of a file and its compressed copy only the file.
std::vector<RotatedFile> rotated_files(const std::string& path);

/// The name of the log that a file of this name is rotated from, or nothing: "x.log" for "x.log.2.gz".
std::optional<std::string> log_name_of(std::string_view rotated_name);
/// The same for names with the date before the extension: "x.log" for "x-20261130.log".
std::optional<std::string> log_name_before_extension(std::string_view rotated_name);
bool is_compressed_name(std::string_view name);

}  // namespace picket::security
