// What may be asked for: the metrics of docs/metrics.md, the series that rules/ records, and those of other programs.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, tree } from '../modules.mjs';

const yaml = load('yaml');
const kDaemons = ['health_exporter', 'business_exporter', 'security_exporter', 'alertd', 'authd'];

// Of other programs, with the labels that the boards use.
const kForeign = {
  'Prometheus itself': {
    up: '', scrape_duration_seconds: '', scrape_samples_scraped: '', scrape_samples_post_metric_relabeling: '', scrape_series_added: '',
    ALERTS: 'alertname alertstate severity team category', ALERTS_FOR_STATE: 'alertname severity team category',
    prometheus_build_info: 'version', prometheus_tsdb_head_series: '', prometheus_tsdb_head_samples_appended_total: '',
    prometheus_tsdb_storage_blocks_bytes: '', prometheus_rule_evaluation_failures_total: 'rule_group', prometheus_rule_group_last_duration_seconds: 'rule_group',
    prometheus_rule_group_interval_seconds: 'rule_group', prometheus_config_last_reload_successful: '',
    prometheus_rule_group_iterations_missed_total: 'rule_group', prometheus_engine_query_duration_seconds: 'slice quantile',
    prometheus_target_interval_length_seconds: 'interval quantile', prometheus_tsdb_head_series_created_total: '',
  },
  'a team\'s own application': {
    http_requests_total: 'code method handler', http_request_duration_seconds_bucket: 'le handler', http_request_duration_seconds_count: '',
    http_requests_in_flight: '',
  },
  node_exporter: {
    node_cpu_seconds_total: 'cpu mode', node_load1: '', node_memory_MemTotal_bytes: '', node_memory_MemAvailable_bytes: '',
    node_filesystem_avail_bytes: 'mountpoint device fstype', node_filesystem_size_bytes: 'mountpoint device fstype', node_filesystem_readonly: 'mountpoint',
    node_filesystem_files_free: 'mountpoint', node_filesystem_files: 'mountpoint', node_network_receive_bytes_total: 'device',
    node_network_transmit_bytes_total: 'device', node_network_receive_errs_total: 'device', node_network_transmit_errs_total: 'device',
    node_disk_read_bytes_total: 'device', node_disk_written_bytes_total: 'device', node_disk_io_time_seconds_total: 'device',
    node_pressure_cpu_waiting_seconds_total: '', node_pressure_memory_waiting_seconds_total: '', node_pressure_io_waiting_seconds_total: '',
    node_filefd_allocated: '', node_filefd_maximum: '', node_boot_time_seconds: '', node_uname_info: 'nodename',
  },
  postgres_exporter: {
    pg_up: '', pg_stat_activity_count: 'datname state', pg_settings_max_connections: '', pg_stat_database_xact_commit: 'datname',
    pg_stat_database_xact_rollback: 'datname', pg_stat_database_blks_hit: 'datname', pg_stat_database_blks_read: 'datname',
    pg_locks_count: 'datname mode', pg_database_size_bytes: 'datname', pg_stat_database_deadlocks: 'datname', pg_stat_activity_max_tx_duration: 'datname state',
  },
  redis_exporter: {
    redis_up: '', redis_memory_used_bytes: '', redis_memory_max_bytes: '', redis_connected_clients: '', redis_keyspace_hits_total: '',
    redis_keyspace_misses_total: '', redis_evicted_keys_total: '', redis_commands_processed_total: '', redis_db_keys: 'db',
  },
};
// These count although their names do not end in _total.
export const kCounters = /^pg_stat_database_(xact_commit|xact_rollback|blks_hit|blks_read|deadlocks)$/;

function documented() {
  const rows = readFileSync(join(tree, 'docs/metrics.md'), 'utf8').matchAll(/^\| `([^`]+)` \| (\w+) \| ([^|]*) \|/gm);
  return [...rows].flatMap(([, name, type, labels]) => {
    const own = [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label);
    const all = name.startsWith('<daemon>') ? kDaemons.map((daemon) => name.replace('<daemon>', daemon)) : [name];
    const parts = type === 'histogram' ? [['_bucket', ['le']], ['_sum', []], ['_count', []]] : [['', []]];
    return all.flatMap((base) => parts.map(([ending, more]) => [base + ending, [...own, ...more]]));
  });
}

// The series that rules/recording.yml and rules/slo.yml record, with their labels.
const kRecorded = {
  'job:http_requests:rate5m': 'job', 'job:http_requests_errors:rate5m': 'job', 'job:http_requests_errors:ratio_rate5m': 'job',
  'job:http_request_duration_seconds:p50_5m': 'job', 'job:http_request_duration_seconds:p95_5m': 'job',
  'job:http_request_duration_seconds:p99_5m': 'job', 'job:apdex:ratio_rate5m': 'job',
  'instance:cpu_utilisation:ratio_rate5m': 'job instance', 'instance:memory_utilisation:ratio': 'job instance',
  'instance_mountpoint:filesystem_avail:ratio': 'job instance mountpoint', 'service:health_check_uptime:ratio1h': 'check',
  'currency:business_revenue_minor_units:increase1d': 'currency', 'currency:business_refund_minor_units:increase1d': 'currency',
  'business:customer_churn:ratio30d': '', 'business:nps:score30d': '', 'business:csat:ratio30d': '', 'kind:business_jobs_completed:ratio1d': 'kind',
  'job:authd_logins:rate5m': 'job result', 'source:security_attack_requests:rate5m': 'source', 'fleet:alerts_firing:count': 'severity',
  'slo:objective:ratio': 'slo service', 'slo:error_budget:ratio': 'slo service', 'slo:time_period:days': 'slo service',
  'slo:current_burn_rate:ratio': 'slo service', 'slo:period_burn_rate:ratio': 'slo service', 'slo:period_error_budget_remaining:ratio': 'slo service',
  'slo:sli_total:rate5m': 'slo service', 'slo:sli_errors:rate5m': 'slo service', 'slo:sli_total:events1h': 'slo service',
  ...Object.fromEntries(['5m', '30m', '1h', '2h', '6h', '1d', '3d', '30d'].map((window) => [`slo:sli_error:ratio_rate${window}`, 'slo service'])),
};

const ruleFiles = () => readdirSync(join(tree, 'rules')).filter((name) => name.endsWith('.yml') && name !== 'thresholds.yml')
  .map((name) => readFileSync(join(tree, 'rules', name), 'utf8'));

/** { records, alerts, text } of rules/*.yml. */
export function readRules() {
  const texts = ruleFiles();
  const rules = texts.flatMap((text) => yaml.parse(text).groups ?? []).flatMap((group) => group.rules ?? []);
  return {
    records: new Set(rules.flatMap(({ record }) => record ?? [])),
    alerts: new Set(rules.flatMap(({ alert }) => alert ?? [])),
    burnRates: new Set(rules.flatMap(({ labels }) => (labels?.burn_rate ? Number(labels.burn_rate) : []))),
    text: texts.join('\n'),
  };
}

/** Metric to its labels. A recorded one counts when rules/ records it. */
export function readCatalogue({ records }) {
  const labels = (own) => new Set(['job', 'instance', ...own.filter(Boolean)]);
  return new Map([
    ...documented().map(([name, own]) => [name, labels(own)]),
    ...Object.values(kForeign).flatMap(Object.entries).map(([name, own]) => [name, labels(own.split(' '))]),
    ...Object.entries(kRecorded).filter(([name]) => records.has(name)).map(([name, own]) => [name, new Set(own.split(' ').filter(Boolean))]),
  ]);
}

export const hasRunbook = (name) => existsSync(join(tree, 'docs/runbooks', `${name}.md`));
