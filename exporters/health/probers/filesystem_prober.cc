#include "exporters/health/probers/filesystem_prober.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "base/text/strings.h"
#include "exporters/health/probers/once.h"

namespace picket::health {
namespace {

constexpr std::string_view kMounts = "/proc/self/mounts";

std::string system_error(std::string_view doing) {
  return fmt::format("{}: {}", doing, std::strerror(errno));
}

/// Octal escapes of mount tables: "\040" is a space.
std::string unescape(std::string_view text) {
  return replace_all(replace_all(replace_all(text, "\\040", " "), "\\011", "\t"), "\\134", "\\");
}

bool lies_on(std::string_view path, std::string_view mountpoint) {
  if (mountpoint == "/") return true;
  return path.starts_with(mountpoint) && (path.size() == mountpoint.size() || path[mountpoint.size()] == '/');
}

/// Writes, syncs and removes a file; why it did not work, or "".
std::string try_canary(const std::string& folder) {
  const std::string path = fmt::format("{}/.picket-canary-{}", folder, getpid());
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                      0600);  // NOLINT(cppcoreguidelines-pro-type-vararg): open(2)
  if (fd < 0) return system_error("creating the canary file");
  std::string why;
  if (write(fd, "picket\n", 7) != 7) why = system_error("writing the canary file");
  if (why.empty() && fsync(fd) != 0) why = system_error("syncing the canary file");
  close(fd);
  unlink(path.c_str());
  return why;
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

void judge(const FilesystemProbeConfig& config, const FilesystemFacts& facts, ProbeResult& result) {
  const double space = ratio(facts.avail_bytes, facts.size_bytes),
               inodes = ratio(facts.files_free, facts.files);
  if (facts.readonly && config.writable)
    return result.fail_with(FailureReason::Content, "the file system is read-only");
  if (space < config.down_free_ratio)
    return result.fail_with(FailureReason::Content,
                            fmt::format("{:.1f} % of the space is free", space * 100));
  result.success = true;
  if (space < config.min_free_ratio) {
    result.degraded = true;
    result.detail = fmt::format("{:.1f} % of the space is free", space * 100);
  } else if (inodes < config.min_inode_ratio) {
    result.degraded = true;
    result.detail = fmt::format("{:.1f} % of the inodes are free", inodes * 100);
  }
}

ProbeResult look(const FilesystemProbeConfig& config, FilesystemFacts facts, const Clock& clock) {
  ProbeResult result;
  struct statvfs stats {};
  if (statvfs(config.target.address.c_str(), &stats) != 0) {
    result.fail_with(errno == ENOENT ? FailureReason::Content : FailureReason::Internal,
                     system_error(config.target.address));
    return result;
  }
  facts.size_bytes = stats.f_blocks * stats.f_frsize;
  facts.avail_bytes = stats.f_bavail * stats.f_frsize;
  facts.files = stats.f_files;
  facts.files_free = stats.f_favail;
  facts.readonly = (stats.f_flag & ST_RDONLY) != 0;
  judge(config, facts, result);
  if (config.canary && result.success) {
    const MonoTime start = clock.mono();
    const std::string why = try_canary(config.target.address);
    facts.canary = clock.mono() - start;
    if (!why.empty()) result.fail_with(FailureReason::Content, why);
  }
  result.facts = std::move(facts);
  return result;
}

}  // namespace

FilesystemFacts find_mount(std::string_view mounts, std::string_view path) {
  FilesystemFacts facts;
  for (const std::string_view line : split(mounts, '\n')) {
    const std::vector<std::string_view> fields = split(line, ' ');
    if (fields.size() < 3) continue;
    const std::string mountpoint = unescape(fields[1]);
    if (!lies_on(path, mountpoint) || mountpoint.size() < facts.mountpoint.size()) continue;
    facts.mountpoint = mountpoint;
    facts.device = unescape(fields[0]);
    facts.fstype = fields[2];
  }
  return facts;
}

void read_yaml(MapReader& r, FilesystemProbeConfig& c) {
  if (r.require("path", c.target.address) && !c.target.address.starts_with('/'))
    r.problem("path", "must be an absolute path");
  for (const auto& [key, value] :
       {std::pair{"min_free_ratio", &c.min_free_ratio}, std::pair{"down_free_ratio", &c.down_free_ratio},
        std::pair{"min_inode_ratio", &c.min_inode_ratio}}) {
    if (r.read(key, *value) && (*value < 0 || *value >= 1)) r.problem(key, "must be from 0 to 1");
  }
  r.read("writable", c.writable);
  r.read("canary", c.canary);
}

void FilesystemProber::probe(const ProbeTarget& /*target*/, Deadline deadline, Done done) {
  const auto once = std::make_shared<Once>(services_, deadline, std::move(done));
  const Result<std::string> mounts = services_.files.read(std::string(kMounts), 1_MiB);
  FilesystemFacts facts = find_mount(mounts ? *mounts : "", config_->target.address);
  ProbeResult stalled;
  stalled.fail_with(FailureReason::Timeout, "the file system does not answer");
  FilesystemFacts stalled_facts = facts;
  stalled_facts.stalled = true;
  stalled.facts = std::move(stalled_facts);
  if (busy_->exchange(true)) return void(once->answer(std::move(stalled)));  // a thread still hangs in it
  services_.scheduler.at(deadline.at, [once, stalled = std::move(stalled)] { once->answer(stalled); });
  // A thread of its own, not a worker's: it may never come back.
  std::jthread([once, busy = busy_, config = config_, facts = std::move(facts),
                &clock = services_.clock()]() mutable {
    ProbeResult result = look(*config, std::move(facts), clock);
    *busy = false;
    once->answer(std::move(result));
  }).detach();
}

}  // namespace picket::health
