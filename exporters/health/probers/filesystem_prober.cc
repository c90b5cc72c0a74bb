#include "exporters/health/probers/filesystem_prober.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "exporters/health/probers/file_visit.h"

namespace picket::health {
namespace {

std::string system_error(std::string_view doing) {
  return fmt::format("{}: {}", doing, std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

/// Writes, syncs and removes a file; why it did not work, or "". Nobody can lay something at a random name,
/// and whatever lies there is neither followed nor written to.
std::string try_canary(const std::string& path, const std::string& name) {
  const Descriptor folder(
      open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (folder.get() < 0) return system_error("opening the folder");
  const Descriptor file(openat(folder.get(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               0600));  // NOLINT(cppcoreguidelines-pro-type-vararg): openat(2)
  if (file.get() < 0) return system_error("creating the canary file");
  std::string why;
  if (write(file.get(), "picket\n", 7) != 7) why = system_error("writing the canary file");
  if (why.empty() && fsync(file.get()) != 0) why = system_error("syncing the canary file");
  unlinkat(folder.get(), name.c_str(), 0);
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

FilesystemFacts facts_of(const Mount& mount) {
  FilesystemFacts facts;
  facts.mountpoint = mount.mountpoint;
  facts.device = mount.device;
  facts.fstype = mount.fstype;
  return facts;
}

ProbeResult look(const FilesystemProbeConfig& config, const Mount& mount, const std::string& canary) {
  ProbeResult result;
  FilesystemFacts facts = facts_of(mount);
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
    const SystemClock clock;
    const MonoTime start = clock.mono();
    const std::string why = try_canary(config.target.address, canary);
    facts.canary = clock.mono() - start;
    if (!why.empty()) result.fail_with(FailureReason::Content, why);
  }
  result.facts = std::move(facts);
  return result;
}

ProbeResult stalled(const Mount& mount) {
  ProbeResult result;
  result.fail_with(FailureReason::Timeout, "the file system does not answer");
  FilesystemFacts facts = facts_of(mount);
  facts.stalled = true;
  result.facts = std::move(facts);
  return result;
}

}  // namespace

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
  constexpr std::size_t kNameBytes = 16;
  std::string canary = config_->canary ? ".picket-canary-" + services_.random.hex(kNameBytes) : "";
  visit(services_,
        {.path = config_->target.address,
         .look = [config = config_,
                  canary = std::move(canary)](const Mount& mount) { return look(*config, mount, canary); },
         .stalled = stalled},
        deadline, std::move(done));
}

}  // namespace picket::health
