// Business Executive: money, customers, work and quality, as numbers with their change against last week.
import {
  above, bars, below, board, days, heatmap, inc, kDailyRevenue, kYesIsBad, kpi, m, money, row, series, share, stat, table, variable,
} from '../panels.mjs';

const currency = 'currency=~"$currency"';
const sum = (metric, window, matchers, past = '', by = '') => `sum ${by && `by (${by}) `}(${inc(metric, window, matchers, past)})`;
const moneySum = (metric, window, by, past = '') => money((of) => sum(metric, window, `${of},${currency}`, past, by));
const moneyNow = (metric, by, more = '') => money((of) => `sum by (${by}) (${m(metric, `${of},${currency}${more}`)})`);

const now = row('Now', [
  kpi({
    title: 'Revenue of 24 hours',
    shows: 'Revenue booked in the last 24 hours in the currency chosen above, and its change against the same 24 hours a week before.',
    good: 'At or above last week.',
    act: 'Fewer orders, smaller ones, or orders that are not paid? The panels below tell them apart.',
    value: (past) => money((of) => `${m('currency:business_revenue_minor_units:increase1d', `${of},${currency}`)}${past}`), legend: '{{currency}}', changed: 'against last week', unit: 'locale', decimals: 0, limitsOf: kDailyRevenue(),
    alerts: ['BusinessRevenueBelowLastWeek', 'BusinessDailyRevenueLow'], down: ['fleet-business', 'currency'], none: 'No revenue pack',
  }),
  kpi({
    title: 'Orders of 24 hours',
    shows: 'Orders created in the last 24 hours, and the change against a week before.',
    good: 'At or above last week.',
    act: 'A sudden fall with healthy services is often a page that people cannot use: try an order yourself.',
    value: (past) => sum('business_orders_created_total', '1d', '', past), unit: 'locale', decimals: 0, alerts: ['BusinessRevenueBelowLastWeek'],
    down: 'fleet-business', none: 'No revenue pack',
  }),
  kpi({
    title: 'Active customers',
    shows: 'Customers that are active now, and the change against a week before.',
    good: 'More than last week.',
    act: 'A fall is churn or too few signups: both are below.',
    value: (past) => `sum(${m('business_customers', 'status="active"')}${past})`, unit: 'locale', decimals: 0, alerts: ['BusinessChurnHigh'],
    down: 'fleet-business', none: 'No customers pack',
  }),
  kpi({
    title: 'Signups of 7 days',
    shows: 'Customers gained in the last 7 days, and the change against the 7 days before.',
    good: 'At or above the week before.',
    act: 'See below which channel brings fewer.',
    value: (past) => sum('business_customer_signups_total', '7d', '', past), unit: 'locale', decimals: 0, down: 'fleet-business', none: 'No customers pack',
  }),
  kpi({
    title: 'Customers lost in 7 days',
    shows: 'Customers lost in the last 7 days, and the change against the 7 days before.',
    good: 'Fewer than the week before.',
    act: 'Read the reasons below, and ask some of those who left.',
    value: (past) => sum('business_customer_churns_total', '7d', '', past), unit: 'locale', decimals: 0, less: true, alerts: ['BusinessChurnHigh'],
    down: 'fleet-business', none: 'No customers pack', w: 8,
  }),
  stat({
    title: 'Churn of 30 days',
    shows: 'Share of the customers at the beginning of the last 30 days that were lost in them.',
    good: 'Below the limit of the alert.',
    act: 'Read the reasons below; the report "churn" has it by month.',
    expr: m('business:customer_churn:ratio30d'), legend: 'churn', unit: 'percentunit', decimals: 1, limits: above({ warning: 'business_churn_ratio' }),
    alerts: ['BusinessChurnHigh'], down: 'fleet-business', none: 'No customers pack', w: 4, h: 5,
  }),
  stat({
    title: 'Net promoter score',
    shows: 'Percentage of promoters less that of detractors, of the answers of 30 days.',
    good: 'Above 0; above 50 is excellent.',
    act: 'Read what detractors wrote; a fall by more than a few points in a week raises an alert.',
    expr: m('business:nps:score30d'), legend: 'score', unit: 'none', decimals: 0, min: null, limits: below({ critical: 0 }), alerts: ['BusinessNpsDrop'],
    down: 'fleet-business', none: 'No answers', w: 4, h: 5,
  }),
  stat({
    title: 'Satisfied customers',
    shows: 'Share of the CSAT answers of 30 days that are 4 or 5.',
    good: 'Above 80 %.',
    act: 'Look which week it fell in, and what else changed then.',
    expr: m('business:csat:ratio30d'), legend: 'satisfied', unit: 'percentunit', max: 1, decimals: 1, alerts: ['BusinessCsatDrop'], down: 'fleet-business', none: 'No answers', w: 4, h: 5,
  }),
  stat({
    title: 'Jobs completed',
    shows: 'Share of the jobs closed in 24 hours that were completed, of the worst kind of job.',
    good: 'Above the limit of the alert.',
    act: 'See below which kind fails, and for which reason.',
    expr: `min(${m('kind:business_jobs_completed:ratio1d')})`, legend: 'completed', unit: 'percentunit', max: 1, decimals: 1,
    limits: below({ warning: 'business_job_completion_ratio' }), alerts: ['BusinessJobCompletionLow'], down: 'fleet-business', none: 'No jobs closed', w: 4, h: 5,
  }),
]);

const revenue = row('Revenue', [
  days({
    title: 'Revenue of each day',
    shows: 'Revenue booked on each of the last 14 days; the last bar is today so far. Choose the currency above.',
    good: 'The usual shape of the week.',
    act: 'A low day: compare it with orders and payments of that day.',
    expr: moneySum('business_revenue_minor_units_total', '1d', 'currency', ' offset -1d'), legend: '{{currency}}', unit: 'locale', decimals: 0, stack: false,
    alerts: ['BusinessRevenueBelowLastWeek'], down: ['fleet-business', 'currency'], none: 'No revenue pack', w: 12,
  }),
  series({
    title: 'Revenue against a week before',
    shows: 'Revenue of the 24 hours before each moment (solid), and of the same 24 hours a week before.',
    good: 'Now lies on or above the week before.',
    act: 'Where the lines part, look for a release, a price or a payment provider that changed.',
    queries: [
      [moneySum('business_revenue_minor_units_total', '1d', 'currency'), '{{currency}}'],
      [moneySum('business_revenue_minor_units_total', '1d', 'currency', ' offset 7d'), '{{currency}} a week before'],
    ],
    unit: 'locale', decimals: 0, alerts: ['BusinessRevenueBelowLastWeek'], down: ['fleet-business', 'currency'], none: 'No revenue pack', w: 12,
  }),
  series({
    title: 'Recurring revenue',
    shows: 'What running subscriptions bring a month, by currency.',
    good: 'Rising.',
    act: 'See below which plan loses subscriptions.',
    expr: moneyNow('business_recurring_revenue_minor_units', 'currency'), legend: '{{currency}}', unit: 'locale', decimals: 0, down: ['fleet-business', 'currency'], none: 'No subscriptions', w: 8,
  }),
  series({
    title: 'Share that is refunded',
    shows: 'Refunds of 24 hours as a share of the revenue of 24 hours, by currency.',
    good: 'A few percent.',
    act: 'Look which line of business it is, and whether one fault explains it.',
    expr: `${m('currency:business_refund_minor_units:increase1d', currency)} / (${m('currency:business_revenue_minor_units:increase1d', currency)} > 0)`,
    legend: '{{currency}}', unit: 'percentunit', decimals: 1, down: ['fleet-business', 'currency'], none: 'No refunds', w: 8,
  }),
  table({
    title: 'Open invoices',
    shows: 'What customers owe, by currency and by days overdue.',
    good: 'Little beyond 30 days.',
    act: 'Remind those beyond 30 days; what is beyond 90 rarely comes.',
    expr: moneyNow('business_receivable_minor_units', 'currency, overdue'), legend: 'Owed', labels: { currency: 'Currency', overdue: 'Days overdue' },
    sort: 'Currency', unit: 'locale', decimals: 0, down: ['fleet-business', 'currency'], none: 'No invoices', w: 8,
  }),
  series({
    title: 'Payments that succeed',
    shows: 'Share of the payments that ended in two hours that succeeded, by method.',
    good: 'Above the limit of the alert.',
    act: 'One method alone: ask its provider. All: look at the checkout.',
    expr: `${sum('business_payments_completed_total', '2h', '', '', 'method')} / (${sum('business_payments_completed_total', '2h', '', '', 'method')} + ${sum('business_payments_failed_total', '2h', '', '', 'method')} > 0)`,
    legend: '{{method}}', unit: 'percentunit', min: null, max: 1, limits: below({ critical: 'business_payment_completion_ratio' }), alerts: ['BusinessPaymentCompletionLow'],
    down: 'fleet-business', none: 'No payments', w: 8,
  }),
  series({
    title: 'Orders a day by channel',
    shows: 'Orders created in the 24 hours before each moment, by channel.',
    good: 'Steady or rising.',
    act: 'A channel that falls alone has a fault of its own: try an order in it.',
    expr: sum('business_orders_created_total', '1d', '', '', 'channel'), legend: '{{channel}}', unit: 'short', decimals: 0, stack: true, down: 'fleet-business', none: 'No orders', w: 8,
  }),
  share({
    title: 'Orders that are open',
    shows: 'Orders that are neither completed nor cancelled, by status.',
    good: 'Most are new or on their way.',
    act: 'A status that only grows is a step that is stuck.',
    expr: `topk(6, sum by (status) (${m('business_orders_open')}))`, legend: '{{status}}', unit: 'locale', decimals: 0, down: 'fleet-business', none: 'No open orders', w: 8,
  }),
]);

const customers = row('Customers', [
  series({
    title: 'Gained and lost',
    shows: 'Customers gained and lost in the 7 days before each moment.',
    good: 'More gained than lost.',
    act: 'When the lines meet, the number of customers has stopped to grow.',
    queries: [[sum('business_customer_signups_total', '7d'), 'gained'], [sum('business_customer_churns_total', '7d'), 'lost']],
    unit: 'short', decimals: 0, alerts: ['BusinessChurnHigh'], down: 'fleet-business', none: 'No customers pack', w: 8,
  }),
  bars({
    title: 'Why customers leave',
    shows: 'Customers lost in 30 days, by reason.',
    good: 'Nothing that a fault of ours explains.',
    act: 'Take the longest bar, and ask the last five who gave that reason.',
    expr: `topk(10, ${sum('business_customer_churns_total', '30d', '', '', 'reason')})`, legend: '{{reason}}', unit: 'locale', decimals: 0, alerts: ['BusinessChurnHigh'],
    down: 'fleet-business', none: 'Nobody left', w: 8,
  }),
  bars({
    title: 'Where customers come from',
    shows: 'Customers gained in 30 days, by channel.',
    good: 'More than one channel carries the growth.',
    act: 'Compare it with what each channel costs.',
    expr: `topk(10, ${sum('business_customer_signups_total', '30d', '', '', 'channel')})`, legend: '{{channel}}', unit: 'locale', decimals: 0, down: 'fleet-business', none: 'Nobody came', w: 8,
  }),
  series({
    title: 'Net promoter score over time',
    shows: 'The score of the answers of the 7 days before each moment.',
    good: 'Steady or rising.',
    act: 'A fall of many points in a week raises an alert: read what detractors wrote.',
    expr: `100 * (${sum('business_nps_responses_total', '7d', 'category="promoter"')} - ${sum('business_nps_responses_total', '7d', 'category="detractor"')}) / (${sum('business_nps_responses_total', '7d')} > 0)`,
    legend: 'score', unit: 'none', decimals: 0, min: null, alerts: ['BusinessNpsDrop'], down: 'fleet-business', none: 'No answers', w: 8,
  }),
  series({
    title: 'Satisfied customers over time',
    shows: 'Share of the CSAT answers of the 7 days before each moment that are 4 or 5.',
    good: 'Steady, above 80 %.',
    act: 'A fall in a week raises an alert: see what changed in that week.',
    expr: `${sum('business_csat_responses_total', '7d', 'score=~"4|5"')} / (${sum('business_csat_responses_total', '7d')} > 0)`,
    legend: 'satisfied', unit: 'percentunit', min: null, max: 1, alerts: ['BusinessCsatDrop'], down: 'fleet-business', none: 'No answers', w: 8,
  }),
  table({
    title: 'Retention of cohorts',
    shows: 'For each month of signup: how many came, and which share was still there at the end of that month, of the next, and of the third after it.',
    good: 'The lines fall slowly, and newer cohorts fall less.',
    act: 'When newer cohorts fall faster, look at what new customers meet first.',
    queries: [
      [`max by (cohort) (${m('business_cohort_customers')})`, 'Customers'],
      ...[['0', 'Month 0'], ['1', 'Month 1'], ['3', 'Month 3']].map(([period, name]) => [
        `max by (cohort) (${m('business_cohort_retained_customers', `period="${period}"`)}) / (max by (cohort) (${m('business_cohort_customers')}) > 0)`, name,
      ]),
    ],
    labels: { cohort: 'Cohort' }, columns: { Customers: { unit: 'locale', decimals: 0 } }, sort: '-Cohort', unit: 'percentunit', decimals: 0, down: 'fleet-business', none: 'No cohorts', w: 8,
  }),
]);

const work = row('Operations', [
  series({
    title: 'Jobs completed by kind',
    shows: 'Share of the jobs closed in the 24 hours before each moment that were completed.',
    good: 'Above the limit of the alert.',
    act: 'Open the report of failed jobs: one reason explains most.',
    expr: m('kind:business_jobs_completed:ratio1d'), legend: '{{kind}}', unit: 'percentunit', min: null, max: 1, limits: below({ warning: 'business_job_completion_ratio' }),
    alerts: ['BusinessJobCompletionLow'], down: 'fleet-business', none: 'No jobs closed', w: 8,
  }),
  series({
    title: 'Done on the first visit',
    shows: 'Share of the jobs completed in 7 days that needed one visit, by kind.',
    good: 'Above the limit of the alert.',
    act: 'Is the right part, and the right person, on the van? Compare kinds.',
    expr: `${sum('business_jobs_first_visit_resolved_total', '7d', '', '', 'kind')} / (${sum('business_jobs_completed_total', '7d', '', '', 'kind')} > 0)`,
    legend: '{{kind}}', unit: 'percentunit', min: null, max: 1, limits: below({ warning: 'business_first_visit_fix_ratio' }), alerts: ['BusinessFirstVisitFixLow'],
    down: 'fleet-business', none: 'No jobs completed', w: 8,
  }),
  series({
    title: 'Open jobs',
    shows: 'Jobs that are open now, by kind.',
    good: 'Steady.',
    act: 'When it climbs, more comes in than is done: see the technicians beside.',
    expr: `sum by (kind) (${m('business_jobs_open')})`, legend: '{{kind}}', unit: 'short', decimals: 0, stack: true, down: 'fleet-business', none: 'No open jobs', w: 8,
  }),
  table({
    title: 'Oldest open job',
    shows: 'How long the oldest open job of each kind has waited.',
    good: 'No longer than what customers were told.',
    act: 'Do the oldest first; one that nobody can do needs a decision.',
    expr: `time() - min by (kind) (${m('business_oldest_open_job_timestamp_seconds')})`, legend: 'Waits for', labels: { kind: 'Kind' }, sort: '-Waits for', unit: 's',
    down: 'fleet-business', none: 'No open jobs', w: 8,
  }),
  series({
    title: 'Technicians at work',
    shows: 'Share of the rostered time of the 7 days before each moment that technicians spent on jobs, by team.',
    good: 'Between 60 and 85 %: less is idle, more leaves no room.',
    act: 'A team far above the others needs help.',
    expr: `${sum('business_technician_productive_seconds_total', '7d', '', '', 'team')} / (${sum('business_technician_available_seconds_total', '7d', '', '', 'team')} > 0)`,
    legend: '{{team}}', unit: 'percentunit', max: 1, down: 'fleet-business', none: 'No roster', w: 8,
  }),
  heatmap({
    title: 'Time on jobs',
    shows: 'How many jobs completed in each day took how long.',
    good: 'One band that stays where it is.',
    act: 'A second band above the first is a kind of job that goes wrong.',
    expr: `sum by (le) (${inc('business_job_duration_seconds_bucket', '1d')})`, interval: '6h', down: 'fleet-business', none: 'No jobs completed', w: 8,
  }),
]);

const quality = row('Quality and subscriptions', [
  table({
    title: 'Process capability',
    shows: 'Cpk of each characteristic over 30 days: how far its mean is from the nearer limit, in units of three deviations.',
    good: '1.33 or more.',
    act: 'Low Cpk with a high Cp says that the mean is off: set the machine. Both low: it spreads too much.',
    queries: [
      [`min by (process, characteristic) (${m('business_process_cpk')})`, 'Cpk'], [`min by (process, characteristic) (${m('business_process_cp')})`, 'Cp'],
      [`max by (process, characteristic) (${m('business_process_samples')})`, 'Samples'],
    ],
    labels: { process: 'Process', characteristic: 'Characteristic' },
    columns: { Cpk: { limits: below({ warning: 'business_process_cpk_min' }), cell: 'color-text' }, Samples: { decimals: 0 } },
    sort: 'Cpk', unit: 'none', decimals: 2, alerts: ['BusinessProcessCpkLow'], down: 'fleet-business', none: 'No quality pack', w: 12,
  }),
  bars({
    title: 'Defects per million opportunities',
    shows: 'DPMO of each process over 30 days.',
    good: 'Below the target; 3.4 is six sigma, 6210 four.',
    act: 'Look which defect is most frequent in the report, and mend its cause first.',
    expr: `max by (process) (${m('business_process_dpmo')})`, legend: '{{process}}', unit: 'locale', decimals: 0, limits: above({ warning: 'business_process_dpmo_max' }),
    alerts: ['BusinessDpmoHigh'], down: 'fleet-business', none: 'No quality pack', w: 6,
  }),
  share({
    title: 'Subscriptions by plan',
    shows: 'Subscriptions that run now, by plan.',
    good: 'No plan carries everything.',
    act: 'A plan that nobody takes is a price or a feature that is wrong.',
    expr: `topk(6, sum by (plan) (${m('business_subscriptions')}))`, legend: '{{plan}}', unit: 'locale', decimals: 0, down: 'fleet-business', none: 'No subscriptions', w: 6,
  }),
  series({
    title: 'Subscriptions started and ended',
    shows: 'Subscriptions started and ended in the 7 days before each moment.',
    good: 'More started than ended.',
    act: 'See which plan ends, and with which reason, in the report.',
    queries: [[sum('business_subscriptions_started_total', '7d'), 'started'], [sum('business_subscriptions_ended_total', '7d'), 'ended']],
    unit: 'short', decimals: 0, down: 'fleet-business', none: 'No subscriptions', w: 8,
  }),
  bars({
    title: 'From trial to customer',
    shows: 'Trials of 30 days: started, became paid, ended without.',
    good: 'More are paid than lost.',
    act: 'Ask those who were lost in the first week what was missing.',
    queries: [
      [sum('business_trials_started_total', '30d'), 'started'], [sum('business_trials_converted_total', '30d'), 'paid'], [sum('business_trials_lost_total', '30d'), 'lost'],
    ],
    unit: 'locale', decimals: 0, keepOrder: true, down: 'fleet-business', none: 'No trials', w: 8,
  }),
  table({
    title: 'How old the data is',
    shows: 'For each query: since when it has had no good result, how old the newest row in the data is, and whether its series are withdrawn.',
    good: 'A few minutes, and nothing withdrawn.',
    act: 'An old result is the exporter or its database; an old row with a new result says that nothing new is written.',
    queries: [
      [`time() - max by (query) (${m('business_query_last_success_timestamp_seconds')})`, 'Result'],
      [`time() - max by (query) (${m('business_data_watermark_timestamp_seconds')})`, 'Newest row'],
      [`max by (query) (${m('business_query_stale')})`, 'Withdrawn'],
    ],
    labels: { query: 'Query' },
    columns: {
      'Newest row': { limits: above({ warning: 'business_watermark_old' }), cell: 'color-text' }, Withdrawn: { unit: 'none', mappings: kYesIsBad, limits: above({ critical: 1 }), cell: 'color-text' },
    },
    sort: '-Newest row', unit: 's', alerts: ['BusinessDataStale', 'BusinessQueryStale', 'BusinessQueryFailing'], down: 'fleet-self', none: 'No queries', w: 8,
  }),
]);

export default board({
  uid: 'fleet-business',
  title: 'Business Executive',
  about: 'Money, customers, work and quality, as numbers with their change against last week. Money is in units of its currency.',
  jobs: 'business_up',
  variables: [variable('currency', 'Currency', 'business_revenue_minor_units_total', { one: true })],
  refresh: '5m',
  from: 'now-14d',
  rows: [now, revenue, customers, work, quality],
});
