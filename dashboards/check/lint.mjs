// What a good board has and a broken one lacks: the 17 rules of grafana/dashboard-linter (under their names), and ours.
import { threshold, thresholdText } from '../promql.mjs';
import { asking, flat } from './boards.mjs';
import { hasRunbook, kCounters } from './catalogue.mjs';
import { metricsOf, parse, resultLabels, selectors, withoutVariables } from './expressions.mjs';

const kUnits = new Set(['none', 'short', 'locale', 'string', 'percentunit', 's', 'ms', 'dtdurations', 'dateTimeFromNow', 'dateTimeAsIso', 'bytes', 'decbytes', 'Bps',
  'binBps', 'reqps', 'ops', 'cpm', 'opm', 'iops', 'cps', 'rps', 'bool', 'currencyEUR', 'currencyUSD', 'currencyGBP', 'currencyJPY', 'currencyPLN']);
const kTypes = new Set(['row', 'stat', 'timeseries', 'heatmap', 'table', 'state-timeline', 'bargauge', 'piechart', 'gauge', 'text', 'dashlist']);
const kSentenceMin = 15;
const kTitleMax = 60;
const isOurs = (source) => source?.type === 'prometheus' && source.uid === '${datasource}';

// --- of a board ---
function checkVariables(board) {
  const list = board.templating.list;
  const found = [];
  const say = (rule, text) => found.push(`${rule}: ${text}`);
  const source = list.find(({ type }) => type === 'datasource');
  if (source?.name !== 'datasource' || source.label !== 'Data source' || source.query !== 'prometheus') say('template-datasource', 'no data source variable of that name and label');
  for (const [name, label] of [['job', 'Job'], ['instance', 'Instance']]) {
    const it = list.find((one) => one.name === name);
    const good = it && it.type === 'query' && it.label === label && it.multi && it.includeAll && it.allValue === '.+' && isOurs(it.datasource);
    if (!good) say(`template-${name}`, `variable ${name} is missing or not as it should be`);
  }
  for (const { name, label, query, refresh, type } of list.filter(({ type: of }) => of === 'query')) {
    const inner = /^label_values\((.*), (\w+)\)$/.exec(query.query)?.[1];
    if (!inner || !parse(withoutVariables(inner))) say('template-label-promql', `variable ${name}: ${query.query}`);
    if (refresh !== 2) say('template-on-time-change-reload', `variable ${name} does not follow the time`);
    if (!label || !type) say('variable', `${name} has no label`);
  }
  return found;
}

function checkPlaces(board) {
  const found = [];
  const seen = new Set();
  const taken = new Map();
  for (const panel of flat(board.panels)) {
    if (seen.has(panel.id)) found.push(`ids: ${panel.id} twice`);
    seen.add(panel.id);
  }
  const walk = (panels, layer) => panels.forEach(({ id, gridPos: { x, y, w, h }, panels: inner }) => {
    if (x + w > 24 || x < 0) found.push(`places: panel ${id} is beyond the width`);
    for (let row = y; row < y + h; row += 1) {
      for (let column = x; column < x + w; column += 1) {
        const cell = `${layer}:${row}:${column}`;
        if (taken.has(cell)) return found.push(`places: panels ${taken.get(cell)} and ${id} overlap`);
        taken.set(cell, id);
      }
    }
    return walk(inner ?? [], `${layer}/${id}`);
  });
  walk(board.panels, '');
  return found;
}

function checkBoard(board) {
  const found = [...checkVariables(board), ...checkPlaces(board)];
  if (board.editable !== false) found.push('uneditable-dashboard: it can be edited');
  if (board.schemaVersion !== 42) found.push(`schema: version ${board.schemaVersion}`);
  if (!board.tags.includes('fleet') || !board.uid.startsWith('fleet-')) found.push('uid: the tag fleet and a uid that begins with fleet-');
  if (board.description.length < kSentenceMin) found.push('description: says nothing');
  for (const name of ['Alerts', 'Restarts', 'Versions']) {
    if (!board.annotations.list.some((one) => one.name === name)) found.push(`annotations: no ${name}`);
  }
  return found;
}

// --- of a panel ---
const allSteps = ({ fieldConfig: { defaults, overrides } }) => [defaults.thresholds, ...overrides.flatMap(({ properties }) => properties)
  .filter(({ id }) => id === 'thresholds').map(({ value }) => value)].flatMap((of) => (of?.steps ?? []).map(({ value }) => value).filter((value) => value !== null));

/** The limits that the description names, as [name, text of the file, factor]. */
const namedLimits = ({ description }) => {
  const line = /^\*\*Limits:\*\* (.*)$/m.exec(description)?.[1] ?? '';
  return [...line.matchAll(/`(\w+)` ([^,]+?)(?: times ([\d.e-]+))?(?:, |$)/g)].map(([, name, text, factor]) => [name, text, Number(factor ?? 1)]);
};

function checkLimits(panel, rules) {
  const found = [];
  const burns = /^\*\*Burn rates:\*\* (.*)$/m.exec(panel.description)?.[1].split(', ').map(Number) ?? [];
  if (rules.burnRates.size && burns.some((rate) => !rules.burnRates.has(rate))) found.push(`limits: no alert on a burn rate of ${burns}`);
  const allowed = new Set([0, 1, ...burns]);
  const steps = allSteps(panel);
  for (const [name, text, factor] of namedLimits(panel)) {
    let value;
    try { value = threshold(name); } catch { found.push(`limits: rules/thresholds.yml has no ${name}`); continue; }
    if (text !== thresholdText(name)) found.push(`limits: ${name} is ${thresholdText(name)} in rules/thresholds.yml, not ${text}`);
    if (!rules.text.includes(`\${${name}}`) && !rules.text.includes(`\${${name}.seconds}`)) found.push(`limits: no rule uses ${name}`);
    const scaled = Number((value * factor).toPrecision(12));
    if (!steps.includes(scaled)) found.push(`limits: ${name} is not drawn`);
    allowed.add(scaled);
  }
  for (const step of steps) if (!allowed.has(step)) found.push(`limits: ${step} is of no threshold`);
  if (panel.type === 'timeseries' && panel.fieldConfig.defaults.thresholds.steps.length > 1 && panel.fieldConfig.defaults.custom.thresholdsStyle.mode === 'off') {
    found.push('limits: not drawn as lines');
  }
  return found;
}

function checkWords(panel, rules) {
  const found = [];
  const { title, description } = panel;
  if (!title || title.length > kTitleMax) found.push('panel-title-description: no title, or a long one');
  const [shows, ...more] = (description ?? '').split('\n\n');
  const part = (name) => more.find((line) => line.startsWith(`**${name}:** `))?.slice(name.length + 6) ?? '';
  if (!panel.targets) return description?.length >= kSentenceMin ? found : [...found, 'panel-title-description: no description'];
  for (const [name, text, least] of [['what it shows', shows, kSentenceMin], ['what is good', part('Good'), 3], ['what to do', part('Do'), kSentenceMin]]) {
    if (text.length < least || !/[.?]$/.test(text)) found.push(`panel-title-description: no sentence on ${name}`);
  }
  for (const [, alert, page] of part('Alerts').matchAll(/(\w+) \(`docs\/runbooks\/(\w+)\.md`\)/g)) {
    if (!rules.alerts.has(alert)) found.push(`links: no rule is named ${alert}`);
    if (!hasRunbook(page)) found.push(`links: docs/runbooks/${page}.md is not there`);
  }
  return found;
}

const unitsOf = ({ fieldConfig: { defaults, overrides } }) => [defaults.unit, ...overrides.flatMap(({ properties }) => properties)
  .filter(({ id }) => id === 'unit').map(({ value }) => value)];

/**
 * A line that begins at 0 %. It ends at 100 %, but for these: an evaluation longer than its interval, refunds of earlier days,
 * and failures, which are so few that up to 100 % their line would lie on the axis.
 */
const kOwnEnd = new Set(['Time to evaluate a group', 'Share that is refunded', 'Share of requests that fail', 'Share of bad events']);
const isShare = ({ type, fieldConfig: { defaults: { unit, min, custom } } }) => type === 'timeseries' && unit === 'percentunit' && min === 0 && custom.stacking.mode === 'none';

/** A row of merge is what has all columns alike, __name__ too. */
const mergesTooEarly = ({ transformations: [first] = [] }) => first?.id === 'merge';

function checkField(panel) {
  const { defaults } = panel.fieldConfig;
  const found = unitsOf(panel).filter((unit) => !kUnits.has(unit)).map((unit) => `panel-units: ${unit}`);
  if (!defaults.noValue) found.push('field: no text for no value');
  if (isShare(panel) && defaults.max === undefined && !kOwnEnd.has(panel.title)) found.push('field: a share without max');
  if (panel.interval === '1d' && panel.targets.some(({ expr }) => expr.includes('[1d])'))) found.push('days: each bar is a day late without offset -1d');
  if (mergesTooEarly(panel)) found.push('table: rows are merged before their columns are chosen');
  if (!isOurs(panel.datasource)) found.push('panel-datasource: not ${datasource}');
  if (!panel.targets.length) found.push('panel-no-targets: asks nothing');
  return found;
}

const organized = ({ transformations = [] }) => transformations.find(({ id }) => id === 'organize')?.options.renameByName ?? {};

function checkLinks(panel, known) {
  const links = panel.fieldConfig.defaults.links;
  const found = links.length ? [] : ['links: none leads down'];
  for (const { title, url } of links) {
    const [, uid, query] = /^\/d\/([\w-]+)\?(.*)$/.exec(url) ?? [];
    const target = known.boards.get(uid);
    if (!target) found.push(`links: ${url} leads to no board of ours`);
    else if (title !== `Open ${target.title}`) found.push(`links: "${title}" leads to ${target.title}`);
    for (const [, name] of query?.matchAll(/var-(\w+)=/g) ?? []) {
      if (target && !target.templating.list.some((one) => one.name === name)) found.push(`links: ${uid} has no variable ${name}`);
    }
    for (const [, name] of query?.matchAll(/__data\.fields\["([^"]+)"\]/g) ?? []) {
      if (!Object.values(organized(panel)).includes(name)) found.push(`links: the table has no column ${name}`);
    }
    for (const [, label] of query?.matchAll(/__field\.labels\.(\w+)/g) ?? []) {
      for (const { expr } of panel.targets) {
        const labels = resultLabels(withoutVariables(expr), known.metrics);
        if (labels && !labels.has(label)) found.push(`links: ${expr} has no label ${label}`);
      }
    }
  }
  return found;
}

// --- of a target ---
const kWithoutJob = /^(ALERTS|ALERTS_FOR_STATE)$/;
function checkSelector({ metric, matchers, range, functions }, known) {
  const name = metric || `{${matchers.find(({ label }) => label === '__name__')?.value}}`;
  const { names, unknown } = metricsOf({ metric, matchers }, known.metrics);
  const found = unknown.map((one) => `catalogue: ${one}${metric ? '' : ` of ${name}`} is in no list`);
  const level = metric.includes(':') ? metric.split(':')[0] : 'instance';
  const has = (label) => matchers.some((one) => one.label === label && one.op === '=~' && one.value === `$${label}`);
  const wantsJob = !kWithoutJob.test(metric) && (level === 'job' || level.startsWith('instance'));
  if (wantsJob && !has('job')) found.push(`target-job: ${name}`);
  if (wantsJob && level.startsWith('instance') && !has('instance')) found.push(`target-instance: ${name}`);
  const counts = names.some((one) => /_total$/.test(one) || kCounters.test(one));
  const grows = functions.some((one) => ['rate', 'irate', 'increase', 'changes', 'resets', 'count_over_time'].includes(one));
  if (counts && !grows) found.push(`target-counter-agg: ${name} without rate`);
  if (functions.some((one) => one === 'rate' || one === 'irate') && !/^\$__/.test(range ?? '') && range) found.push(`target-rate-interval: rate over ${range}`);
  return found;
}

function checkTarget({ expr, refId, datasource, legendFormat, format }, known) {
  const plain = withoutVariables(expr);
  const found = isOurs(datasource) ? [] : ['panel-datasource: of a target'];
  if (!parse(plain)) return [...found, `target-promql: ${expr}`];
  // Variables of time are gone in the text that is parsed: those of rate are looked up in the other.
  const ranges = [...expr.matchAll(/\[(\$__\w+|[0-9a-z]+)(?::[^\]]*)?\]/g)].map(([, text]) => text);
  let next = 0;
  for (const selector of selectors(plain)) {
    const range = selector.range === undefined ? undefined : ranges[next];
    if (selector.range !== undefined) next += 1;
    found.push(...checkSelector({ ...selector, range }, known));
  }
  const labels = resultLabels(plain, known.metrics);
  for (const [, label] of format === 'table' ? [] : (legendFormat ?? '').matchAll(/\{\{\s*(\w+)\s*\}\}/g)) {
    if (labels && !labels.has(label)) found.push(`legend: the result has no label ${label}`);
  }
  if (!legendFormat) found.push('legend: no text');
  return found.map((text) => `${text} (query ${refId})`);
}

function checkPanel(panel, known) {
  if (!kTypes.has(panel.type)) return [`type: ${panel.type} is not one of ours`];
  if (panel.type === 'row') return panel.title ? [] : ['row: no title'];
  if (!panel.targets) return checkWords(panel, known.rules);
  return [
    ...checkWords(panel, known.rules), ...checkField(panel), ...checkLimits(panel, known.rules), ...checkLinks(panel, known),
    ...panel.targets.flatMap((target) => checkTarget(target, known)),
  ];
}

/** boards: those to look at; known: { rules, metrics, boards by uid }. The mistakes as text. */
export function lint(boards, known) {
  const uids = boards.map(({ uid }) => uid);
  const twice = uids.filter((uid, i) => uids.indexOf(uid) !== i).map((uid) => `${uid} | | ids: two boards have this uid`);
  return [...twice, ...boards.flatMap((board) => [
    ...checkBoard(board).map((text) => `${board.uid} | | ${text}`),
    ...flat(board.panels).flatMap((panel) => checkPanel(panel, known).map((text) => `${board.uid} | ${panel.id} ${panel.title} | ${text}`)),
  ])];
}

/** For the line of counts. */
export const countOf = (boards) => {
  const panels = boards.flatMap(asking);
  const links = panels.flatMap(({ fieldConfig }) => fieldConfig.defaults.links).length;
  const runbooks = panels.flatMap(({ description }) => description.match(/docs\/runbooks\/\w+\.md/g) ?? []).length;
  return {
    boards: boards.length, panels: boards.flatMap(({ panels: all }) => flat(all)).filter(({ type }) => type !== 'row').length,
    targets: panels.flatMap(({ targets }) => targets).length, limits: panels.flatMap(namedLimits).length, links, runbooks,
  };
};
