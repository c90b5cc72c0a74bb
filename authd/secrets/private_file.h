// Files that hold secrets: nobody but their owner (and his group) reads them, and what is there is never
// overwritten. For this folder and authctl. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/config/secret.h"
#include "base/files/files.h"

namespace picket::authd {

/// Denied when others may put files in its place or into it. One that is not there is fine.
Result<void> check_private_folder(const std::string& path);
/// "" or, for people, that others than its owner may change the file or folder.
std::string writable_by_others(const std::string& path);

/// The content without the newline at its end. NotFound; Denied when it cannot be read, or others may read
/// it: the message says what to do.
Result<Secret> read_private_file(const Files& files, const std::string& path);

/// Makes the file with mode 0600, whole or not at all. Conflict when it is there, also when another process
/// was first.
Result<void> create_private_file(Files& files, const std::string& path, std::string_view content);

}  // namespace picket::authd
