// SLO: what is promised, what is left of the error budgets, and how fast they burn. The numbers are those of rules/slo.yml.
import { above, bars, below, board, gauge, row, series, states, table, variable } from '../panels.mjs';

const of = 'slo=~"$slo",service=~"$service"';
const kBurnRates = [1, 3, 6, 14.4]; // of the alerts: over 3 days, 1 day, 6 hours, 1 hour
const name = '{{service}}: {{slo}}';
const burn = (window) => `slo:sli_error:ratio_rate${window}{${of}} / on (slo, service) slo:error_budget:ratio{${of}}`;
const left = `slo:period_error_budget_remaining:ratio{${of}}`;
const kBudget = below({ critical: 0 });
const alerts = ['SLOErrorBudgetBurn'];

export default board({
  uid: 'fleet-slo',
  title: 'Service Levels',
  about: 'What is promised, what is left of the error budgets, and how fast they burn.',
  jobs: 'up',
  variables: [variable('service', 'Service', 'slo:objective:ratio'), variable('slo', 'Objective', 'slo:objective:ratio{service=~"$service"}')],
  from: 'now-7d',
  refresh: '1m',
  rows: [
    row('Objectives', [
      gauge({
        title: 'Lowest budget',
        shows: 'What is left of the error budget that is nearest to its end.',
        good: 'More than is left of the period.',
        act: 'At 0 % the promise is broken: make no risky change, and mend what fails.',
        expr: `min(${left})`, legend: 'left', unit: 'percentunit', max: 1, decimals: 0, limits: kBudget, alerts, down: 'fleet-slo', none: 'No objectives', w: 5, h: 9,
      }),
      table({
        title: 'All objectives',
        shows: 'Each objective: the promise, what was kept over its period, what is left of the budget (as a share, and as time of full outage), and how fast it burns.',
        good: 'Budget left, and burn rates below 1.',
        act: 'Sort by what is left. A burn rate above 1 of an hour and of six hours is no blip.',
        queries: [
          [`slo:objective:ratio{${of}}`, 'Promise'], [`1 - slo:sli_error:ratio_rate30d{${of}}`, 'Kept'], [left, 'Budget left'],
          [`${left} * on (slo, service) slo:error_budget:ratio{${of}} * on (slo, service) slo:time_period:days{${of}} * 86400`, 'As outage'],
          [burn('1h'), 'Burn 1 h'], [burn('6h'), 'Burn 6 h'],
        ],
        labels: { service: 'Service', slo: 'Objective' },
        columns: {
          Promise: { decimals: 2 }, Kept: { decimals: 3 }, 'Budget left': { decimals: 1, limits: kBudget, cell: 'color-text' }, 'As outage': { unit: 's', limits: kBudget, cell: 'color-text' },
          'Burn 1 h': { unit: 'none', decimals: 2, limits: above({ warning: 1 }), cell: 'color-text' }, 'Burn 6 h': { unit: 'none', decimals: 2, limits: above({ warning: 1 }), cell: 'color-text' },
        },
        sort: 'Budget left', unit: 'percentunit', alerts, down: ['fleet-slo', 'slo', 'service'], none: 'No objectives', w: 19, h: 9,
      }),
    ]),
    row('Budgets', [
      series({
        title: 'Budget left over time',
        shows: 'What is left of each error budget of its rolling period.',
        good: 'Flat or rising: old errors leave the period.',
        act: 'A step down is an incident: the marks say what changed then. A slope is a fault that goes on.',
        expr: left, legend: name, unit: 'percentunit', min: null, max: 1, limits: kBudget, alerts, down: ['fleet-slo', 'slo', 'service'], none: 'No objectives', w: 12, h: 9,
      }),
      series({
        title: 'How fast budgets burn',
        shows: 'Burn rates over an hour. The lines are those of the alerts: at 1 a budget lasts exactly its period of 30 days, at 14.4 two days.',
        good: 'Below 1.',
        act: 'Above 6 act now; above 1 for days find the fault that goes on.',
        expr: burn('1h'), legend: name, unit: 'none', decimals: 2, burnRates: kBurnRates, alerts, down: ['fleet-slo', 'slo', 'service'], none: 'No events', w: 12, h: 9,
      }),
      series({
        title: 'Burn rates by window',
        shows: 'The highest burn rate of the chosen objectives over each window of the alerts. An alert needs a long and a short one.',
        good: 'All below 1.',
        act: 'When only the short windows are high it is new; when only the long ones are, it is over.',
        queries: ['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map((window) => [`max(${burn(window)})`, window]),
        unit: 'none', decimals: 2, burnRates: kBurnRates, alerts, down: 'fleet-slo', none: 'No events', w: 12, h: 9,
      }),
      states({
        title: 'Budgets that burn too fast',
        shows: 'When each objective burned its budget faster than it may, over an hour.',
        good: 'Green throughout.',
        act: 'Compare with the board of alerts who was told, and when.',
        expr: burn('1h'), legend: name, unit: 'none', burnRates: kBurnRates, decimals: 1, alerts, down: ['fleet-slo', 'slo', 'service'], none: 'No events', w: 12, h: 9,
      }),
    ]),
    row('Events', [
      series({
        title: 'Share of bad events',
        shows: 'Share of the events of five minutes that broke the promise.',
        good: 'Below 100 % less the promise.',
        act: 'Open the infrastructure board at this time: what failed?',
        expr: `slo:sli_error:ratio_rate5m{${of}}`, legend: name, unit: 'percentunit', decimals: 2, alerts, down: 'fleet-infra', none: 'No events', w: 8,
      }),
      series({
        title: 'Events',
        shows: 'Events a second that count for each objective.',
        good: 'The usual shape of the day.',
        act: 'A line that ends is a signal that is lost: nothing is promised any more that anybody sees.',
        expr: `slo:sli_total:rate5m{${of}}`, legend: name, unit: 'ops', alerts, down: 'fleet-infra', none: 'No events', w: 8,
      }),
      series({
        title: 'Bad events',
        shows: 'Bad events a second of each objective.',
        good: 'None, or the noise of every day.',
        act: 'When they come in bursts, look at what runs at those times.',
        expr: `slo:sli_errors:rate5m{${of}}`, legend: name, unit: 'ops', decimals: 3, alerts, down: 'fleet-infra', none: 'No events', w: 8,
      }),
      series({
        title: 'Kept over the period',
        shows: 'Share of the good events of the rolling period, weighted by events: an idle night does not count as a busy day.',
        good: 'Above the promise.',
        act: 'Choose one objective above to compare it with its promise.',
        queries: [[`1 - slo:sli_error:ratio_rate30d{${of}}`, name], [`slo:objective:ratio{${of}}`, `${name} (promise)`]],
        unit: 'percentunit', min: null, max: 1, decimals: 3, alerts, down: ['fleet-slo', 'slo', 'service'], none: 'No events', w: 16,
      }),
      bars({
        title: 'Events of the last hour',
        shows: 'Events of the last hour of each objective. With few of them the fast alerts stay silent.',
        good: 'Hundreds: a single error then says little.',
        act: 'With fewer than twenty an hour, choose a probe as the signal in place of requests.',
        expr: `slo:sli_total:events1h{${of}}`, legend: name, unit: 'locale', decimals: 0, alerts, down: 'fleet-slo', none: 'No events', w: 8, h: 8,
      }),
    ]),
  ],
});
