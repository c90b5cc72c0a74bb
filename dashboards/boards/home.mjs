// Home: is anything wrong, and where. One screen for everybody; every panel leads to the board that knows more.
import {
  above, below, board, boards, kDailyRevenue, kUp, kpi, latency, m, money, row, series, stat, states, table, words,
} from '../panels.mjs';

const firing = (severity) => `sum(fleet:alerts_firing:count{severity="${severity}"})`;

export default board({
  uid: 'fleet-home',
  title: 'System Overview',
  about: 'Is anything wrong, and where: alerts, services, service levels, business and reserves on one screen.',
  jobs: 'up',
  from: 'now-24h',
  rows: [
    row('Now', [
      stat({
        title: 'Critical alerts',
        shows: 'Critical alerts that fire now.',
        good: 'None: nobody has to get up.',
        act: 'Open the alerts, take the oldest first, and follow its runbook.',
        expr: firing('critical'), legend: 'critical', unit: 'none', fill: true, limits: above({ critical: 1 }),
        mappings: words({ 0: ['None', 'green'] }), down: ['fleet-alerts', 'severity=critical'], none: 'alertd is not scraped', w: 4, h: 4,
      }),
      stat({
        title: 'Warnings',
        shows: 'Alerts of the severity warning that fire now.',
        good: 'None, or a few that somebody works on.',
        act: 'Read them once a day; a warning that nobody acts on should be silenced or removed.',
        expr: firing('warning'), legend: 'warning', unit: 'none', limits: above({ warning: 1 }),
        mappings: words({ 0: ['None', 'green'] }), down: ['fleet-alerts', 'severity=warning'], none: 'alertd is not scraped', w: 4, h: 4,
      }),
      stat({
        title: 'Services up',
        shows: 'Share of the checks of health_exporter whose last probe succeeded.',
        good: '100 %.',
        act: 'Look below which service is down, and since when.',
        expr: `sum(${m('health_check_up')}) / count(${m('health_check_up')})`, legend: 'up', unit: 'percentunit', max: 1,
        limits: below({ critical: 1 }), alerts: ['ServiceDown'], down: 'fleet-infra', none: 'No checks', w: 4, h: 4,
      }),
      stat({
        title: 'Targets not scraped',
        shows: 'Programs whose metrics Prometheus could not get at its last try.',
        good: 'None: what cannot be scraped is not watched.',
        act: 'See in the board of the fleet which one it is, and start it again.',
        expr: `count(${m('up')} == 0) or 0 * count(${m('up')})`, legend: 'targets', unit: 'none', limits: above({ critical: 1 }),
        mappings: words({ 0: ['None', 'green'] }), alerts: ['TargetDown', 'TargetMissing'], down: 'fleet-self', none: 'No targets', w: 4, h: 4,
      }),
      stat({
        title: 'Next certificate ends in',
        shows: 'Time until the first certificate ends that the checked services show.',
        good: 'Weeks: certificates are renewed well before their end.',
        act: 'Renew the certificate, then see that the service shows the new one.',
        expr: `min(${m('health_tls_cert_not_after_timestamp_seconds', 'position="0"')}) - time()`, legend: 'left', unit: 's', decimals: 1, min: null,
        limits: below({ warning: 'certificate_expires_soon', critical: 'certificate_expires_critical' }),
        alerts: ['CertificateExpiresSoon', 'CertificateExpired'], down: 'fleet-infra', none: 'No certificate is checked', w: 4, h: 4,
      }),
      stat({
        title: 'Last restart',
        shows: 'Time since a program of the fleet was started last.',
        good: 'As long ago as the last release.',
        act: 'After a restart that nobody planned, read the end of the program\'s log.',
        expr: `time() - max(${m('process_start_time_seconds')})`, legend: 'ago', unit: 's', decimals: 0, alerts: ['ProcessCrashLoop'], down: 'fleet-self', none: 'No start times', w: 4, h: 4,
      }),
    ]),
    row('Services', [
      states({
        title: 'Which services answer',
        shows: 'For each check whether its last probe succeeded.',
        good: 'Green throughout.',
        act: 'Compare where red begins with the marks of restarts and versions, then open the check.',
        expr: m('health_check_up'), legend: '{{check}}', unit: 'none', max: 1, mappings: kUp, limits: below({ critical: 1 }),
        alerts: ['ServiceDown', 'ServiceFlapping'], down: ['fleet-infra', 'instance'], none: 'No checks', w: 14, h: 9,
      }),
      table({
        title: 'Service levels',
        shows: 'Each objective: what is promised, how much of the error budget of its period is left, and how fast it burns now (1: it lasts exactly the period).',
        good: 'Budget left, and a burn rate below 1.',
        act: 'Where the budget is spent, make no risky change until it recovers.',
        queries: [
          ['slo:objective:ratio', 'Objective'], ['slo:period_error_budget_remaining:ratio', 'Budget left'], ['slo:current_burn_rate:ratio', 'Burn rate'],
        ],
        labels: { service: 'Service', slo: 'Objective of' },
        columns: {
          Objective: { unit: 'percentunit', decimals: 2 }, 'Budget left': { unit: 'percentunit', decimals: 1, limits: below({ critical: 0 }), cell: 'color-text' },
          'Burn rate': { unit: 'none', decimals: 2, limits: above({ warning: 1 }), cell: 'color-text' },
        },
        sort: 'Budget left', unit: 'percentunit', down: ['fleet-slo', 'slo'], none: 'No objectives', w: 10, h: 9,
      }),
    ]),
    row('Business and logins', [
      kpi({
        title: 'Revenue of 24 hours',
        shows: 'Revenue booked in the last 24 hours, by currency, and its change against the same 24 hours a week before.',
        good: 'At or above last week.',
        act: 'Compare with orders and payments in the business board: fewer orders, or orders that are not paid?',
        value: (past) => money((of) => `${m('currency:business_revenue_minor_units:increase1d', of)}${past}`),
        legend: '{{currency}}', unit: 'locale', decimals: 0, limitsOf: kDailyRevenue(),
        alerts: ['BusinessRevenueBelowLastWeek', 'BusinessDailyRevenueLow'], down: ['fleet-business', 'currency'],
        none: 'No revenue pack', w: 12, h: 6,
      }),
      kpi({
        title: 'Orders of 24 hours',
        shows: 'Orders created in the last 24 hours, and the change against the same 24 hours a week before.',
        good: 'At or above last week.',
        act: 'A sudden fall with healthy services is often a page that people cannot use: try an order yourself.',
        value: (past) => `sum(increase(${m('business_orders_created_total')}[1d]${past}))`, unit: 'locale', decimals: 0,
        alerts: ['BusinessRevenueBelowLastWeek'], down: 'fleet-business', none: 'No revenue pack', w: 6, h: 6,
      }),
      kpi({
        title: 'Logins of an hour',
        shows: 'Right passwords of the last hour, and the change against the same hour a week before.',
        good: 'As many as a week ago.',
        act: 'When nobody gets in although people try, see the security board.',
        value: (past) => `sum(increase(${m('authd_login_attempts_total', 'factor="password",result="success"')}[1h]${past}))`, unit: 'locale', decimals: 0,
        alerts: ['AuthdDown'], down: 'fleet-security', none: 'No logins', w: 6, h: 6,
      }),
    ]),
    row('Traffic', [
      series({
        title: 'Requests',
        shows: 'Requests a second that each job answers.',
        good: 'The usual shape of the day.',
        act: 'A sudden fall is as bad as a rise: see whether clients reach the service.',
        expr: m('job:http_requests:rate5m'), legend: '{{job}}', unit: 'reqps', down: ['fleet-infra', 'job'], none: 'No requests', w: 8, h: 8,
      }),
      series({
        title: 'Share of requests that fail',
        shows: 'Share of the requests that are answered with a status of 500 or more.',
        good: 'Near 0 %.',
        act: 'Open the job, and look which handler and code it is.',
        expr: m('job:http_requests_errors:ratio_rate5m'), legend: '{{job}}', unit: 'percentunit', limits: above({ critical: 'http_error_ratio' }), alerts: ['HighErrorRate'], down: ['fleet-infra', 'job'], none: 'No requests', w: 8, h: 8,
      }),
      latency({
        title: 'Slowest twentieth of the requests',
        shows: 'The time that 95 % of the requests stay below, by job.',
        good: 'Well below a second, and steady.',
        act: 'Open the job: is it all handlers, or one; is the database slow, or the machine busy?',
        expr: m('job:http_request_duration_seconds:p95_5m'), legend: '{{job}}', limits: above({ critical: 'http_latency_p95' }), alerts: ['HighLatencyP95'], down: ['fleet-infra', 'job'], w: 8, h: 8,
      }),
    ]),
    row('What changed', [
      table({
        title: 'Alerts that fire',
        shows: 'Every alert that fires now, with its severity and team.',
        good: 'Nothing but the watchdog.',
        act: 'Each has a runbook: docs/runbooks and the name of the alert.',
        expr: 'sum by (alertname, severity, team) (ALERTS{alertstate="firing"})', legend: 'Alerts',
        labels: { alertname: 'Alert', severity: 'Severity', team: 'Team' }, widths: { Severity: 90, Team: 90 }, sort: 'Severity', unit: 'none', down: ['fleet-alerts', 'alertname'],
        none: 'No alert fires', w: 8, h: 8,
      }),
      table({
        title: 'Versions',
        shows: 'The version of each program that is scraped.',
        good: 'One version of each program, all released on purpose.',
        act: 'When trouble began with a new version, go back to the one before.',
        queries: [
          ['count by (job, instance, version) ({__name__=~"[a-z_]+_build_info",job=~"$job",instance=~"$instance"})', 'Programs'],
        ],
        labels: { job: 'Job', instance: 'Instance', version: 'Version' }, widths: { Version: 90 }, sort: 'Job', unit: 'none', down: ['fleet-self', 'job', 'instance'],
        none: 'No versions', w: 8, h: 8,
      }),
      boards({ title: 'Boards', about: 'The other boards of the fleet. Choose the one of your question.', w: 8, h: 8 }),
    ]),
  ],
});
