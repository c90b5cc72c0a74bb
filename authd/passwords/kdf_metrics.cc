#include "authd/passwords/kdf_metrics.h"

#include "authd/passwords/kdf_ticket.h"

namespace picket::authd {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

const Buckets& duration_buckets() {
  static const Buckets buckets{0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5};
  return buckets;
}

const Buckets& wait_buckets() {
  static const Buckets buckets{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4};
  return buckets;
}

prometheus::Labels labels_of(HashAlgorithm algorithm) {
  return {{"alg", std::string(to_string(algorithm))}};
}

}  // namespace

KdfMetrics::KdfMetrics(MetricRegistry& registry)
    : duration_(registry.histogram("authd_kdf_duration_seconds", "Time to hash or verify one password.")),
      queue_wait_(
          registry.histogram("authd_kdf_queue_wait_seconds", "Time that password work waited for a core.")
              .Add({}, wait_buckets())),
      queue_depth_(
          registry.gauge("authd_kdf_queue_depth", "Passwords that wait to be hashed or verified.").Add({})),
      rejected_(registry.counter("authd_kdf_rejected_total",
                                 "Password work not done (queue_full, key_share, expired, caller_gone, "
                                 "stopping).")) {
  for (const HashAlgorithm algorithm : {HashAlgorithm::Argon2id, HashAlgorithm::Bcrypt})
    duration_.Add(labels_of(algorithm), duration_buckets());
  for (const KdfRejection reason : kKdfRejections)
    rejected_.Add({{"reason", std::string(to_string(reason))}});
}

void KdfMetrics::ran(HashAlgorithm algorithm, Duration took) {
  duration_.Add(labels_of(algorithm), duration_buckets()).Observe(seconds(took));
}

void KdfMetrics::waited(Duration wait) {
  queue_wait_.Observe(seconds(wait));
}

void KdfMetrics::depth(std::size_t waiting) {
  queue_depth_.Set(static_cast<double>(waiting));
}

void KdfMetrics::rejected(std::string_view reason) {
  rejected_.Add({{"reason", std::string(reason)}}).Increment();
}

}  // namespace picket::authd
