// Text of PromQL: selectors that keep to the board's variables, money, and the numbers of rules/thresholds.yml.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, tree } from './modules.mjs';

const yaml = load('yaml');
const read = (path) => yaml.parse(readFileSync(path, 'utf8')) ?? {};
const flag = process.argv.indexOf('--overrides'); // of build.mjs: a team's run/overrides.yml
const thresholds = { ...read(join(tree, 'rules/thresholds.yml')), ...(flag > 0 ? read(process.argv[flag + 1]).thresholds : {}) };
const kSeconds = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 };

/** A value of rules/thresholds.yml as a number; durations in seconds. */
function asNumber(value) {
  if (typeof value === 'number') return value;
  const parts = [...String(value).matchAll(/(\d+)(ms|[smhdwy])/g)];
  if (!parts.length) throw new Error(`not a number or duration: ${value}`);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * kSeconds[unit], 0);
}

/** The number of that name in rules/thresholds.yml. */
export function threshold(name) {
  if (!(name in thresholds)) throw new Error(`rules/thresholds.yml has no ${name}`);
  return asNumber(thresholds[name]);
}

/** That value as it stands in the file: "7d", "0.05". */
export const thresholdText = (name) => String(thresholds[name]);

/**
 * m('up') is up{job=~"$job",instance=~"$instance"}; a second argument adds matchers: m('up', 'job!="x"').
 * Recorded series have the labels that their level names: job:...  only job, instance:... both, others neither.
 */
export function m(metric, matchers = '') {
  const level = metric.includes(':') ? metric.split(':')[0] : 'instance';
  const own = [];
  if (level === 'job' || level.startsWith('instance')) own.push('job=~"$job"');
  if (level.startsWith('instance')) own.push('instance=~"$instance"');
  const all = [...own, ...(matchers ? [matchers] : [])].join(',');
  return all ? `${metric}{${all}}` : metric;
}

/** rate over the interval that fits the panel; r('x_total', 'code=~"5.."'). */
export const r = (metric, matchers) => `rate(${m(metric, matchers)}[$__rate_interval])`;

/** increase over a fixed window; inc('x_total', '1d', 'code="500"', ' offset 7d'). */
export const inc = (metric, window, matchers, offset = '') => `increase(${m(metric, matchers)}[${window}]${offset})`;

/** A quantile of a histogram: quantile(0.95, 'x_seconds', 'handler!=""', 'job'). */
export const quantile = (q, histogram, matchers, by = '') =>
  `histogram_quantile(${q}, sum by (${['le', ...(by ? [by] : [])].join(', ')}) (${r(`${histogram}_bucket`, matchers)}))`;

// ISO 4217, table A.1: the currencies whose minor unit is the unit itself, and those with a thousandth of it.
const kWhole = 'BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF';
const kThousandths = 'BHD|IQD|JOD|KWD|LYD|OMR|TND';

/** Minor units as money: money(select) with select('currency=~"..."') an expression that keeps the label currency. */
export const money = (select) =>
  `${select(`currency!~"${kWhole}|${kThousandths}"`)} / 100 or ${select(`currency=~"${kWhole}"`)} or ${select(`currency=~"${kThousandths}"`)} / 1000`;
