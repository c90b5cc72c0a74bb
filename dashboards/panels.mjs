// The panels that boards are made of. A board is one file in boards/ whose default export is board({...}); build.mjs writes
// it as JSON. What the author of a board writes:
//
//   import { above, board, heatmap, m, r, row, series, stat } from '../panels.mjs';
//   export default board({
//     uid: 'fleet-x', title: 'X', about: 'one sentence', jobs: 'up', variables: [variable('check', 'Check', 'health_check_up')],
//     rows: [row('Overview', [
//       series({
//         title: 'Share of requests that fail',          // a noun; the unit is on the axis
//         shows: '...', good: '...', act: '...',         // three sentences; they are the description
//         queries: [[expr, '{{job}}']],                  // [expression, legend], or expr: '...' and legend: '...'
//         unit: 'percentunit', min: 0, max: 1,           // a unit of Grafana; min is 0 unless said otherwise (null: none)
//         limits: above({ critical: 'error_ratio' }),    // names of rules/thresholds.yml: colours, and lines in series
//         alerts: ['HighErrorRate'],                     // they must be in rules/; their pages are named in the description
//         down: 'fleet-infra',                           // where a click leads: ['fleet-infra', 'job'] hands on the label job,
//                                                        // ['fleet-alerts', 'severity=critical'] a value
//         none: 'No requests',                           // what stands there without a value
//         w: 8, h: 8,                                    // of 24 columns; the panels of a line must fill it, equally high
//       }),
//     ])],
//   });
//
// Panels (what is special in each is said at the function):
//   stat       one number, or one of each series         series    lines over time
//   kpi        a number and its change against last week  latency   lines of p50, p95, p99, with exemplars
//   heatmap    a histogram over time                      states    coloured bands over time: up, down, firing
//   table      rows of labels and numbers                 bars      ranked bars, longest first
//   days       a bar a day                                share     parts of a whole, at most six
//   gauge      one share of a whole; one a board          text      a note in Markdown       boards  a list of the boards
// Selectors: m(metric, matchers) keeps to the variables job and instance; see promql.mjs.
// Queries of stat, bars, table, share, gauge and kpi are instant ones, "spark: true" in stat makes them ranges.
import { kSource } from './board.mjs';
import { threshold, thresholdText } from './promql.mjs';

export { board, row, variable } from './board.mjs';
export * from './promql.mjs';

const kColours = { good: 'green', warning: 'orange', critical: 'red' };

// --- limits: names of rules/thresholds.yml; 0 and 1 may stand as they are, for "any at all" and "up" ---
function limits(direction, { warning, critical, scale = 1 }) {
  const named = [warning, critical].filter((name) => typeof name === 'string');
  const at = (name) => (typeof name === 'string' ? Number((threshold(name) * scale).toPrecision(12)) : name);
  const known = [['warning', warning], ['critical', critical]].filter(([, name]) => name !== undefined);
  const rising = known.map(([severity, name]) => ({ color: kColours[severity], value: at(name) }));
  if (direction === 'above') return { named, scale, steps: [{ color: kColours.good, value: null }, ...rising] };
  // Below the lowest bound it is worst: each colour begins where the one before it ends.
  const bounds = rising.reverse().map(({ value }) => value);
  const colours = [...rising.map(({ color }) => color), kColours.good];
  return { named, scale, steps: colours.map((color, i) => ({ color, value: i === 0 ? null : bounds[i - 1] })) };
}
/** The daily revenue below which the alert fires, of each currency that has a number of its own; of units, not of cents. */
export const kDailyRevenue = () => Object.fromEntries(['EUR', 'USD', 'GBP', 'CHF'].map((currency) => [
  currency, below({ critical: `business_daily_revenue_${currency.toLowerCase()}_min`, scale: 0.01 }),
]));
/** More is worse: above({ warning: 'a_ratio', critical: 'b_ratio' }); scale turns the number into the unit of the panel. */
export const above = (bounds) => limits('above', bounds);
/** Less is worse. */
export const below = (bounds) => limits('below', bounds);
/** Burn rates of the alerts of rules/slo.yml: the first two are warnings, those above them critical. */
const burning = (rates) => ({
  named: [], scale: 1,
  steps: [{ color: kColours.good, value: null }, ...rates.map((value, i) => ({ color: i < 2 ? kColours.warning : kColours.critical, value }))],
});
/** No bound: one colour. */
const kNoLimits = { named: [], scale: 1, steps: [{ color: 'blue', value: null }] };

// --- parts of a panel ---
function describe({ shows, good, act, alerts = [], burnRates, limits: { named, scale } = kNoLimits, limitsOf = {} }) {
  const lines = [shows, `**Good:** ${good}`, `**Do:** ${act}`];
  const all = [{ named, scale }, ...Object.values(limitsOf)].flatMap((of) => of.named.map((name) => [name, of.scale]));
  const times = (factor) => (factor === 1 ? '' : ` times ${factor}`);
  if (all.length) lines.push(`**Limits:** ${all.map(([name, factor]) => `\`${name}\` ${thresholdText(name)}${times(factor)}`).join(', ')}`);
  if (burnRates) lines.push(`**Burn rates:** ${burnRates.join(', ')}`);
  if (alerts.length) lines.push(`**Alerts:** ${alerts.map((name) => `${name} (\`docs/runbooks/${name}.md\`)`).join(', ')}`);
  return lines.join('\n\n');
}

const kTitles = {
  'fleet-home': 'System Overview', 'fleet-business': 'Business Executive', 'fleet-infra': 'Technical Infrastructure', 'fleet-security': 'Security',
  'fleet-slo': 'Service Levels', 'fleet-alerts': 'Alerts and Deliveries', 'fleet-self': 'Fleet', 'fleet-api': 'API and Email delivery',
};
/** columns: names of the label columns of a table, whose cells do not know their labels otherwise. */
function link(down, columns) {
  const [uid, ...labels] = [down].flat();
  const handed = labels.map((label) => {
    const [name, value = columns ? `\${__data.fields["${columns[label]}"]}` : `\${__field.labels.${label}}`] = label.split('=');
    return `&var-${name}=${value}`;
  }).join('');
  return { title: `Open ${kTitles[uid]}`, url: `/d/${uid}?\${__url_time_range}&\${datasource:queryparam}${handed}` };
}

function targets({ expr, legend = '', queries = [[expr, legend]] }, more) {
  return queries.map(([text, name, own = {}], i) => ({
    refId: String.fromCharCode(65 + i),
    datasource: kSource,
    editorMode: 'code',
    expr: text.replace(/\s+/g, ' ').trim(),
    legendFormat: name,
    ...more,
    ...own,
  }));
}

const kInstant = { instant: true, range: false };
const kRange = { instant: false, range: true };
const kTableRows = { ...kInstant, format: 'table' };

/** limitsOf: { EUR: below(...) }: limits of the series of that name. */
const colours = ({ limitsOf = {} }) => Object.entries(limitsOf).map(([name, { steps }]) => ofName(name, { thresholds: { mode: 'absolute', steps } }));

function panel(type, spec, { options, custom, query = kInstant, size = [8, 8], colour, transformations, overrides = [] }) {
  const { min = 0, max, unit, decimals, none = 'No data', mappings = [], down } = spec;
  const bounds = spec.limits ?? (spec.burnRates ? burning(spec.burnRates) : kNoLimits);
  const defaults = {
    unit,
    ...(min === null ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(decimals === undefined ? {} : { decimals }),
    noValue: none,
    color: { mode: colour ?? 'palette-classic' },
    thresholds: { mode: 'absolute', steps: bounds.steps },
    mappings,
    links: [link(down, spec.labels)],
    ...(custom ? { custom } : {}),
  };
  return {
    type,
    title: spec.title,
    description: describe(spec),
    datasource: kSource,
    size: { w: spec.w ?? size[0], h: spec.h ?? size[1] },
    targets: targets(spec, query),
    ...(spec.interval ? { interval: spec.interval } : {}),
    ...(spec.range ? { timeFrom: spec.range } : {}),
    ...(transformations ? { transformations } : {}),
    ...(spec.rename ? { transformations: [{ id: 'renameByRegex', options: spec.rename }] } : {}),
    fieldConfig: { defaults, overrides: [...overrides, ...colours(spec), ...(spec.overrides ?? [])] },
    options,
  };
}

/** Words in place of numbers: words({ 0: ['Down', 'red'], 1: ['Up', 'green'] }). */
export const words = (table) => [{
  type: 'value',
  options: Object.fromEntries(Object.entries(table).map(([value, [text, color]], index) => [value, { text, color, index }])),
}];
export const kUp = words({ 0: ['Down', 'red'], 1: ['Up', 'green'] });
export const kYesIsGood = words({ 0: ['No', 'red'], 1: ['Yes', 'green'] });
export const kYesIsBad = words({ 0: ['No', 'green'], 1: ['Yes', 'red'] });

/** rename: kGroupName leaves the file out of a group of rules ("/etc/x/rules.yml;name"), which would not fit. */
export const kGroupName = { regex: '.*;(.*)', renamePattern: '$1' };

/** An override for what a query, or a column of that name, shows. */
export const ofQuery = (refId, properties) => override('byFrameRefID', refId, properties);
export const ofName = (name, properties) => override('byName', name, properties);
const override = (id, options, properties) => ({
  matcher: { id, options },
  properties: Object.entries(properties).map(([key, value]) => ({ id: key, value })),
});

const reduce = { values: false, calcs: ['lastNotNull'], fields: '' };
const tooltip = { mode: 'multi', sort: 'desc' };
/** The worst stand first: what is low where less is worse. */
const legendOf = ({ w = 8, limits: { steps } = kNoLimits, lowFirst = steps[0].color === kColours.critical || steps[0].color === kColours.warning }) => ({
  showLegend: true, displayMode: 'table', placement: 'bottom', calcs: w < 12 ? ['lastNotNull', 'max'] : ['lastNotNull', 'max', 'mean'], sortBy: 'Last *', sortDesc: !lowFirst,
});

// --- panels ---

/** What is not known is neither good nor bad. */
const unknown = (text = 'No data') => ({ type: 'special', options: { match: 'null+nan', result: { text, color: '#8e8e8e', index: 99 } } });

/** fill: true colours the whole panel; spark: true draws the range behind the number. */
export function stat(spec) {
  return panel('stat', { ...spec, mappings: [...(spec.mappings ?? []), unknown(spec.none)] }, {
    query: spec.spark ? kRange : kInstant,
    size: [4, 4],
    colour: 'thresholds',
    options: {
      reduceOptions: reduce,
      colorMode: spec.fill ? 'background' : 'value',
      graphMode: spec.spark ? 'area' : 'none',
      textMode: spec.textMode ?? 'auto',
      justifyMode: 'auto',
      orientation: 'auto',
      wideLayout: true,
      showPercentChange: false,
      percentChangeColorMode: 'standard',
    },
  });
}

/**
 * value: a function of an offset that gives the expression: (past) => `sum(increase(x_total[1d]${past}))`. The change is
 * against the same moment a week before; less: true where a fall is good;
 * changed: its legend.
 */
export function kpi(spec) {
  const [rise, fall] = spec.less ? ['red', 'green'] : ['green', 'red'];
  const change = `(${spec.value('')}) / ((${spec.value(' offset 7d')}) > 0) - 1`;
  const changed = spec.changed ?? (spec.legend ? `${spec.legend}: against last week` : 'against last week');
  return stat({
    h: 5, w: 6, textMode: 'value_and_name',
    ...spec,
    queries: [[spec.value(''), spec.legend ?? 'Now'], [change, changed]],
    overrides: [
      ofQuery('B', {
        unit: 'percentunit', decimals: 1, noValue: 'No week before',
        thresholds: { mode: 'absolute', steps: [{ color: fall, value: null }, { color: rise, value: 0 }] },
      }),
      ...(spec.overrides ?? []),
    ],
  });
}

/** The areas below many lines make mud, and one that does not begin at 0 says nothing. */
function fillOf({ bars: drawn, stack, min, legend = '', queries = [[null, legend]] }) {
  if (drawn) return 80;
  if (stack) return 25;
  return min === null || queries.length > 1 || queries[0][1].includes('{{') ? 0 : 8;
}

/** stack: true piles the series up; bars: true draws bars; lowFirst: true puts the lowest first in the legend. Limits are drawn as dashed lines. */
export function series(spec) {
  return panel('timeseries', spec, {
    query: { ...kRange, ...(spec.exemplars ? { exemplar: true } : {}) },
    colour: 'palette-classic',
    custom: {
      drawStyle: spec.bars ? 'bars' : 'line',
      lineWidth: spec.bars ? 0 : 1,
      fillOpacity: fillOf(spec),
      showPoints: 'never',
      spanNulls: false,
      lineInterpolation: 'linear',
      stacking: { mode: spec.stack ? 'normal' : 'none', group: 'A' },
      thresholdsStyle: { mode: spec.limits || spec.burnRates ? 'dashed' : 'off' },
      ...(spec.log ? { scaleDistribution: { type: 'log', log: 10 } } : {}),
    },
    options: { legend: legendOf(spec), tooltip },
  });
}

/** series in seconds whose points carry exemplars, which lead to traces. */
export const latency = (spec) => series({ unit: 's', exemplars: true, none: 'No requests', ...spec });

/** expr: sum by (le) (increase(x_bucket[$__rate_interval])); unit is that of the buckets. */
export function heatmap(spec) {
  const { unit = 's' } = spec;
  return panel('heatmap', { ...spec, unit, legend: '{{le}}' }, {
    query: { ...kRange, format: 'heatmap', exemplar: true },
    custom: { scaleDistribution: { type: 'linear' }, hideFrom: { legend: false, tooltip: false, viz: false } },
    options: {
      calculate: false,
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Oranges', scale: 'exponential', exponent: 0.5, steps: 64, fill: 'dark-orange', reverse: false },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: 'auto' },
      showValue: 'never',
      tooltip: { mode: 'single', yHistogram: true, showColorScale: true },
      yAxis: { axisPlacement: 'left', reverse: false, unit },
    },
  });
}

/** limits give the colours of the bands and the legend, or mappings do: then the legend has their words. */
export function states(spec) {
  return panel('state-timeline', spec, {
    query: kRange,
    colour: spec.mappings ? 'palette-classic' : 'thresholds',
    custom: { fillOpacity: 75, lineWidth: 0 },
    options: {
      alignValue: 'left',
      mergeValues: true,
      rowHeight: 0.85,
      showValue: 'never',
      legend: { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    },
  });
}

const widthOf = (head) => Math.max(90, head.length * 8 + 30);
/**
 * labels: { check: 'Check' } are the label columns in their order; the others are hidden. The columns of numbers are the
 * legends of the queries, with columns: { 'Share': { unit, limits, cell: 'color-text', mappings } } for what differs. They are
 * as wide as their heads, the labels have what is left; widths: { Team: 90 } for labels that need less.
 */
export function table(spec) {
  const queries = spec.queries ?? [[spec.expr, spec.legend]];
  const valueName = (i) => (queries.length === 1 ? 'Value' : `Value #${String.fromCharCode(65 + i)}`);
  const labels = Object.keys(spec.labels);
  const renamed = Object.fromEntries([...Object.entries(spec.labels), ...queries.map(([, name], i) => [valueName(i), name])]);
  const order = Object.fromEntries([...labels, ...queries.map((_, i) => valueName(i))].map((name, i) => [name, i]));
  const cells = Object.entries(spec.columns ?? {}).map(([name, { limits: bounds, cell, ...own }]) => ofName(name, {
    ...own,
    ...(bounds ? { thresholds: { mode: 'absolute', steps: bounds.steps } } : {}),
    ...(cell ? { 'custom.cellOptions': { type: cell, ...(cell === 'gauge' ? { mode: 'lcd' } : {}) } } : {}),
  }));
  const widths = [
    ...queries.map(([, name]) => ofName(name, { 'custom.width': widthOf(name), noValue: '–' })),
    ...Object.entries(spec.widths ?? {}).map(([name, width]) => ofName(name, { 'custom.width': width })),
  ];
  const named = Object.values(spec.columns ?? {}).flatMap(({ limits: bounds }) => bounds?.named ?? []);
  const scale = 1;
  return panel('table', { min: null, ...spec, queries, limits: spec.limits ?? { ...kNoLimits, named, scale } }, {
    query: kTableRows,
    size: [12, 8],
    colour: 'thresholds',
    custom: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false, minWidth: 80 },
    overrides: [...cells, ...widths],
    transformations: [
      // Before merge, which makes a row of its own for each __name__.
      { id: 'filterFieldsByName', options: { include: { names: [...labels, ...queries.map((_, i) => valueName(i))] } } },
      ...(queries.length > 1 ? [{ id: 'merge', options: {} }] : []),
      { id: 'organize', options: { excludeByName: {}, indexByName: order, renameByName: renamed } },
    ],
    options: {
      showHeader: true,
      cellHeight: 'sm',
      frameIndex: 0,
      sortBy: spec.sort ? [{ displayName: spec.sort.replace(/^-/, ''), desc: spec.sort.startsWith('-') }] : [],
    },
  });
}

/** Longest first, as far as one expression goes; keepOrder: true leaves them as they come. */
export function bars(spec) {
  const sorted = spec.expr && !spec.keepOrder ? { ...spec, expr: `sort_desc(${spec.expr})` } : spec;
  return panel('bargauge', sorted, {
    colour: spec.limits ? 'thresholds' : 'continuous-BlPu',
    options: {
      displayMode: 'gradient',
      orientation: 'horizontal',
      valueMode: 'color',
      namePlacement: 'left',
      showUnfilled: true,
      sizing: 'auto',
      minVizHeight: 12,
      minVizWidth: 8,
      maxVizHeight: 40,
      text: { titleSize: 12, valueSize: 14 }, // Grafana leaves room for names of 12, however thin the bars are
      reduceOptions: reduce,
      legend: { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] },
    },
  });
}

/** Points are at midnight, so the expressions look one day ahead: increase(x_total[1d] offset -1d). Today's bar is the day so far. */
export function days(spec) {
  return series({ bars: true, stack: true, interval: '1d', range: '14d', ...spec });
}

export function share(spec) {
  return panel('piechart', spec, {
    size: [6, 8],
    colour: 'palette-classic',
    custom: { hideFrom: { legend: false, tooltip: false, viz: false } },
    options: {
      pieType: 'donut',
      sort: 'desc',
      displayLabels: ['percent'],
      reduceOptions: reduce,
      legend: { showLegend: true, displayMode: 'table', placement: 'right', calcs: [], values: ['value', 'percent'] },
      tooltip: { mode: 'single', sort: 'none' },
    },
  });
}

export function gauge(spec) {
  return panel('gauge', spec, {
    size: [6, 6],
    colour: 'thresholds',
    options: {
      reduceOptions: reduce,
      orientation: 'auto',
      shape: 'gauge',
      sizing: 'auto',
      minVizHeight: 75,
      minVizWidth: 75,
      showThresholdLabels: false,
      showThresholdMarkers: true,
    },
  });
}

const still = (type, { title, about, w = 24, h = 4 }, options) => ({ type, title, description: about, size: { w, h }, options });
/** about says what the note is for. */
export const text = (spec) => still('text', spec, { mode: 'markdown', content: spec.content });
export const boards = (spec) => still('dashlist', spec, {
  showHeadings: false, showSearch: true, showStarred: false, showRecentlyViewed: false, showFolderNames: false,
  includeVars: false, keepTime: true, maxItems: 20, query: '', tags: ['fleet'],
});
