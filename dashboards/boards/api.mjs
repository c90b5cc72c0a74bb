// API and Email delivery: what customers' programs ask, and what reaches people: emails, webhooks, codes.
import { above, bars, board, heatmap, inc, kpi, latency, m, quantile, r, row, series, stat, table, variable } from '../panels.mjs';

const plan = 'plan=~"$plan"';
const endpoint = 'endpoint=~"$endpoint"';
const sum = (metric, window, matchers, past = '', by = '') => `sum ${by && `by (${by}) `}(${inc(metric, window, matchers, past)})`;
const share = (part, whole, window, by, matchers) => `${sum(part, window, matchers, '', by)} / (${sum(whole, window, matchers, '', by)} > 0)`;

const api = row('API', [
  kpi({
    title: 'Requests of 24 hours',
    shows: 'API requests of the last 24 hours, and the change against a week before.',
    good: 'At or above last week.',
    act: 'A fall of one plan is one customer: ask before they leave.',
    value: (past) => sum('business_api_requests_total', '1d', plan, past), unit: 'locale', decimals: 0, down: 'fleet-api', none: 'No api pack', w: 6,
  }),
  stat({
    title: 'Errors of an hour',
    shows: 'Share of the API requests of an hour that failed on our side (5xx).',
    good: 'Below 1 %.',
    act: 'See below which route it is.',
    expr: `(${sum('business_api_request_errors_total', '1h', `class="5xx",${plan}`)} or vector(0)) / (${sum('business_api_requests_total', '1h', plan)} > 0)`, legend: 'failed', unit: 'percentunit', decimals: 2,
    down: 'fleet-api', none: 'No requests', w: 6, h: 5,
  }),
  stat({
    title: 'Keys near their quota',
    shows: 'API keys that have used at least 90 % of their quota.',
    good: 'None.',
    act: 'Tell their owners before their requests are refused, or offer a larger plan.',
    expr: `sum(${m('business_api_keys_near_quota', plan)})`, legend: 'keys', unit: 'none', limits: above({ warning: 1 }), alerts: ['BusinessQuotaNearlyUsed'], down: 'fleet-api', none: 'No api pack', w: 6, h: 5,
  }),
  stat({
    title: 'Refused over quota, of a day',
    shows: 'Requests of 24 hours that were refused because the quota was used up.',
    good: 'None.',
    act: 'Those customers see errors: talk to them.',
    expr: sum('business_api_quota_exceeded_total', '1d', plan), legend: 'refused', unit: 'locale', decimals: 0, limits: above({ warning: 1 }), alerts: ['BusinessQuotaNearlyUsed'], down: 'fleet-api', none: 'No api pack', w: 6, h: 5,
  }),
  series({
    title: 'Requests by route',
    shows: 'API requests an hour, by route: the fifteen busiest.',
    good: 'The usual shape of the day.',
    act: 'A route that rises alone is a client that asks in a loop.',
    expr: `topk(15, ${sum('business_api_requests_total', '1h', plan, '', 'route')})`, legend: '{{route}}', unit: 'short', decimals: 0, stack: true, down: 'fleet-api', none: 'No requests', w: 8,
  }),
  series({
    title: 'Share that fails by route',
    shows: 'Share of the requests of an hour that failed, by route, 4xx and 5xx together.',
    good: 'A few percent: clients make mistakes.',
    act: 'One route far above the others has changed, or its clients have.',
    expr: `topk(15, ${share('business_api_request_errors_total', 'business_api_requests_total', '1h', 'route', plan)})`, legend: '{{route}}', unit: 'percentunit', max: 1, down: 'fleet-api', none: 'No requests', w: 8,
  }),
  series({
    title: 'Errors by class',
    shows: 'Failed requests of an hour, by class.',
    good: 'Hardly any 5xx.',
    act: '5xx are ours: see the infrastructure board at this time.',
    expr: sum('business_api_request_errors_total', '1h', plan, '', 'class'), legend: '{{class}}', unit: 'short', decimals: 0, stack: true, down: 'fleet-infra', none: 'No errors', w: 8,
  }),
  bars({
    title: 'Quota used',
    shows: 'What the keys of each plan have used of their quota in this period.',
    good: 'Below the limit of the alert.',
    act: 'Offer those customers a larger plan.',
    expr: `max by (plan) (${m('business_api_quota_used_requests', plan)} / (${m('business_api_quota_requests', plan)} > 0))`, legend: '{{plan}}', unit: 'percentunit', max: 1, decimals: 0,
    limits: above({ warning: 'business_quota_used_ratio' }), alerts: ['BusinessQuotaNearlyUsed'], down: ['fleet-api', 'plan'], none: 'No quotas', w: 8,
  }),
  bars({
    title: 'Keys in use',
    shows: 'API keys that were used in 30 days, by plan.',
    good: 'Most keys of a plan are in use.',
    act: 'Keys that nobody uses are customers about to leave, and a risk: revoke them.',
    expr: `sum by (plan) (${m('business_api_active_keys', `window="30d",${plan}`)})`, legend: '{{plan}}', unit: 'locale', decimals: 0, down: ['fleet-api', 'plan'], none: 'No keys', w: 8,
  }),
  series({
    title: 'Requests by plan',
    shows: 'API requests a day, by plan.',
    good: 'Growing where customers pay for it.',
    act: 'A free plan that carries most requests needs a limit.',
    expr: sum('business_api_requests_total', '1d', plan, '', 'plan'), legend: '{{plan}}', unit: 'short', decimals: 0, stack: true, down: ['fleet-api', 'plan'], none: 'No requests', w: 8,
  }),
]);

const email = row('Emails', [
  kpi({
    title: 'Emails of 24 hours',
    shows: 'Emails handed to the relay in 24 hours, and the change against a week before.',
    good: 'As many as last week.',
    act: 'Far fewer: does the queue move? Far more: does something send in a loop?',
    value: (past) => sum('business_emails_sent_total', '1d', '', past), unit: 'locale', decimals: 0, down: 'fleet-api', none: 'No messaging pack', w: 6,
  }),
  stat({
    title: 'Bounces of a day',
    shows: 'Share of the emails of 24 hours that came back.',
    good: 'Below the limit of the alert: providers refuse senders with more.',
    act: 'Remove the addresses that bounced hard; see which template and which provider.',
    expr: `${sum('business_emails_bounced_total', '1d')} / (${sum('business_emails_sent_total', '1d')} > 0)`, legend: 'bounced', unit: 'percentunit', decimals: 2,
    limits: above({ warning: 'business_email_bounce_ratio' }), alerts: ['BusinessEmailBounceRateHigh'], down: 'fleet-api', none: 'No emails', w: 6, h: 5,
  }),
  stat({
    title: 'Emails that wait',
    shows: 'Emails in the queue.',
    good: 'A few, for seconds.',
    act: 'When they wait for minutes, ask the relay: its answer is in the log of the application.',
    expr: `sum(${m('business_emails_queued')})`, legend: 'waiting', unit: 'locale', decimals: 0, down: 'fleet-api', none: 'No messaging pack', w: 6, h: 5,
  }),
  stat({
    title: 'Complaints of 30 days',
    shows: 'Share of the emails of 30 days that people marked as spam.',
    good: 'Below 0.1 %.',
    act: 'Who was written to without asking for it? Make leaving easy.',
    expr: `${sum('business_email_complaints_total', '30d')} / (${sum('business_emails_sent_total', '30d')} > 0)`, legend: 'complaints', unit: 'percentunit', decimals: 3, down: 'fleet-api', none: 'No emails', w: 6, h: 5,
  }),
  series({
    title: 'Emails by fate',
    shows: 'Emails a day: sent, delivered and bounced.',
    good: 'The first two lines lie on each other.',
    act: 'A gap without bounces is a relay that holds them back.',
    queries: [[sum('business_emails_sent_total', '1d'), 'sent'], [sum('business_emails_delivered_total', '1d'), 'delivered'], [sum('business_emails_bounced_total', '1d'), 'bounced']],
    unit: 'short', decimals: 0, alerts: ['BusinessEmailBounceRateHigh'], down: 'fleet-api', none: 'No emails', w: 8,
  }),
  bars({
    title: 'Bounces by template',
    shows: 'Share of the emails of 7 days that came back, by template: the ten worst.',
    good: 'Alike, and low.',
    act: 'One template far above the others is sent to addresses that nobody confirmed.',
    expr: `topk(10, ${share('business_emails_bounced_total', 'business_emails_sent_total', '7d', 'template')})`, legend: '{{template}}', unit: 'percentunit', decimals: 1,
    limits: above({ warning: 'business_email_bounce_ratio' }), alerts: ['BusinessEmailBounceRateHigh'], down: 'fleet-api', none: 'No bounces', w: 8,
  }),
  heatmap({
    title: 'Time to deliver emails',
    shows: 'How many emails of each six hours took how long from the queue to the mailbox.',
    good: 'Seconds.',
    act: 'A second band of minutes is a provider that slows us down.',
    expr: `sum by (le) (${inc('business_email_delivery_seconds_bucket', '6h')})`, interval: '6h', down: 'fleet-api', none: 'No emails', w: 8,
  }),
]);

const webhooks = row('Webhooks', [
  table({
    title: 'Endpoints',
    shows: 'Each endpoint: webhooks that wait, how long the oldest has waited, given up in 24 hours, and which share of the tries of an hour failed.',
    good: 'Nothing waits, nothing is given up.',
    act: 'Tell the owner of an endpoint that fails; switch off one that has failed for days.',
    queries: [
      [`sum by (endpoint) (${m('business_webhooks_pending', endpoint)})`, 'Waiting'],
      [`time() - min by (endpoint) (${m('business_oldest_pending_webhook_timestamp_seconds', endpoint)})`, 'Oldest'],
      [sum('business_webhooks_exhausted_total', '1d', endpoint, '', 'endpoint'), 'Given up'],
      [share('business_webhook_delivery_failures_total', 'business_webhook_deliveries_total', '1d', 'endpoint', endpoint), 'Failed tries'],
    ],
    labels: { endpoint: 'Endpoint' },
    columns: { Oldest: { unit: 's' }, 'Given up': { limits: above({ warning: 1 }), cell: 'color-text' }, 'Failed tries': { unit: 'percentunit', decimals: 1 } },
    sort: '-Given up', unit: 'locale', decimals: 0, alerts: ['BusinessWebhookDeliveryFailed'], down: ['fleet-api', 'endpoint'], none: 'No webhooks', w: 12,
  }),
  series({
    title: 'Tries that fail, by reason',
    shows: 'Tries of an hour that failed, by reason.',
    good: 'A few timeouts.',
    act: 'status is the endpoint itself, connect and timeout its network, tls its certificate.',
    expr: sum('business_webhook_delivery_failures_total', '1h', endpoint, '', 'reason'), legend: '{{reason}}', unit: 'short', decimals: 0, stack: true, alerts: ['BusinessWebhookDeliveryFailed'], down: 'fleet-api', none: 'None failed', w: 12,
  }),
  series({
    title: 'Webhooks given up',
    shows: 'Webhooks of an hour that were given up after their last try.',
    good: 'None.',
    act: 'What was in them is lost for the receiver: offer to send it again.',
    expr: sum('business_webhooks_exhausted_total', '1h', endpoint, '', 'endpoint'), legend: '{{endpoint}}', unit: 'short', decimals: 0, limits: above({ warning: 'business_webhooks_given_up_count' }),
    alerts: ['BusinessWebhookDeliveryFailed'], down: ['fleet-api', 'endpoint'], none: 'None', w: 12,
  }),
  heatmap({
    title: 'Time of tries',
    shows: 'How many tries of each six hours took how long.',
    good: 'Below a second.',
    act: 'A band at the timeout is an endpoint that never answers.',
    expr: `sum by (le) (${inc('business_webhook_delivery_duration_seconds_bucket', '6h', endpoint)})`, interval: '6h', down: 'fleet-api', none: 'No webhooks', w: 12,
  }),
]);

const codes = row('Codes and news of authd', [
  series({
    title: 'Codes sent',
    shows: 'Codes by SMS and email in 15 minutes, by what came of them.',
    good: 'Nearly all are sent.',
    act: 'People whose code fails cannot log in: look at the relay or the SMS provider.',
    expr: sum('authd_otp_sent_total', '15m', '', '', 'channel, result'), legend: '{{channel}} {{result}}', unit: 'short', alerts: ['AuthdOtpDeliveryFailing'], down: 'fleet-security', none: 'No codes', w: 8,
  }),
  series({
    title: 'Messages that wait for another try',
    shows: 'Mails and short messages of authd that wait to be sent again.',
    good: 'None.',
    act: 'See the log of authd for the answer of the relay.',
    expr: `sum(${m('authd_messages_waiting')})`, legend: 'waiting', unit: 'short', alerts: ['AuthdOtpDeliveryFailing'], down: 'fleet-security', none: 'authd is not scraped', w: 8,
  }),
  series({
    title: 'Links and news',
    shows: 'Mails of authd with links and news in an hour, by what came of them.',
    good: 'All are sent.',
    act: 'A link that does not arrive is a person who cannot confirm an address or set a password.',
    expr: sum('authd_notices_sent_total', '1h', '', '', 'result'), legend: '{{result}}', unit: 'short', alerts: ['AuthdOtpDeliveryFailing'], down: 'fleet-security', none: 'No mails', w: 8,
  }),
]);

export default board({
  uid: 'fleet-api',
  title: 'API and Email delivery',
  about: 'What customers\' programs ask, and what reaches people: emails, webhooks and codes.',
  jobs: '{__name__=~"(authd|business_exporter)_build_info"}',
  variables: [variable('plan', 'Plan', 'business_api_requests_total'), variable('endpoint', 'Endpoint', 'business_webhooks_pending')],
  from: 'now-7d',
  refresh: '5m',
  rows: [api, email, webhooks, codes],
});
