// Fleet: the programs themselves. Are they scraped, which version, what do they use, and does their own work succeed.
import {
  above, bars, below, board, heatmap, inc, kGroupName, kUp, kYesIsGood, latency, m, quantile, r, row, series, stat, states, table,
} from '../panels.mjs';

const daemons = '(authd|alertd|health_exporter|business_exporter|security_exporter)';
const all = (name, matchers = '') => `{__name__=~"${daemons}_${name}",job=~"$job",instance=~"$instance"${matchers && `,${matchers}`}}`;
const builds = '{__name__=~"[a-z_]+_build_info",job=~"$job",instance=~"$instance"}';

const targets = row('Targets', [
  stat({
    title: 'Targets not scraped',
    shows: 'Targets whose metrics Prometheus could not get at its last try.',
    good: 'None.',
    act: 'Is the program running? If so: does it listen where Prometheus asks, and may Prometheus read?',
    expr: `count(${m('up')} == 0) or 0 * count(${m('up')})`, legend: 'down', unit: 'none', fill: true, limits: above({ critical: 1 }), alerts: ['TargetDown', 'AuthdDown', 'HealthExporterDown'],
    down: 'fleet-self', none: 'No targets', w: 4, h: 9,
  }),
  states({
    title: 'Which targets are scraped',
    shows: 'For each target whether its metrics could be had.',
    good: 'Green throughout.',
    act: 'A gap of one target is its own; a gap of all at once is Prometheus or the network.',
    expr: m('up'), legend: '{{job}} {{instance}}', unit: 'none', max: 1, mappings: kUp, limits: below({ critical: 1 }), alerts: ['TargetMissing', 'AuthdMissing', 'HealthExporterMissing'],
    down: ['fleet-self', 'job', 'instance'], none: 'No targets', w: 10, h: 9,
  }),
  table({
    title: 'Programs',
    shows: 'Each program: its version, how long it runs, how often it was started in 24 hours, and whether its configuration is the one in the file.',
    good: 'One version of each, no restart that nobody planned, configuration loaded.',
    act: 'A configuration that is not loaded has a mistake: the log names its line.',
    queries: [
      [`max by (job, instance, version) (${builds})`, 'Runs'],
      [`(time() - max by (job, instance) (${m('process_start_time_seconds')})) * on (job, instance) group_right () max by (job, instance, version) (${builds})`, 'Up for'],
      [`max by (job, instance) (changes(${m('process_start_time_seconds')}[1d])) * on (job, instance) group_right () max by (job, instance, version) (${builds})`, 'Restarts'],
      [`max by (job, instance) ({__name__=~"[a-z_]+_config_last_reload_successful",job=~"$job",instance=~"$instance"}) * on (job, instance) group_right () max by (job, instance, version) (${builds})`, 'Loaded'],
    ],
    labels: { job: 'Job', instance: 'Instance', version: 'Version' },
    columns: {
      'Up for': { unit: 's' }, Restarts: { limits: above({ warning: 1 }), cell: 'color-text', decimals: 0 },
      Loaded: { mappings: kYesIsGood, limits: below({ critical: 1 }), cell: 'color-text' },
    },
    sort: 'Job', unit: 'none', alerts: ['ProcessCrashLoop', 'AuthdConfigReloadFailed', 'HealthConfigReloadFailed', 'BusinessConfigReloadFailed', 'SecurityConfigReloadFailed'],
    down: ['fleet-self', 'job', 'instance'], none: 'No programs', w: 10, h: 9,
  }),
  series({
    title: 'Time of scrapes',
    shows: 'How long each scrape takes.',
    good: 'Below a second, and far below the interval.',
    act: 'A slow one has too many series, or a program that is busy: see the series beside.',
    expr: `topk(20, ${m('scrape_duration_seconds')})`, legend: '{{job}} {{instance}}', unit: 's', limits: above({ warning: 'scrape_slow' }), alerts: ['ScrapeSlow'], down: ['fleet-self', 'job', 'instance'], none: 'No targets', w: 8,
  }),
  series({
    title: 'Series of each target',
    shows: 'Samples in each scrape.',
    good: 'Steady.',
    act: 'A climb is a label whose values never end: the program leaves the surplus out and counts it (below).',
    expr: `topk(20, ${m('scrape_samples_scraped')})`, legend: '{{job}} {{instance}}', unit: 'short', alerts: ['SeriesGrowth'], down: ['fleet-self', 'job', 'instance'], none: 'No targets', w: 8,
  }),
  series({
    title: 'Series left out',
    shows: 'Series that the programs left out of answers in an hour, because the limit of their family was reached.',
    good: 'None.',
    act: 'Find the family in the metrics, and the label whose values never end.',
    expr: `sum by (job) (increase(${all('series_overflow_total')}[1h])) or 0 * count by (job) (${all('build_info')})`, legend: '{{job}}', unit: 'short', limits: above({ warning: 1 }), alerts: ['SeriesLimitReached'], down: ['fleet-self', 'job'], none: 'None was left out', w: 8,
  }),
]);

const use = row('What programs use', [
  series({
    title: 'Processor',
    shows: 'Processors that each program keeps busy.',
    good: 'A small part of one.',
    act: 'A program that stays at 1 or above is busy with one task: see its requests and its log.',
    expr: `topk(20, ${r('process_cpu_seconds_total')})`, legend: '{{job}} {{instance}}', unit: 'none', decimals: 2, down: ['fleet-self', 'job', 'instance'], none: 'No programs', w: 8,
  }),
  series({
    title: 'Memory',
    shows: 'Memory that each program has in use.',
    good: 'Steady after the first hours.',
    act: 'A line that only climbs is a leak: restart the program, and report what it did.',
    expr: `topk(20, ${m('process_resident_memory_bytes')})`, legend: '{{job}} {{instance}}', unit: 'bytes', down: ['fleet-self', 'job', 'instance'], none: 'No programs', w: 8,
  }),
  series({
    title: 'Open files and connections',
    shows: 'Share of the file descriptors that each program may open.',
    good: 'Below half.',
    act: 'Many connections that stay open, or a leak: near 100 % nobody can connect any more.',
    expr: `topk(20, ${m('process_open_fds')} / (${m('process_max_fds')} > 0))`, legend: '{{job}} {{instance}}', unit: 'percentunit', max: 1, limits: above({ warning: 'process_fds_ratio' }), alerts: ['ProcessFdsHigh'], down: ['fleet-self', 'job', 'instance'], none: 'No programs', w: 8,
  }),
  series({
    title: 'Threads',
    shows: 'Threads of each program.',
    good: 'Constant: pools have a fixed size.',
    act: 'A number that grows is work that never ends.',
    expr: `topk(20, ${m('process_threads')})`, legend: '{{job}} {{instance}}', unit: 'none', down: ['fleet-self', 'job', 'instance'], none: 'No programs', w: 8,
  }),
  series({
    title: 'Refused before any work',
    shows: 'Requests a minute that programs refused because of their form, their number or a missing password, by reason.',
    good: 'None, or a scanner now and then.',
    act: 'max_connections and overload say that a client asks too often; auth that a password is wrong.',
    expr: `60 * topk(20, sum by (job, reason) (rate(${all('http_rejected_requests_total')}[$__rate_interval])))`, legend: '{{job}} {{reason}}', unit: 'cpm', down: ['fleet-self', 'job'], none: 'Nothing was refused', w: 8,
  }),
  latency({
    title: 'Time to answer by program',
    shows: 'The time that 99 % of the requests of each program stay below, metrics and pages together.',
    good: 'Below a second.',
    act: 'A slow program is busy or waits for its database.',
    expr: `histogram_quantile(0.99, sum by (job, le) (rate(${all('http_request_duration_seconds_bucket')}[$__rate_interval])))`, legend: '{{job}}', down: ['fleet-infra', 'job'], w: 8,
  }),
]);

const logs = row('Their own work', [
  series({
    title: 'Warnings and errors in logs',
    shows: 'Log messages a minute of the levels warn and error.',
    good: 'None, or a few after a change.',
    act: 'Read them: they say what failed and to what.',
    expr: `60 * sum by (job, level) (rate(${all('log_messages_total', 'level=~"warn|warning|error"')}[$__rate_interval]))`, legend: '{{job}} {{level}}', unit: 'cpm', down: ['fleet-self', 'job'], none: 'No messages', w: 8,
  }),
  series({
    title: 'Steps of the clock',
    shows: 'Steps of the wall clock of more than two seconds in an hour, and tasks that ended with a fault.',
    good: 'None.',
    act: 'A clock that jumps makes times in logs and tokens wrong: see to its synchronisation.',
    queries: [[`sum by (job) (increase(${all('clock_jumps_total')}[1h]))`, '{{job}} steps'], [`sum by (job) (increase(${all('task_failures_total')}[1h]))`, '{{job}} failed tasks']],
    unit: 'short', limits: above({ warning: 1 }), alerts: ['ClockJump'], down: ['fleet-self', 'job'], none: 'None', w: 8,
  }),
  series({
    title: 'State that could not be written',
    shows: 'Writes of state that failed in 15 minutes, by program.',
    good: 'None.',
    act: 'The disk is full or read-only: after a restart older results would be shown.',
    queries: [
      [`sum by (job) (${inc('health_exporter_state_write_failures_total', '15m')}) or 0 * count by (job) (${m('health_exporter_build_info')})`, '{{job}}'],
      [`sum by (job) (${inc('business_exporter_state_write_failures_total', '15m')}) or 0 * count by (job) (${m('business_exporter_build_info')})`, '{{job}}'],
      [`sum by (job) (${inc('authd_audit_write_failures_total', '15m')})`, '{{job}} (audit)'],
    ],
    unit: 'short', limits: above({ critical: 1 }), alerts: ['HealthStateWriteFailing', 'BusinessStateWriteFailing', 'AuthdAuditWriteFailing'], down: ['fleet-self', 'job'], none: 'None', w: 8,
  }),
  heatmap({
    title: 'How late probes begin',
    shows: 'How long after their time the probes of health_exporter began.',
    good: 'Milliseconds.',
    act: 'Seconds say that too many probes wait for each other: give it more processors or longer intervals.',
    expr: `sum by (le) (increase(${m('health_exporter_scheduler_lag_seconds_bucket')}[$__rate_interval]))`, alerts: ['HealthProbesStalled'], down: 'fleet-infra', none: 'No probes', w: 8,
  }),
  latency({
    title: 'Slowest business queries',
    shows: 'The time that 95 % of the runs of each query stay below: the ten slowest.',
    good: 'Far below the interval of the query.',
    act: 'business_exporter query NAME --dry-run shows its plan: is an index missing?',
    expr: `topk(10, ${quantile(0.95, 'business_query_duration_seconds', '', 'query')})`, legend: '{{query}}', alerts: ['BusinessQueriesSkipped'], down: 'fleet-business', none: 'No queries ran', w: 8,
  }),
  series({
    title: 'Business queries that fail',
    shows: 'Runs of queries that failed in 15 minutes, by reason.',
    good: 'None.',
    act: 'connect is the database, timeout a slow query, sql and shape a view that changed.',
    expr: `sum by (reason) (${inc('business_query_failures_total', '15m')})`, legend: '{{reason}}', unit: 'short', limits: above({ warning: 1 }), alerts: ['BusinessQueryFailing', 'BusinessDatabaseUnreachable'],
    down: 'fleet-business', none: 'None failed', w: 8,
  }),
  series({
    title: 'Security events that wait',
    shows: 'Events of security_exporter that are not stored yet, and bytes of logs that are not read, in MiB.',
    good: 'Near zero.',
    act: 'When both climb, the disk is slow or the exporter busy: rotated logs may be gone before they are read.',
    queries: [[`sum(${m('security_events_waiting')})`, 'events'], [`sum(${m('security_log_lag_bytes')}) / 1048576`, 'MiB not read']],
    unit: 'short', alerts: ['SecurityEventStoreDown', 'SecurityEventsDropped'], down: 'fleet-security', none: 'security_exporter is not scraped', w: 8,
  }),
  series({
    title: 'Password work that waits',
    shows: 'Passwords that wait for a processor to be verified, and how many authd turned away in five minutes.',
    good: 'None waits.',
    act: 'A flood of logins: see the security board. Without one authd has too few processors.',
    queries: [[`sum(${m('authd_kdf_queue_depth')})`, 'waiting'], [`sum(${inc('authd_kdf_rejected_total', '5m')})`, 'turned away']],
    unit: 'short', alerts: ['AuthdLoginQueueFull'], down: 'fleet-security', none: 'authd is not scraped', w: 8,
  }),
  latency({
    title: 'Time to verify a password',
    shows: 'The time that 95 % of the passwords take to verify: slow on purpose.',
    good: 'Between 50 and 500 ms.',
    act: 'Far more says that processors are short; far less that passwords are cheap to guess.',
    expr: quantile(0.95, 'authd_kdf_duration_seconds', '', 'alg'), legend: '{{alg}}', alerts: ['AuthdLoginQueueFull'], down: 'fleet-security', none: 'No passwords', w: 8,
  }),
]);

const engine = row('Prometheus', [
  series({
    title: 'Series in memory',
    shows: 'Series that Prometheus holds in its head.',
    good: 'Steady.',
    act: 'A climb of one job is in the row of targets above.',
    expr: m('prometheus_tsdb_head_series'), legend: '{{instance}}', unit: 'short', down: 'fleet-self', none: 'Prometheus does not scrape itself', w: 8,
  }),
  series({
    title: 'Samples a second',
    shows: 'Samples that Prometheus takes in.',
    good: 'Steady.',
    act: 'A fall is a target that is lost, a rise one that was added.',
    expr: r('prometheus_tsdb_head_samples_appended_total'), legend: '{{instance}}', unit: 'ops', down: 'fleet-self', none: 'Prometheus does not scrape itself', w: 8,
  }),
  series({
    title: 'Recording that fails or is late',
    shows: 'Evaluations of recorded series that failed or were left out in 15 minutes.',
    good: 'None.',
    act: 'What is recorded is missing then, here and in alerts: the log of Prometheus names the rule.',
    queries: [
      [`sum by (instance) (${inc('prometheus_rule_evaluation_failures_total', '15m')})`, '{{instance}} failed'],
      [`sum by (instance) (${inc('prometheus_rule_group_iterations_missed_total', '15m')})`, '{{instance}} left out'],
    ],
    unit: 'short', limits: above({ critical: 1 }), alerts: ['RuleEvaluationFailing'], down: 'fleet-self', none: 'No rules', w: 8,
  }),
  bars({
    title: 'Slowest groups of rules',
    shows: 'How long the last evaluation of each group of recorded series took: the ten slowest.',
    good: 'Far below the interval.',
    act: 'A group that takes seconds reads a long range: record a shorter one first.',
    expr: `topk(10, max by (rule_group) (${m('prometheus_rule_group_last_duration_seconds')}))`, legend: '{{rule_group}}', rename: kGroupName, unit: 's', alerts: ['RuleEvaluationSlow'], down: 'fleet-self', none: 'No rules', w: 16,
  }),
  stat({
    title: 'Disk of Prometheus',
    shows: 'What the stored blocks take on disk.',
    good: 'As much as was planned for the retention.',
    act: 'Shorten the retention, or drop series that nobody reads.',
    expr: `sum by (instance) (${m('prometheus_tsdb_storage_blocks_bytes')})`, legend: '{{instance}}', unit: 'bytes', down: 'fleet-infra', none: 'Prometheus does not scrape itself', w: 8, h: 8,
  }),
], { closed: true });

export default board({
  uid: 'fleet-self',
  title: 'Fleet',
  about: 'The programs themselves: whether they are scraped, which version, what they use, and whether their own work succeeds.',
  jobs: 'up',
  rows: [targets, use, logs, engine],
});
