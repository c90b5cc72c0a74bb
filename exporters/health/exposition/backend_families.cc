#include "base/time/timestamp.h"
#include "exporters/health/exposition/check_family.h"

namespace picket::health {

namespace {

using enum MetricType;

/// One optional field of the facts, as a gauge.
template <class F, auto Field>
void optional_number(FamilyWriter& f, const CheckStatus& c) {
  const auto* all = facts<F>(c);
  if (all != nullptr && (all->*Field)) f.sample({name(c)}, static_cast<double>(*(all->*Field)));
}

void smtp_codes(FamilyWriter& f, const CheckStatus& c) {
  const auto* smtp = facts<SmtpFacts>(c);
  if (smtp == nullptr) return;
  for (const auto& [step, code] : smtp->reply_codes) f.sample({name(c), step}, code);
}

void postgres_connections(FamilyWriter& f, const CheckStatus& c) {
  const auto* postgres = facts<PostgresFacts>(c);
  if (postgres == nullptr) return;
  for (const auto& [state, count] : postgres->connections)
    f.sample({name(c), state}, static_cast<double>(count));
}

void redis_role(FamilyWriter& f, const CheckStatus& c) {
  const auto* redis = facts<RedisFacts>(c);
  if (redis != nullptr && !redis->role.empty()) f.sample({name(c), redis->role}, 1);
}

void redis_last_save(FamilyWriter& f, const CheckStatus& c) {
  const auto* redis = facts<RedisFacts>(c);
  if (redis != nullptr && redis->last_save) f.sample({name(c)}, unix_seconds(*redis->last_save));
}

const CheckFamily kBackends[] = {
    {Gauge,
     "health_smtp_reply_code",
     "Reply code by step (banner, ehlo, starttls, auth, mail, rcpt).",
     {"check", "step"},
     smtp_codes},
    {Gauge,
     "health_smtp_starttls_offered",
     "1 if STARTTLS is offered.",
     {"check"},
     optional_number<SmtpFacts, &SmtpFacts::starttls_offered>},
    {Gauge,
     "health_postgres_connections",
     "Server connections by state.",
     {"check", "state"},
     postgres_connections},
    {Gauge,
     "health_postgres_max_connections",
     "max_connections.",
     {"check"},
     optional_number<PostgresFacts, &PostgresFacts::max_connections>},
    {Gauge,
     "health_postgres_in_recovery",
     "1 on a standby.",
     {"check"},
     optional_number<PostgresFacts, &PostgresFacts::in_recovery>},
    {Gauge,
     "health_postgres_replication_lag_seconds",
     "Replay lag.",
     {"check"},
     optional_number<PostgresFacts, &PostgresFacts::replication_lag_seconds>},
    {Gauge,
     "health_postgres_oldest_transaction_age_seconds",
     "Age of the oldest open transaction.",
     {"check"},
     optional_number<PostgresFacts, &PostgresFacts::oldest_transaction_age_seconds>},
    {Gauge,
     "health_postgres_transaction_id_age",
     "Transactions since the oldest unfrozen row.",
     {"check"},
     optional_number<PostgresFacts, &PostgresFacts::transaction_id_age>},
    {Gauge,
     "health_redis_used_memory_bytes",
     "Memory in use.",
     {"check"},
     optional_number<RedisFacts, &RedisFacts::used_memory_bytes>},
    {Gauge,
     "health_redis_max_memory_bytes",
     "maxmemory, 0 if unlimited.",
     {"check"},
     optional_number<RedisFacts, &RedisFacts::max_memory_bytes>},
    {Gauge,
     "health_redis_connected_clients",
     "Clients.",
     {"check"},
     optional_number<RedisFacts, &RedisFacts::connected_clients>},
    {Gauge,
     "health_redis_master_link_up",
     "1 if the replica link is up.",
     {"check"},
     optional_number<RedisFacts, &RedisFacts::master_link_up>},
    {Info, "health_redis_role_info", "Constant 1, role.", {"check", "role"}, redis_role},
    {Gauge,
     "health_redis_last_save_timestamp_seconds",
     "Last successful RDB save.",
     {"check"},
     redis_last_save},
};

}  // namespace

std::span<const CheckFamily> backend_families() {
  return kBackends;
}

}  // namespace picket::health
