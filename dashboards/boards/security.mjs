// Security: who logs in and who fails to, attacks and what was answered, limits and transfers, the audit log, posture.
import {
  above, bars, below, board, heatmap, inc, kYesIsGood, kpi, latency, m, quantile, r, row, series, stat, states, table, variable, words,
} from '../panels.mjs';

const source = 'source=~"$source"';
const minute = (metric, matchers, by) => `60 * sum ${by ? `by (${by}) ` : ''}(${r(metric, matchers)})`;
const ratio = (part, whole, window, by) => `sum by (${by}) (${inc(part, window)}) / (sum by (${by}) (${inc(whole, window)}) > 0)`;

const now = row('Now', [
  stat({
    title: 'Failed logins a minute',
    shows: 'Failed logins a minute over all logs, and the last hours behind it.',
    good: 'Below the limit of the alert: people mistype.',
    act: 'Many accounts from one network, or one account from many? The detections below tell.',
    expr: minute('security_login_failures_total'), legend: 'failed', unit: 'cpm', spark: true, decimals: 1,
    limits: above({ warning: 'security_login_failures_count' }), alerts: ['SecurityLoginFailuresHigh'], down: 'fleet-security', none: 'No logins in any log', h: 5,
  }),
  stat({
    title: 'Locks in force',
    shows: 'Accounts that are locked for a network or a device, or altogether.',
    good: 'A few.',
    act: 'Many at once is somebody who guesses, or who locks people out on purpose: block the network.',
    expr: `max(${m('authd_lockouts_active')})`, legend: 'locks', unit: 'none', alerts: ['SecurityLockoutStorm'], down: 'fleet-security', none: 'authd is not scraped', h: 5,
  }),
  stat({
    title: 'Attacks answered',
    shows: 'Requests with attack patterns that were answered below 400 in the last 15 minutes.',
    good: 'None.',
    act: 'Look at /events of security_exporter which request it was, and try it yourself.',
    expr: `sum(${inc('security_attack_requests_accepted_total', '15m', `category!~"scanner_.+|unscannable",${source}`)})`, legend: 'answered', unit: 'none', decimals: 0, fill: true,
    limits: above({ warning: 1 }), alerts: ['SecurityAttackAccepted'], down: 'fleet-security', none: 'No log is read', h: 5,
  }),
  stat({
    title: 'Detections that go on',
    shows: 'Brute force, spraying, stuffing, enumeration and scraping that go on now.',
    good: 'None.',
    act: 'See below which kind it is, and block the network when it does not stop.',
    expr: `sum(${m('security_detections_active', source)})`, legend: 'detections', unit: 'none', limits: above({ warning: 1 }),
    alerts: ['SecurityBruteForce', 'SecurityPasswordSpraying', 'SecurityCredentialStuffing'], down: 'fleet-security', none: 'No log is read', h: 5,
  }),
  stat({
    title: 'Audit log whole',
    shows: 'Whether every line of the audit log follows from the one before.',
    good: 'Yes.',
    act: 'Keep the file as it is and compare it with the database: somebody changed or removed lines.',
    expr: `min(${m('security_audit_chain_intact', source)})`, legend: 'whole', unit: 'none', max: 1, mappings: kYesIsGood, limits: below({ critical: 1 }), fill: true,
    alerts: ['SecurityAuditChainBroken'], down: 'fleet-security', none: 'No audit log is read', h: 5,
  }),
  stat({
    title: 'Lowest posture score',
    shows: 'Weighted share of the checks that the worst scanned target passes.',
    good: 'Above the limit of the alert.',
    act: 'Open /posture of security_exporter: each finding says what to change.',
    expr: `min(${m('security_posture_score_ratio')})`, legend: 'score', unit: 'percentunit', max: 1, decimals: 0, limits: below({ warning: 'security_posture_score_ratio' }),
    alerts: ['SecurityPostureScoreLow'], down: 'fleet-security', none: 'Nothing is scanned', h: 5,
  }),
]);

const logins = row('Logins', [
  kpi({
    title: 'Logins of 24 hours',
    shows: 'Right passwords of the last 24 hours, and the change against a week before.',
    good: 'As many as a week ago.',
    act: 'Fewer without fewer visitors says that people do not get in: see the reasons beside.',
    value: (past) => `sum(${inc('authd_login_attempts_total', '1d', 'factor="password",result="success"', past)})`, unit: 'locale', decimals: 0, alerts: ['AuthdDown'],
    down: 'fleet-security', none: 'No logins', w: 6, h: 8,
  }),
  series({
    title: 'Logins by result',
    shows: 'Attempts to log in at authd, a minute, by result.',
    good: 'Far more succeed than fail.',
    act: 'When nothing succeeds any more, look at authd before you look for an attacker.',
    expr: `60 * sum by (result) (${m('job:authd_logins:rate5m')})`, legend: '{{result}}', unit: 'cpm', stack: true, alerts: ['SecurityLoginFailuresHigh'],
    down: 'fleet-security', none: 'No logins', w: 9,
  }),
  series({
    title: 'Why logins fail',
    shows: 'Failed attempts at authd, a minute, by reason.',
    good: 'Mostly wrong: people mistype.',
    act: 'unknown is somebody who tries names; busy and unavailable are faults of ours.',
    expr: minute('authd_login_attempts_total', 'result!="success",reason!="none"', 'reason'), legend: '{{reason}}', unit: 'cpm', stack: true, down: 'fleet-security', none: 'No failures', w: 9,
  }),
  series({
    title: 'Failed logins in all logs',
    shows: 'Failed logins a minute, added up over every log that is read.',
    good: 'Below the limit of the alert.',
    act: 'Compare it with the number of networks and accounts beside.',
    expr: minute('security_login_failures_total'), legend: 'failed', unit: 'cpm', limits: above({ warning: 'security_login_failures_count' }),
    alerts: ['SecurityLoginFailuresHigh'], down: 'fleet-security', none: 'No logins in any log', w: 8,
  }),
  series({
    title: 'Share of logins that fail',
    shows: 'Share of the logins of 15 minutes that failed, by method.',
    good: 'Below the limit of the alert.',
    act: 'One method alone is a provider or a device that fails; all methods are an attack or an outage.',
    expr: ratio('security_login_failures_total', 'security_logins_total', '15m', 'method'), legend: '{{method}}', unit: 'percentunit', max: 1,
    limits: above({ warning: 'security_login_failure_ratio' }), alerts: ['SecurityLoginFailureRatioHigh'], down: 'fleet-security', none: 'No logins', w: 8,
  }),
  series({
    title: 'Networks and accounts that fail',
    shows: 'How many different networks and accounts had failed logins (estimates), by window.',
    good: 'Both low, and of the same size.',
    act: 'Many accounts and few networks is spraying; many of both is stuffing; one account and many networks is a targeted attack.',
    queries: [[`max by (window) (${m('security_login_failure_sources')})`, 'networks, {{window}}'], [`max by (window) (${m('security_login_failure_accounts')})`, 'accounts, {{window}}']],
    unit: 'short', alerts: ['SecurityPasswordSpraying', 'SecurityCredentialStuffing'], down: 'fleet-security', none: 'No logins in any log', w: 8,
  }),
  series({
    title: 'Locks set',
    shows: 'Locks set by authd in 15 minutes, by what they hold for.',
    good: 'A few, for an address or a device.',
    act: 'A lock of a whole account says that it was guessed at from everywhere.',
    expr: `sum by (scope) (${inc('authd_lockouts_total', '15m')})`, legend: '{{scope}}', unit: 'short', alerts: ['AuthdAccountBruteForce'], down: 'fleet-security', none: 'No locks', w: 8,
  }),
  series({
    title: 'Refresh tokens',
    shows: 'Refresh tokens presented, a minute, by result.',
    good: 'Nearly all are rotated.',
    act: 'reuse is a token that was stolen, or a client that repeats itself: authd ended that login.',
    expr: minute('authd_refresh_total', '', 'result'), legend: '{{result}}', unit: 'cpm', alerts: ['AuthdRefreshTokenReuse'], down: 'fleet-security', none: 'No tokens', w: 8,
  }),
  series({
    title: 'Sessions',
    shows: 'Sessions that live, of all replicas together.',
    good: 'The usual shape of the week.',
    act: 'A sudden fall is a key that was changed, or somebody who ended them all.',
    expr: `max(${m('authd_sessions_active')})`, legend: 'sessions', unit: 'short', down: 'fleet-security', none: 'authd is not scraped', w: 8,
  }),
]);

const attacks = row('Attacks', [
  series({
    title: 'Attack patterns by category',
    shows: 'Requests in the logs that match a pattern of attack, a minute, by category.',
    good: 'A few scanners: every host on the Internet has them.',
    act: 'A wave of one category is somebody who means this application: see whether any was answered.',
    expr: `topk(15, ${minute('security_attack_requests_total', source, 'category')})`, legend: '{{category}}', unit: 'cpm', stack: true, alerts: ['SecurityAttackRateHigh'],
    down: 'fleet-security', none: 'No log is read', w: 8,
  }),
  series({
    title: 'Attack patterns by log',
    shows: 'The same, by the log in which they are.',
    good: 'Low, and alike.',
    act: 'One log far above the others is the application that somebody is after.',
    expr: `60 * ${m('source:security_attack_requests:rate5m', source)}`, legend: '{{source}}', unit: 'cpm', alerts: ['SecurityAttackRateHigh'], down: ['fleet-security', 'source'], none: 'No log is read', w: 8,
  }),
  bars({
    title: 'Attacks answered below 400, of a day',
    shows: 'Requests of 24 hours with attack patterns that an application answered as if all was well, by category; scanners are left out.',
    good: 'None.',
    act: 'Try such a request yourself; put authd in front of the application, which refuses it.',
    expr: `topk(10, sum by (category) (${inc('security_attack_requests_accepted_total', '1d', `category!~"scanner_.+|unscannable",${source}`)}) > 0)`, legend: '{{category}}', unit: 'locale', decimals: 0,
    limits: above({ warning: 1 }), alerts: ['SecurityAttackAccepted'], down: 'fleet-security', none: 'None', w: 8,
  }),
  states({
    title: 'Detections',
    shows: 'When brute force, spraying, stuffing, enumeration or scraping went on.',
    good: 'Green throughout.',
    act: 'Read in /events who it was; authd blocks by itself what it sees, the others a firewall must.',
    expr: `sum by (kind) (${m('security_detections_active', source)})`, legend: '{{kind}}', unit: 'none', limits: above({ warning: 1 }),
    alerts: ['SecurityBruteForce', 'SecurityEnumeration', 'SecurityScraping'], down: 'fleet-security', none: 'No log is read', w: 12,
  }),
  series({
    title: 'Patterns found by authd',
    shows: 'Attack patterns in requests that proxies asked authd about, a minute, by class. With filter: block they were refused; with detect (as shipped) they were passed on.',
    good: 'A few.',
    act: 'Steady attacks of one network: block it (authctl block add NETWORK).',
    expr: minute('authd_request_filter_matches_total', '', 'class'), legend: '{{class}}', unit: 'cpm', stack: true, alerts: ['AuthdAttackRequestsHigh'],
    down: 'fleet-security', none: 'No proxy asks authd', w: 12,
  }),
  series({
    title: 'Requests by class of answer',
    shows: 'Requests in the access logs, a second, by class of their status.',
    good: 'Mostly 2xx and 3xx.',
    act: 'Many 4xx are scanners or a broken link; many 5xx a broken application.',
    expr: `sum by (class) (${r('security_http_requests_total', source)})`, legend: '{{class}}', unit: 'reqps', stack: true, down: 'fleet-infra', none: 'No access log is read', w: 8,
  }),
  series({
    title: 'What proxies are told',
    shows: 'Questions of proxies to authd, a second, by the answer.',
    good: 'Mostly allow.',
    act: 'unavailable is a fault of ours; blocked, limited and attack are people kept out.',
    expr: `sum by (decision) (${r('authd_forward_auth_duration_seconds_count')})`, legend: '{{decision}}', unit: 'reqps', stack: true, alerts: ['AuthdDown'], down: 'fleet-security', none: 'No proxy asks authd', w: 8,
  }),
  latency({
    title: 'Time to answer proxies',
    shows: 'The time that 95 % and 99 % of the questions of proxies take. Every request waits for it.',
    good: 'A few milliseconds.',
    act: 'When it rises, look at the database of authd and at its processors.',
    queries: [[quantile(0.95, 'authd_forward_auth_duration_seconds'), '95 %'], [quantile(0.99, 'authd_forward_auth_duration_seconds'), '99 %']],
    down: 'fleet-infra', none: 'No proxy asks authd', w: 8,
  }),
]);

const limits = row('Limits and transfers', [
  series({
    title: 'Requests over a limit',
    shows: 'Requests over a rate limit in ten minutes, by limit, as logs tell.',
    good: 'Below the limit of the alert.',
    act: 'One client: it misbehaves. Many clients: the limit is too low for what they need.',
    expr: `sum by (limit) (${inc('security_rate_limit_violations_total', '10m')})`, legend: '{{limit}}', unit: 'short', limits: above({ warning: 'security_rate_limit_violations_count' }),
    alerts: ['SecurityRateLimitViolations'], down: 'fleet-security', none: 'No limits in any log', w: 8,
  }),
  series({
    title: 'Decisions of authd\'s limits',
    shows: 'Requests a second that the limits of authd let through and refused, by tier.',
    good: 'Hardly any is limited.',
    act: 'A tier that refuses many: is it an attack, or a team that outgrew its limit?',
    expr: `sum by (tier, decision) (${r('authd_ratelimit_decisions_total')})`, legend: '{{tier}} {{decision}}', unit: 'reqps', down: 'fleet-security', none: 'No limits', w: 8,
  }),
  series({
    title: 'Blocked networks',
    shows: 'Networks that are blocked now.',
    good: 'A few, that end by themselves.',
    act: 'Look through the list (authctl block list): people may be behind them.',
    expr: `max(${m('authd_blocked_prefixes')})`, legend: 'blocked', unit: 'short', alerts: ['AuthdBlockListFull', 'SecurityAddressesBlocked'], down: 'fleet-security', none: 'authd is not scraped', w: 8,
  }),
  series({
    title: 'Suspicious transfers',
    shows: 'Transfers of an hour that were flagged, by reason.',
    good: 'None.',
    act: 'Who fetched so much, and was it meant? /events has the client and the path.',
    expr: `sum by (reason) (${inc('security_suspicious_transfers_total', '1h')})`, legend: '{{reason}}', unit: 'short', limits: above({ warning: 1 }),
    alerts: ['SecuritySuspiciousTransfers'], down: 'fleet-security', none: 'No transfers in any log', w: 12,
  }),
  heatmap({
    title: 'Size of transfers',
    shows: 'How many transfers were how large.',
    good: 'The usual bands.',
    act: 'A few dots far above the bands are what to look at.',
    expr: `sum by (le) (increase(${m('security_transfer_size_bytes_bucket')}[$__rate_interval]))`, unit: 'bytes', alerts: ['SecuritySuspiciousTransfers'], down: 'fleet-security', none: 'No transfers in any log', w: 12,
  }),
]);

const audit = row('Audit log and sources', [
  series({
    title: 'Audited actions',
    shows: 'Actions in the audit log, a minute: the ten most frequent.',
    good: 'The usual shape of the day.',
    act: 'An action that is new here is worth a question.',
    expr: `topk(10, ${minute('security_audit_events_total', '', 'action')})`, legend: '{{action}}', unit: 'cpm', stack: true, alerts: ['AuthdAuditWriteFailing'], down: 'fleet-security', none: 'No audit log is read', w: 8,
  }),
  series({
    title: 'Changes of rights',
    shows: 'Roles, rights and API keys that were changed in an hour, by action.',
    good: 'Only what somebody announced.',
    act: 'Ask who did it. A role that nobody gave is an intruder.',
    expr: `topk(10, sum by (action) (${inc('security_privilege_changes_total', '1h')}))`, legend: '{{action}}', unit: 'short', alerts: ['SecurityPrivilegeChange'], down: 'fleet-security', none: 'No audit log is read', w: 8,
  }),
  table({
    title: 'Logs that are read',
    shows: 'Each log: whether it can be read, how old its newest line is, how much is not read yet, and which share of the lines of an hour is not understood.',
    good: 'Readable, minutes old, nothing behind, nearly all understood.',
    act: 'A silent log hides what happens: was it moved, or did its program stop writing?',
    queries: [
      [`max by (source) (${m('security_source_up', source)})`, 'Readable'], [`time() - max by (source) (${m('security_log_last_event_timestamp_seconds', source)} > 0)`, 'Newest line'],
      [`sum by (source) (${m('security_log_lag_bytes', source)})`, 'Behind'],
      [`sum by (source) (${inc('security_log_parse_failures_total', '1h', source)}) / (sum by (source) (${inc('security_log_lines_total', '1h', source)}) > 0)`, 'Bad lines'],
    ],
    labels: { source: 'Log' },
    columns: {
      Readable: { unit: 'none', mappings: kYesIsGood, limits: below({ critical: 1 }), cell: 'color-text' }, 'Newest line': { unit: 's' },
      Behind: { unit: 'bytes', limits: above({ warning: 'security_log_behind_max' }), cell: 'color-text' },
      'Bad lines': { unit: 'percentunit', decimals: 1, limits: above({ warning: 'security_lines_not_parsed_ratio' }), cell: 'color-text' },
    },
    sort: 'Log', unit: 'none', alerts: ['SecurityLogSourceDown', 'SecurityLogSourceSilent', 'SecurityLogLagHigh', 'SecurityLogParseErrors'], down: ['fleet-security', 'source'], none: 'No log is read', w: 8,
  }),
]);

const posture = row('Posture', [
  table({
    title: 'Scanned targets',
    shows: 'Each target of the posture scans: its score, findings of high and critical severity, and how long its certificate is valid.',
    good: 'A high score and no finding.',
    act: 'Open /posture of security_exporter: each finding says what to change.',
    queries: [
      [`min by (target) (${m('security_posture_score_ratio')})`, 'Score'], [`sum by (target) (${m('security_posture_findings', 'severity=~"high|critical"')})`, 'Findings'],
      [`min by (target) (${m('security_tls_cert_not_after_timestamp_seconds', 'position="0"')}) - time()`, 'Certificate'],
      [`time() - max by (target) (${m('security_scan_last_success_timestamp_seconds')})`, 'Scanned'],
    ],
    labels: { target: 'Target' },
    columns: {
      Score: { unit: 'percentunit', decimals: 0, limits: below({ warning: 'security_posture_score_ratio' }), cell: 'color-text' }, Findings: { limits: above({ critical: 1 }), cell: 'color-text' },
      Certificate: { unit: 's', limits: below({ warning: 'security_certificate_ends_soon' }), cell: 'color-text' },
      Scanned: { unit: 's', limits: above({ warning: 'security_scan_old' }), cell: 'color-text' },
    },
    sort: 'Score', unit: 'none', alerts: ['SecurityPostureFinding', 'SecurityPostureScoreLow', 'SecurityCertificateExpiresSoon', 'SecurityScanStale'],
    down: 'fleet-security', none: 'Nothing is scanned', w: 10,
  }),
  states({
    title: 'Old TLS',
    shows: 'Which targets accept which old version of TLS.',
    good: 'Refused throughout.',
    act: 'Switch it off in the server: no browser of today needs it.',
    expr: `max by (target, protocol) (${m('security_tls_protocol_accepted', 'protocol=~"SSL 3.0|TLS 1.0|TLS 1.1"')})`, legend: '{{target}} {{protocol}}', unit: 'none', max: 1,
    mappings: words({ 0: ['Refused', 'green'], 1: ['Accepted', 'red'] }), limits: above({ critical: 1 }), alerts: ['SecurityOldTlsAccepted'], down: 'fleet-security', none: 'No TLS is scanned', w: 6,
  }),
  bars({
    title: 'Security headers',
    shows: 'Share of the scanned targets that send each header as it should be.',
    good: '100 %.',
    act: 'Set the missing header in the proxy, once for all applications behind it.',
    expr: `avg by (header) (${m('security_http_header_compliant')})`, legend: '{{header}}', unit: 'percentunit', max: 1, decimals: 0, alerts: ['SecurityPostureFinding'], down: 'fleet-security', none: 'Nothing is scanned', w: 8,
  }),
]);

export default board({
  uid: 'fleet-security',
  title: 'Security',
  about: 'Who logs in and who fails to, attacks and what was answered, limits, transfers, the audit log and posture.',
  jobs: '{__name__=~"(authd|security_exporter)_build_info"}',
  variables: [variable('source', 'Log', 'security_log_lines_total')],
  from: 'now-24h',
  rows: [now, logins, attacks, limits, audit, posture],
});
