// Alerts and Deliveries: what fires and since when, which rules are noisy, whether messages reach people.
import {
  above, bars, board, heatmap, inc, kGroupName, kUp, below, latency, m, quantile, r, row, series, stat, states, table, variable, words,
} from '../panels.mjs';

const of = 'severity=~"$severity",team=~"$team",alertname=~"$alertname"';
const firing = (more = '') => `ALERTS{alertstate="firing",${of}${more && `,${more}`}}`;
const kStep = 300; // seconds of a subquery: a week of alerts in steps that a browser can wait for
const timeOf = (window) => `${kStep} * sum by (alertname) (count_over_time((max by (alertname, severity) (${firing('severity!~"none|info"')}))[${window}:${kStep}s]))`;
const kState = words({ 0: ['Quiet', 'green'], 1: ['Fires', 'red'] });

const now = row('Now', [
  ...[['critical', 'Critical alerts', 'Follow the runbook of the oldest first: docs/runbooks and the name of the alert.'],
    ['warning', 'Warnings', 'Read them once a day; silence or remove what nobody acts on.']].map(([severity, title, act]) => stat({
    title,
    shows: `Alerts of the severity ${severity} that fire now.`,
    good: 'None.',
    act,
    expr: `sum(fleet:alerts_firing:count{severity="${severity}"})`, legend: severity, unit: 'none', fill: severity === 'critical',
    limits: above(severity === 'critical' ? { critical: 1 } : { warning: 1 }), mappings: words({ 0: ['None', 'green'] }),
    down: ['fleet-alerts', `severity=${severity}`], none: 'alertd is not scraped', h: 5,
  })),
  stat({
    title: 'Pending',
    shows: 'Alerts whose condition holds, but not yet for as long as the rule asks.',
    good: 'A few that come and go.',
    act: 'Many at once are an outage that is about to fire.',
    expr: `sum(${m('alertd_rules_pending')})`, legend: 'pending', unit: 'none', down: 'fleet-alerts', none: 'alertd is not scraped', h: 5,
  }),
  stat({
    title: 'Messages that wait',
    shows: 'Notifications that are not delivered yet.',
    good: 'None, but for seconds.',
    act: 'See below which receiver fails, and why.',
    expr: `sum(${m('alertd_outbox_pending')})`, legend: 'waiting', unit: 'none', limits: above({ warning: 'alert_outbox_pending_count' }), alerts: ['AlertOutboxGrowing'], down: 'fleet-alerts', none: 'alertd is not scraped', h: 5,
  }),
  stat({
    title: 'Given up in a day',
    shows: 'Notifications of 24 hours that were given up: nobody got them.',
    good: 'None.',
    act: 'Open the deliveries of alertd (/api/v1/deliveries) and tell the people yourself.',
    expr: `sum(${inc('alertd_notifications_abandoned_total', '1d')}) or 0 * sum(${m('alertd_store_up')})`, legend: 'given up', unit: 'none', decimals: 0, limits: above({ critical: 1 }),
    mappings: words({ 0: ['None', 'green'] }), alerts: ['AlertNotificationsAbandoned'], down: 'fleet-alerts', none: 'alertd is not scraped', h: 5,
  }),
  stat({
    title: 'Store of alertd',
    shows: 'Whether alertd can write: alerts and messages survive a restart only then.',
    good: 'Up.',
    act: 'Is the disk full, or the database file not writable? Its log says which.',
    expr: `min(${m('alertd_store_up')})`, legend: 'store', unit: 'none', max: 1, mappings: kUp, limits: below({ critical: 1 }), fill: true, alerts: ['AlertdStoreDown'], down: 'fleet-self', none: 'alertd is not scraped', h: 5,
  }),
]);

const which = row('Which alerts', [
  table({
    title: 'Alerts that fire',
    shows: 'Each alert that fires, and for how long it has been so.',
    good: 'Nothing but the watchdog.',
    act: 'Oldest first: what has fired for days is either not worth an alert, or forgotten.',
    queries: [
      [`count by (alertname, severity, team) (${firing()})`, 'Alerts'],
      [`time() - min by (alertname, severity, team) (ALERTS_FOR_STATE{${of}} and ignoring (alertstate) ALERTS{alertstate="firing",${of}})`, 'Since'],
    ],
    labels: { alertname: 'Alert', severity: 'Severity', team: 'Team' }, widths: { Severity: 90, Team: 90 }, columns: { Since: { unit: 's' } }, sort: '-Since', unit: 'none', decimals: 0,
    down: ['fleet-alerts', 'alertname'], none: 'No alert fires', w: 12, h: 13,
  }),
  states({
    title: 'When alerts fired',
    shows: 'For each alert when it fired: the twenty that fired most.',
    good: 'Short bands, far apart.',
    act: 'Bands that begin together have one cause: find the first.',
    expr: `topk(20, max by (alertname) (${firing('severity!~"none|info"')}))`, legend: '{{alertname}}', unit: 'none', max: 1, mappings: kState, limits: above({ critical: 1 }),
    down: ['fleet-alerts', 'alertname'], none: 'No alert fired', w: 12, h: 13,
  }),
  bars({
    title: 'Longest of 7 days',
    shows: 'How long each alert fired in 7 days, in all.',
    good: 'Minutes.',
    act: 'What fires for days teaches people to look away: mend it, change its number, or remove it.',
    expr: `topk(12, ${timeOf('7d')})`, legend: '{{alertname}}', unit: 's', down: ['fleet-alerts', 'alertname'], none: 'No alert fired', w: 8, h: 9,
  }),
  bars({
    title: 'Most frequent of 24 hours',
    shows: 'How often each alert was pending or firing anew in 24 hours; 1 at least.',
    good: 'Once or not at all.',
    act: 'One that comes and goes flaps: raise its time (_for), or smooth what it looks at.',
    expr: `topk(12, sum by (alertname) (changes(ALERTS_FOR_STATE{${of},alertname!="Watchdog"}[1d]) + 1))`, legend: '{{alertname}}', unit: 'locale', decimals: 0,
    down: ['fleet-alerts', 'alertname'], none: 'No alert began', w: 8, h: 9,
  }),
  series({
    title: 'Alerts by team',
    shows: 'Alerts that fire, by team.',
    good: 'Few, and spread.',
    act: 'A team with many needs time to mend rather than more alerts.',
    expr: `sum by (team) (${firing('severity!~"none|info"')})`, legend: '{{team}}', unit: 'none', decimals: 0, stack: true, down: ['fleet-alerts', 'team'], none: 'No alert fired', w: 8, h: 9,
  }),
]);

const delivery = row('Deliveries', [
  series({
    title: 'Messages sent',
    shows: 'Tries to deliver a notification, a minute, by receiver and kind.',
    good: 'As many as alerts begin and end.',
    act: 'Hundreds are an alert storm: group alerts by what they have in common.',
    expr: `60 * sum by (receiver, integration) (${r('alertd_notification_attempts_total')})`, legend: '{{receiver}} ({{integration}})', unit: 'cpm', down: 'fleet-alerts', none: 'Nothing was sent', w: 8,
  }),
  series({
    title: 'Messages that failed',
    shows: 'Tries that did not deliver, a minute; retry is tried again, permanent is not.',
    good: 'None.',
    act: 'Look which receiver it is, and try it: alertd --config.check says what is wrong with its settings.',
    queries: ['retry', 'permanent'].map((reason) => [
      `60 * (sum by (receiver) (${r('alertd_notification_attempt_failures_total', `reason="${reason}"`)}) or 0 * sum by (receiver) (${r('alertd_notification_attempts_total')}))`,
      `{{receiver}}: ${reason}`,
    ]),
    unit: 'cpm', alerts: ['AlertDeliveryFailing'], down: 'fleet-alerts', none: 'Nothing was sent', w: 8,
  }),
  series({
    title: 'Oldest message that waits',
    shows: 'How long the oldest notification has waited for its delivery.',
    good: 'Seconds.',
    act: 'Minutes say that a receiver is away: people do not know what happens.',
    expr: `max((time() - ${m('alertd_outbox_oldest_pending_timestamp_seconds')}) * (${m('alertd_outbox_oldest_pending_timestamp_seconds')} > bool 0))`, legend: 'oldest', unit: 's',
    limits: above({ warning: 'alert_outbox_oldest' }), alerts: ['AlertOutboxGrowing'], down: 'fleet-alerts', none: 'alertd is not scraped', w: 8,
  }),
  latency({
    title: 'Time to deliver',
    shows: 'The time that 95 % of the tries take, by receiver.',
    good: 'Below a second or two.',
    act: 'A slow receiver holds up its own messages only; its provider has a status page.',
    expr: quantile(0.95, 'alertd_notification_attempt_duration_seconds', '', 'receiver'), legend: '{{receiver}}', down: 'fleet-alerts', none: 'Nothing was sent', w: 8,
  }),
  heatmap({
    title: 'How long deliveries take',
    shows: 'How many tries took how long.',
    good: 'One low band.',
    act: 'A band at the timeout is a receiver that never answers.',
    expr: `sum by (le) (increase(${m('alertd_notification_attempt_duration_seconds_bucket')}[$__rate_interval]))`, down: 'fleet-alerts', none: 'Nothing was sent', w: 8,
  }),
  series({
    title: 'Held back on purpose',
    shows: 'Alerts left out because of inhibition, and flushes that a time interval muted, in an hour.',
    good: 'Some: that is what they are for.',
    act: 'When everything is held back, a rule of inhibition matches too much.',
    queries: [[`sum(${inc('alertd_alerts_inhibited_total', '1h')})`, 'inhibited'], [`sum(${inc('alertd_group_flushes_muted_total', '1h')})`, 'muted']],
    unit: 'short', down: 'fleet-alerts', none: 'alertd is not scraped', w: 8,
  }),
]);

const rules = row('Rules', [
  series({
    title: 'Time to evaluate a group',
    shows: 'How long the last evaluation of each group of rules took, as a share of its interval.',
    good: 'A small part.',
    act: 'Find its slow query; a recorded series makes it fast.',
    expr: `topk(20, max by (rule_group) (${m('alertd_rule_group_last_duration_seconds')} / (${m('alertd_rule_group_interval_seconds')} > 0)))`, legend: '{{rule_group}}', rename: kGroupName, unit: 'percentunit',
    limits: above({ warning: 'rule_evaluation_slow_ratio' }), alerts: ['RuleEvaluationSlow'], down: 'fleet-self', none: 'alertd is not scraped', w: 8,
  }),
  series({
    title: 'Evaluations that failed',
    shows: 'Evaluations of rules that failed in 15 minutes, by group: those alerts are blind.',
    good: 'None.',
    act: 'Is Prometheus up? A single group is a query that it refuses; the log of alertd has the reason.',
    expr: `sum by (rule_group) (${inc('alertd_rule_evaluation_failures_total', '15m')})`, legend: '{{rule_group}}', rename: kGroupName, unit: 'short', limits: above({ critical: 1 }), alerts: ['RuleEvaluationFailing'], down: 'fleet-self', none: 'alertd is not scraped', w: 8,
  }),
  series({
    title: 'Evaluations left out',
    shows: 'Evaluations of groups that were left out in 15 minutes because the one before still ran.',
    good: 'None.',
    act: 'The group takes longer than its interval: split it, or lengthen the interval.',
    expr: `sum by (rule_group) (${inc('alertd_rule_group_iterations_missed_total', '15m')})`, legend: '{{rule_group}}', rename: kGroupName, unit: 'short', limits: above({ warning: 1 }), down: 'fleet-self', none: 'alertd is not scraped', w: 8,
  }),
]);

export default board({
  uid: 'fleet-alerts',
  title: 'Alerts and Deliveries',
  about: 'What fires and since when, which rules are noisy, and whether messages reach people.',
  jobs: 'alertd_build_info',
  variables: [
    variable('severity', 'Severity', 'ALERTS'), variable('team', 'Team', 'ALERTS{severity=~"$severity"}'),
    variable('alertname', 'Alert', 'ALERTS{severity=~"$severity",team=~"$team"}'),
  ],
  from: 'now-24h',
  rows: [now, which, delivery, rules],
});
