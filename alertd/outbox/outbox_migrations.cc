#include <array>

#include "alertd/outbox/outbox.h"

namespace picket::alertd {
namespace {

constexpr std::array kMigrations = {sql::Migration{1, "create_deliveries", R"sql(
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY, lane TEXT NOT NULL, receiver TEXT NOT NULL, integration TEXT NOT NULL, target TEXT NOT NULL,
  group_key TEXT NOT NULL, status TEXT NOT NULL, summary TEXT NOT NULL, payload TEXT NOT NULL, state TEXT NOT NULL,
  attempts BIGINT NOT NULL, created_at BIGINT NOT NULL, next_try_at BIGINT NOT NULL, finished_at BIGINT NOT NULL,
  claimed_by TEXT NOT NULL, claimed_until BIGINT NOT NULL, last_detail TEXT NOT NULL);
CREATE INDEX deliveries_due ON deliveries (state, next_try_at);
CREATE INDEX deliveries_lane ON deliveries (lane, state, id);
CREATE TABLE delivery_attempts (
  delivery_id TEXT NOT NULL, number BIGINT NOT NULL, started_at BIGINT NOT NULL, outcome TEXT NOT NULL, code BIGINT NOT NULL,
  detail TEXT NOT NULL, provider_id TEXT NOT NULL, latency_ms BIGINT NOT NULL, maybe_delivered BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, number))
)sql"},
                                    sql::Migration{2, "lanes_of_integrations", R"sql(
ALTER TABLE deliveries ADD COLUMN integration_id TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN stored_group_key TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN supersedes TEXT NOT NULL DEFAULT '';
ALTER TABLE deliveries ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN waiting_since BIGINT NOT NULL DEFAULT 0;
UPDATE deliveries SET integration_id = receiver || '/' || integration, stored_group_key = group_key, waiting_since = created_at,
  lane = receiver || '/' || substr(lane, length(receiver) + 2)
  WHERE state = 'pending';
CREATE INDEX deliveries_integration ON deliveries (state, integration_id, next_try_at)
)sql"},
                                    sql::Migration{3, "index_what_is_finished", R"sql(
CREATE INDEX deliveries_finished ON deliveries (finished_at, id);
CREATE INDEX deliveries_with_payload ON deliveries (finished_at, id) WHERE payload <> ''
)sql"}};

}  // namespace

std::span<const sql::Migration> Outbox::migrations() {
  return kMigrations;
}

}  // namespace picket::alertd
