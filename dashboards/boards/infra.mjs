// Technical Infrastructure: requests of every job (rate, errors, duration), what probes see, and hosts, PostgreSQL and Redis.
import {
  above, bars, below, board, heatmap, kUp, latency, m, quantile, r, row, series, stat, states, table, variable,
} from '../panels.mjs';

// The daemons name their families by themselves; applications use the names without a prefix.
const own = '((authd|alertd|health_exporter|business_exporter|security_exporter)_)?';
const family = (name, matchers = '') => `{__name__=~"${own}${name}",job=~"$job",instance=~"$instance"${matchers && `,${matchers}`}}`;
const durations = (q) => `histogram_quantile(${q}, sum by (le) (rate(${family('http_request_duration_seconds_bucket')}[$__rate_interval])))`;
const check = 'check=~"$check"';
const disks = 'fstype!~"tmpfs|devtmpfs|ramfs|squashfs|iso9660|erofs|autofs"';

const requests = row('Requests', [
  series({
    title: 'Requests by job',
    shows: 'Requests a second that each job answers.',
    good: 'The usual shape of the day.',
    act: 'A sudden fall is as bad as a rise: see whether clients reach the service at all.',
    expr: m('job:http_requests:rate5m'), legend: '{{job}}', unit: 'reqps', down: ['fleet-self', 'job'], none: 'No requests', w: 8,
  }),
  series({
    title: 'Share of requests that fail',
    shows: 'Share of the requests that were answered with a status of 500 or more.',
    good: 'Near 0 %.',
    act: 'See below which status it is, then read the log of that job for the same minutes.',
    expr: m('job:http_requests_errors:ratio_rate5m'), legend: '{{job}}', unit: 'percentunit', limits: above({ critical: 'http_error_ratio' }), alerts: ['HighErrorRate'], down: ['fleet-self', 'job'], none: 'No requests', w: 8,
  }),
  latency({
    title: 'Slowest twentieth of the requests',
    shows: 'The time that 95 % of the requests of each job stay below.',
    good: 'Well below a second, and steady.',
    act: 'When it rises with the number of requests, capacity is short; when it rises alone, something behind it is slow.',
    expr: m('job:http_request_duration_seconds:p95_5m'), legend: '{{job}}', limits: above({ critical: 'http_latency_p95' }), alerts: ['HighLatencyP95'], down: ['fleet-self', 'job'], w: 8,
  }),
  series({
    title: 'Requests by status',
    shows: 'Requests a second of the chosen jobs, by the status of their answer.',
    good: 'Mostly 200; 401 and 404 are daily life.',
    act: 'Many 429 or 503 say that a limit is reached; many 500 are a fault.',
    expr: `sum by (code) (rate(${family('http_requests_total')}[$__rate_interval]))`, legend: '{{code}}', unit: 'reqps', stack: true,
    down: 'fleet-self', none: 'No requests', w: 8,
  }),
  latency({
    title: 'Time to answer',
    shows: 'The time that half, 95 % and 99 % of the requests of the chosen jobs stay below. Dots are exemplars.',
    good: 'Lines close to each other.',
    act: 'When only the upper lines rise, a few requests are slow: choose an exemplar and look at its trace.',
    queries: [[durations(0.5), 'half'], [durations(0.95), '95 %'], [durations(0.99), '99 %']], alerts: ['HighLatencyP95'], down: 'fleet-self', w: 8,
  }),
  series({
    title: 'Apdex',
    shows: 'Satisfied users: those within 0.25 s count fully, those within 1 s half.',
    good: 'Above 0.94 is excellent, above 0.85 good.',
    act: 'Look at the times beside it; a fall of Apdex alone says that many requests became a little slower.',
    expr: m('job:apdex:ratio_rate5m'), legend: '{{job}}', unit: 'none', max: 1, decimals: 2, lowFirst: true, down: ['fleet-self', 'job'], none: 'No requests', w: 8,
  }),
  heatmap({
    title: 'How long requests take',
    shows: 'How many requests took how long: the darker, the more.',
    good: 'One band that stays where it is.',
    act: 'A second band above the first is a cache that misses, a lock or a slow replica.',
    expr: `sum by (le) (increase(${family('http_request_duration_seconds_bucket')}[$__rate_interval]))`, down: 'fleet-self', none: 'No requests', w: 16,
  }),
  series({
    title: 'Requests under way',
    shows: 'Requests that are being served.',
    good: 'Low and steady.',
    act: 'A steady rise says that answers come slower than questions: find what they wait for.',
    expr: `sum by (job) (${family('http_requests_in_flight')})`, legend: '{{job}}', unit: 'none', down: ['fleet-self', 'job'], none: 'No requests', w: 8,
  }),
]);

const probes = row('Services, as probes see them', [
  states({
    title: 'Which services answer',
    shows: 'For each check whether its last probe succeeded.',
    good: 'Green throughout.',
    act: 'Compare where red begins with the marks of restarts and versions, then read the reason beside.',
    expr: m('health_check_up', check), legend: '{{check}}', unit: 'none', max: 1, mappings: kUp, limits: below({ critical: 1 }),
    alerts: ['ServiceDown', 'ServiceFlapping'], down: ['fleet-infra', 'check'], none: 'No checks', w: 12, h: 9,
  }),
  table({
    title: 'Uptime',
    shows: 'For each check the share of time in which it was not down, of an hour, a day, a week and 30 days.',
    good: 'What was promised, such as 99.9 %.',
    act: 'A check that falls over every window was never well: change it, or the service.',
    queries: [['1h', 'Hour'], ['24h', 'Day'], ['7d', 'Week'], ['30d', '30 days']].map(([window, name]) => [
      `max by (check) (${m('health_check_uptime_ratio', `window="${window}",${check}`)})`, name,
    ]),
    labels: { check: 'Check' }, sort: 'Day', unit: 'percentunit', decimals: 2, down: ['fleet-infra', 'check'], none: 'No checks', w: 12, h: 9,
  }),
  series({
    title: 'Failed probes by reason',
    shows: 'Probes of the chosen checks that failed, a minute, by reason.',
    good: 'None.',
    act: 'resolve is DNS, connect a port that is closed, tls and cert certificates, timeout and status the service itself.',
    expr: `60 * sum by (reason) (${r('health_check_probe_failures_total', check)})`, legend: '{{reason}}', unit: 'cpm', stack: true,
    alerts: ['ServiceProbesFailing'], down: 'fleet-infra', none: 'No probe failed', w: 8,
  }),
  latency({
    title: 'Time of probes',
    shows: 'The time that 95 % of the probes of each check stay below.',
    good: 'Steady, and far below the timeout of the check.',
    act: 'See beside in which phase the time passes.',
    expr: quantile(0.95, 'health_check_probe_duration_seconds', check, 'check'), legend: '{{check}}', down: ['fleet-infra', 'check'], none: 'No probes', w: 8,
  }),
  series({
    title: 'Where the time of probes goes',
    shows: 'The phases of the last probes, on average over the chosen checks: resolving, connecting, TLS, sending, waiting and receiving.',
    good: 'Nearly all of it is processing.',
    act: 'A long resolve phase is DNS; a long connect phase the network; processing is the service.',
    expr: `avg by (phase) (${m('health_check_phase_duration_seconds', check)})`, legend: '{{phase}}', unit: 's', stack: true, down: 'fleet-infra', none: 'No probes', w: 8,
  }),
  table({
    title: 'Certificates',
    shows: 'How long the certificates that services show are still valid.',
    good: 'Longer than the time that a renewal takes.',
    act: 'Renew it, and see that the service shows the new one: many must be told to read it again.',
    expr: `min by (check) (${m('health_tls_cert_not_after_timestamp_seconds', `position="0",${check}`)}) - time()`, legend: 'Left',
    labels: { check: 'Check' }, columns: { Left: { limits: below({ warning: 'certificate_expires_soon', critical: 'certificate_expires_critical' }), cell: 'color-text' } },
    sort: 'Left', unit: 's', alerts: ['CertificateExpiresSoon', 'CertificateExpired'], down: ['fleet-infra', 'check'], none: 'No certificate is checked', w: 12,
  }),
  heatmap({
    title: 'How long probes take',
    shows: 'How many probes took how long: the darker, the more.',
    good: 'A band for each kind of check.',
    act: 'When a band climbs, choose the check that it belongs to in the list above.',
    expr: `sum by (le) (increase(${m('health_check_probe_duration_seconds_bucket', check)}[$__rate_interval]))`, down: 'fleet-infra', none: 'No probes', w: 12,
  }),
]);

const hosts = row('Hosts', [
  series({
    title: 'Processors in use',
    shows: 'Share of the time in which the processors of each host work.',
    good: 'Room for the peaks of the day.',
    act: 'See in the board of the fleet which program it is; with the pressure beside it, work waits.',
    expr: m('instance:cpu_utilisation:ratio_rate5m'), legend: '{{instance}}', unit: 'percentunit', max: 1, limits: above({ critical: 'host_cpu_ratio' }), alerts: ['HostCpuHigh'], down: ['fleet-self', 'instance'], none: 'No host is measured', w: 8,
  }),
  series({
    title: 'Memory in use',
    shows: 'Share of the memory of each host that is in use and cannot be given back at once.',
    good: 'Steady.',
    act: 'A line that only climbs is a leak: find the program in the board of the fleet and restart it before the kernel does.',
    expr: m('instance:memory_utilisation:ratio'), legend: '{{instance}}', unit: 'percentunit', max: 1, limits: above({ critical: 'host_memory_ratio' }), alerts: ['HostMemoryHigh'], down: ['fleet-self', 'instance'], none: 'No host is measured', w: 8,
  }),
  series({
    title: 'Work that waits',
    shows: 'Share of the time in which at least one task waited for processor, memory or disk (pressure stall information).',
    good: 'Below a few percent.',
    act: 'Waiting for memory hurts most; waiting for io points at the disk.',
    queries: ['cpu', 'memory', 'io'].map((resource) => [
      `max by (instance) (${r(`node_pressure_${resource}_waiting_seconds_total`)}) or max by (instance) (${r('health_pressure_waiting_seconds_total', `resource="${resource}"`)})`,
      `{{instance}} ${resource}`,
    ]),
    unit: 'percentunit', max: 1, down: ['fleet-self', 'instance'], none: 'The kernel does not tell', w: 8,
  }),
  bars({
    title: 'Disk space left',
    shows: 'Share of each file system that is free.',
    good: 'A quarter or more.',
    act: 'Find out who fills it (du -xh / | sort -h | tail), and free some before writes fail.',
    expr: `sort(${m('instance_mountpoint:filesystem_avail:ratio')})`, legend: '{{instance}} {{mountpoint}}', unit: 'percentunit', max: 1, keepOrder: true,
    limits: below({ warning: 'host_disk_filling_ratio', critical: 'host_disk_avail_ratio' }), alerts: ['HostDiskAlmostFull'], down: ['fleet-infra', 'instance'], none: 'No file system is measured', w: 8,
  }),
  table({
    title: 'Disks that fill up',
    shows: 'Free space now, and what would be free in 24 hours if it went on as in the last six.',
    good: 'The second column is not much smaller than the first.',
    act: 'A negative number fills the disk within a day: stop what writes, or make room.',
    queries: [
      [`min by (instance, mountpoint) (${m('node_filesystem_avail_bytes', disks)}) or min by (instance, mountpoint) (${m('health_filesystem_avail_bytes', disks)})`, 'Free'],
      [`min by (instance, mountpoint) (predict_linear(${m('node_filesystem_avail_bytes', disks)}[6h], 86400)) or min by (instance, mountpoint) (predict_linear(${m('health_filesystem_avail_bytes', disks)}[6h], 86400))`, 'In 24 hours'],
    ],
    labels: { instance: 'Instance', mountpoint: 'File system' }, columns: { 'In 24 hours': { limits: below({ critical: 0 }), cell: 'color-text' } },
    sort: 'In 24 hours', unit: 'bytes', alerts: ['HostDiskFillingUp', 'HostDiskFullSoon'], down: ['fleet-infra', 'instance'], none: 'No file system is measured', w: 8,
  }),
  series({
    title: 'Disks at work',
    shows: 'Share of the time in which each disk had work.',
    good: 'Below half.',
    act: 'At 100 % everything waits: see who reads and writes, and whether it could be at another time.',
    expr: `topk(20, ${r('node_disk_io_time_seconds_total')})`, legend: '{{instance}} {{device}}', unit: 'percentunit', max: 1, down: ['fleet-infra', 'instance'], none: 'No node_exporter', w: 8,
  }),
  series({
    title: 'Network',
    shows: 'Bytes a second that each host receives (up) and sends.',
    good: 'Below what the link can do.',
    act: 'Compare with the requests above: traffic without requests is a copy, a backup or something that should not be.',
    queries: [
      [`sum by (instance) (${r('node_network_receive_bytes_total', 'device!="lo"')})`, '{{instance}} in'],
      [`sum by (instance) (${r('node_network_transmit_bytes_total', 'device!="lo"')})`, '{{instance}} out'],
    ],
    unit: 'Bps', down: ['fleet-infra', 'instance'], none: 'No node_exporter', w: 8,
  }),
  series({
    title: 'Disk reads and writes',
    shows: 'Bytes a second that the disks of each host read and write.',
    good: 'The usual shape of the day.',
    act: 'Writes that never end fill the disk: see the table above.',
    queries: [
      [`sum by (instance) (${r('node_disk_read_bytes_total')})`, '{{instance}} read'], [`sum by (instance) (${r('node_disk_written_bytes_total')})`, '{{instance}} written'],
    ],
    unit: 'Bps', down: ['fleet-infra', 'instance'], none: 'No node_exporter', w: 8,
  }),
  series({
    title: 'Load for each processor',
    shows: 'Tasks that run or wait, divided by the number of processors.',
    good: 'Below 1.',
    act: 'Above 1 tasks wait in turn; look which of processor, memory or disk they wait for.',
    expr: `max by (instance) (${m('node_load1')}) / count by (instance) (${r('node_cpu_seconds_total', 'mode="idle"')}) or max by (instance) (${m('health_load1')} / ${m('health_cpus')})`,
    legend: '{{instance}}', unit: 'none', decimals: 2, limits: above({ warning: 1 }), down: ['fleet-infra', 'instance'], none: 'No host is measured', w: 8,
  }),
]);

const postgres = row('PostgreSQL', [
  stat({
    title: 'PostgreSQL',
    shows: 'Whether the exporter reaches its database.',
    good: 'Up.',
    act: 'Is the server running, and may the exporter log in? Its log says which.',
    expr: m('pg_up'), legend: '{{instance}}', unit: 'none', max: 1, mappings: kUp, limits: below({ critical: 1 }), fill: true, alerts: ['DatabaseDown'], down: ['fleet-self', 'instance'],
    none: 'No postgres_exporter', w: 4, h: 8,
  }),
  series({
    title: 'Connections in use',
    shows: 'Share of the connections that the server allows.',
    good: 'Below 80 %: a deploy opens many at once.',
    act: 'Find who holds them (pg_stat_activity), and put a pool in between rather than raise the limit.',
    expr: `sum by (instance) (${m('pg_stat_activity_count')}) / sum by (instance) (${m('pg_settings_max_connections')})`, legend: '{{instance}}', unit: 'percentunit', max: 1,
    down: ['fleet-self', 'instance'], none: 'No postgres_exporter', w: 10,
  }),
  series({
    title: 'Transactions',
    shows: 'Transactions a second, those that were rolled back apart.',
    good: 'Hardly any rolled back.',
    act: 'Many rollbacks are errors of an application: its log says which.',
    queries: [
      [`sum by (instance) (${r('pg_stat_database_xact_commit')})`, '{{instance}} committed'], [`sum by (instance) (${r('pg_stat_database_xact_rollback')})`, '{{instance}} rolled back'],
    ],
    unit: 'ops', down: ['fleet-self', 'instance'], none: 'No postgres_exporter', w: 10,
  }),
  series({
    title: 'Reads that memory answered',
    shows: 'Share of the blocks that were found in memory rather than on disk.',
    good: 'Above 99 % for a busy database.',
    act: 'When it falls, a query reads a whole table, or the data has outgrown the memory.',
    expr: `sum by (instance) (${r('pg_stat_database_blks_hit')}) / (sum by (instance) (${r('pg_stat_database_blks_hit')}) + sum by (instance) (${r('pg_stat_database_blks_read')}) > 0)`,
    legend: '{{instance}}', unit: 'percentunit', max: 1, min: null, down: ['fleet-self', 'instance'], none: 'Nothing was read', w: 8,
  }),
  series({
    title: 'Locks',
    shows: 'Locks that are held, by mode.',
    good: 'Few, and none that stays.',
    act: 'An exclusive lock that stays stops everybody behind it: find the oldest transaction and end it.',
    expr: `sum by (mode) (${m('pg_locks_count')})`, legend: '{{mode}}', unit: 'none', stack: true, down: 'fleet-self', none: 'No postgres_exporter', w: 8,
  }),
  series({
    title: 'Size of databases',
    shows: 'How large each database is on disk.',
    good: 'Grows as slowly as the business.',
    act: 'A sudden rise is a bulk load, or bloat that vacuum cannot remove because of an old transaction.',
    expr: `topk(10, max by (datname) (${m('pg_database_size_bytes')}))`, legend: '{{datname}}', unit: 'bytes', down: 'fleet-self', none: 'No postgres_exporter', w: 8,
  }),
], { closed: true });

const redis = row('Redis', [
  stat({
    title: 'Redis',
    shows: 'Whether the exporter reaches Redis.',
    good: 'Up.',
    act: 'Is the server running, and may the exporter log in? authd goes on without it, with limits of each replica.',
    expr: m('redis_up'), legend: '{{instance}}', unit: 'none', max: 1, mappings: kUp, limits: below({ critical: 1 }), fill: true, alerts: ['CacheDown', 'AuthdRedisDown'],
    down: ['fleet-self', 'instance'], none: 'No redis_exporter', w: 4, h: 8,
  }),
  series({
    title: 'Memory of Redis',
    shows: 'Memory that the data takes.',
    good: 'Below the limit that is set (maxmemory).',
    act: 'At the limit keys are evicted, or writes fail: see which, and find the keys without an expiry.',
    expr: m('redis_memory_used_bytes'), legend: '{{instance}}', unit: 'bytes', down: ['fleet-self', 'instance'], none: 'No redis_exporter', w: 10,
  }),
  series({
    title: 'Commands',
    shows: 'Commands a second.',
    good: 'The usual shape of the day.',
    act: 'A sudden rise is a loop or a cache that misses.',
    expr: `sum by (instance) (${r('redis_commands_processed_total')})`, legend: '{{instance}}', unit: 'ops', down: ['fleet-self', 'instance'], none: 'No redis_exporter', w: 10,
  }),
  series({
    title: 'Clients of Redis',
    shows: 'Connections that are open.',
    good: 'Steady.',
    act: 'A line that only climbs is a program that does not close its connections.',
    expr: m('redis_connected_clients'), legend: '{{instance}}', unit: 'none', down: ['fleet-self', 'instance'], none: 'No redis_exporter', w: 12,
  }),
  series({
    title: 'Evicted keys',
    shows: 'Keys a second that were removed to make room.',
    good: 'None, unless Redis is a cache only.',
    act: 'Give it more memory, or let keys expire: what is evicted may be a limit that is then forgotten.',
    expr: r('redis_evicted_keys_total'), legend: '{{instance}}', unit: 'ops', down: ['fleet-self', 'instance'], none: 'No redis_exporter', w: 12,
  }),
], { closed: true });

export default board({
  uid: 'fleet-infra',
  title: 'Technical Infrastructure',
  about: 'Requests of every job, services as probes see them, and the machines, PostgreSQL and Redis below.',
  jobs: 'up',
  variables: [variable('check', 'Check', 'health_check_up')],
  rows: [requests, probes, hosts, postgres, redis],
});
