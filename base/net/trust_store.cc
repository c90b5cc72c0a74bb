#include "base/net/trust_store.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>

#include <cstdint>
#include <map>

#include "base/exec/mutex.h"
#include "base/net/pem.h"

namespace picket {

namespace {

struct Stamp {
  std::int64_t seconds = 0, nanoseconds = 0, size = 0;
  bool operator==(const Stamp&) const = default;
};

struct Entry {
  Stamp stamp;
  TrustStore store;
};

constexpr std::size_t kMaxStores = 256;

Stamp stamp_of(const std::string& file) {
  struct stat status {};
  if (file.empty() || stat(file.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size};
}

Result<TrustStore> system_store() {
  TrustStore store(X509_STORE_new(), &X509_STORE_free);
  if (!store) return fail(ErrorKind::Internal, "no memory for certificates");
  const int loaded = X509_STORE_set_default_paths(store.get());
  ERR_clear_error();
  if (loaded != 1) return fail(ErrorKind::InvalidInput, "the system's certificates cannot be used");
  return store;
}

Result<TrustStore> read_store(const std::string& ca_file) {
  if (ca_file.empty()) return system_store();
  const Result<std::string> pem = read_pem(ca_file);
  // The kind is not the file's: to whom connects, this is wrong configuration.
  if (!pem) return fail(ErrorKind::InvalidInput, fmt::format("ca_file {}", pem.error().message));
  TrustStore store(X509_STORE_new(), &X509_STORE_free);
  if (!store) return fail(ErrorKind::Internal, "no memory for certificates");
  if (const auto added = add_authorities(store.get(), *pem, "ca_file " + ca_file); !added) return fail(added);
  return store;
}

class Cache {
 public:
  Result<TrustStore> get(const std::string& ca_file) EXCLUDES(mutex_) {
    const Stamp stamp = stamp_of(ca_file);
    {
      const MutexLock lock(mutex_);
      const auto it = stores_.find(ca_file);
      if (it != stores_.end() && it->second.stamp == stamp) return it->second.store;
    }
    Result<TrustStore> store = read_store(ca_file);
    if (!store) return store;
    const MutexLock lock(mutex_);
    if (stores_.size() >= kMaxStores) stores_.clear();
    stores_[ca_file] = {stamp, *store};
    return store;
  }

 private:
  Mutex mutex_;
  std::map<std::string, Entry> stores_ GUARDED_BY(mutex_);
};

}  // namespace

Result<TrustStore> trust_store(const std::string& ca_file) {
  static Cache cache;
  return cache.get(ca_file);
}

}  // namespace picket
