// Asks a Prometheus everything that the boards ask: an error, an answer without data, one with too many series and a legend
// with a label that is not there are mistakes, and so is a variable without values.
import { asking, flat } from './boards.mjs';
import { kMayBeEmpty } from './may_be_empty.mjs';
import { filled, Prometheus, times } from './prometheus.mjs';

const kSeriesMax = 50;
const kMayBeEmptyMax = 5;
const kSlowMs = 2000;

/** The series of an answer; those that have only NaN do not count. */
async function seriesOf(prometheus, expr, target, span) {
  const found = await prometheus.answer(expr, target, span);
  return found.filter(({ value, values }) => (values ?? [value]).some(([, text]) => text !== 'NaN'));
}

/** What a board's variables are when it is opened; found gets what is wrong with them. */
export async function variables(board, prometheus, found) {
  const values = {};
  for (const { name, type, query, allValue, includeAll } of board.templating.list) {
    if (type === 'datasource') continue;
    const known = await prometheus.values(filled(query.query, values), board.time.from).catch((error) => {
      found.push(`${board.uid} | variable ${name} | ${error.message}`);
      return [];
    });
    if (!known.length) found.push(`${board.uid} | variable ${name} | has no values`);
    values[name] = includeAll ? allValue : [known[0] ?? ''];
  }
  return values;
}

const mayBeEmpty = (board, panel, refId) => kMayBeEmpty.find((one) => one.board === board.uid && one.panel === panel.title && one.query === refId);

/** What is wrong with one answer, or ''. */
function judge(series, { expr, legendFormat, format }, excused) {
  if (!series.length) return excused ? '' : `empty: ${expr}`;
  const limit = format === 'heatmap' ? Infinity : kSeriesMax;
  if (series.length > limit) return `${series.length} series: ${expr}`;
  if (format === 'table' || format === 'heatmap') return '';
  const labels = [...legendFormat.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, label]) => label);
  const missing = labels.filter((label) => !series.some(({ metric }) => label in metric));
  return missing.length ? `the legend wants ${missing}, which no series has: ${expr}` : '';
}

async function askTarget(board, panel, target, values, prometheus, state) {
  const span = times(panel.timeFrom ?? board.time.from, panel);
  const where = `${board.uid} | ${panel.id} ${panel.title} (query ${target.refId})`;
  const began = performance.now();
  state.targets += 1;
  try {
    const excused = mayBeEmpty(board, panel, target.refId);
    const series = await seriesOf(prometheus, filled(target.expr, { ...values, ...span.values }), target, span);
    const wrong = judge(series, target, excused);
    if (wrong) state.found.push(`${where} | ${wrong}`);
    if (!series.length) state.empty += 1;
  } catch (error) {
    state.errors += 1;
    state.found.push(`${where} | ${error.message}: ${target.expr}`);
  }
  const took = performance.now() - began;
  if (took > kSlowMs) state.slow.push(`${where} took ${Math.round(took)} ms`);
}

/** { found, counts } of all boards at the Prometheus of that URL. */
export async function askEverything(boards, url) {
  const prometheus = new Prometheus(url);
  const state = { found: [], slow: [], targets: 0, empty: 0, errors: 0, variables: 0 };
  if (kMayBeEmpty.length > kMayBeEmptyMax) state.found.push(`may_be_empty.mjs has more than ${kMayBeEmptyMax} entries`);
  for (const { board: uid, panel: title, query } of kMayBeEmpty.filter((one) => boards.some((board) => board.uid === one.board))) {
    const panel = boards.filter((board) => board.uid === uid).flatMap(asking).find((one) => one.title === title);
    if (!panel?.targets.some(({ refId }) => refId === query)) state.found.push(`may_be_empty.mjs | ${uid}, ${title}, ${query} is not there`);
  }
  for (const board of boards) {
    const values = await variables(board, prometheus, state.found);
    state.variables += Object.keys(values).length;
    for (const panel of asking(board)) for (const target of panel.targets) await askTarget(board, panel, target, values, prometheus, state);
    const span = times(board.time.from);
    for (const { name, expr } of board.annotations.list.filter((one) => one.expr)) {
      await prometheus.answer(filled(expr, { ...values, ...span.values }), {}, span).catch((error) => state.found.push(`${board.uid} | annotation ${name} | ${error.message}`));
    }
  }
  for (const text of state.slow) console.log(`slow: ${text}`);
  const panels = boards.flatMap(({ panels: all }) => flat(all)).filter(({ targets }) => targets).length;
  return {
    found: state.found,
    counts: `${boards.length} boards, ${panels} panels, ${state.targets} targets executed, ${state.errors} refused, ${state.empty} empty (${kMayBeEmpty.length} may be), ${state.variables} variables`,
  };
}
