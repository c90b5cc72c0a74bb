// What the checks want to know of a PromQL expression, read offline: mistakes, selectors, and the labels of the result.
import { load } from '../modules.mjs';

const { parser } = load('@prometheus-io/lezer-promql');

/** Grafana's variables of time have the shape of durations; those of the board stand inside of strings. */
export const withoutVariables = (expr) => expr.replace(/\$__(rate_interval|interval|range)\b/g, '5m').replace(/\$__range_s\b/g, '3600');

const named = (node, name) => node.getChild(name);
const textOf = (expr, node) => expr.slice(node.from, node.to);
const unquoted = (text) => text.slice(1, -1);

/** The parse tree, or undefined where the text is not PromQL. */
export function parse(expr) {
  const tree = parser.parse(expr);
  let broken = false;
  tree.iterate({ enter: ({ type }) => { broken ||= type.isError; } });
  return broken ? undefined : tree;
}

function matchersOf(expr, selector) {
  const found = named(selector, 'LabelMatchers');
  return (found?.getChildren('UnquotedLabelMatcher') ?? []).map((node) => ({
    label: textOf(expr, named(node, 'LabelName')), op: textOf(expr, named(node, 'MatchOp')), value: unquoted(textOf(expr, named(node, 'StringLiteral'))),
  }));
}

function enclosing(expr, node) {
  const functions = [];
  for (let at = node.parent; at; at = at.parent) {
    if (at.name === 'FunctionCall') functions.push(textOf(expr, at.firstChild));
  }
  return functions;
}

/** Every selector: { metric, matchers, range (text or undefined), functions (innermost first) }. */
export function selectors(expr) {
  const found = [];
  parse(expr)?.iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return;
      const name = named(node, 'Identifier');
      const { parent } = node;
      const range = parent?.name === 'MatrixSelector' ? unquoted(textOf(expr, parent).slice(node.to - parent.from).trim()) : undefined;
      found.push({ metric: name ? textOf(expr, name) : '', matchers: matchersOf(expr, node), range, functions: enclosing(expr, node) });
    },
  });
  return found;
}

/** The patterns that an alternation spells out: "((a|b)_)?x" is a_x, b_x and x. */
function spelled(pattern) {
  const [group, inner, optional] = /\(([^()]*)\)(\?)?/.exec(pattern) ?? [];
  if (group === undefined) return pattern.split('|');
  return [...inner.split('|'), ...(optional ? [''] : [])].flatMap((one) => spelled(pattern.replace(group, () => one)));
}

/**
 * What a selector asks for, of known: { names, unknown }, the metrics and the parts that are none. Without a metric these are
 * those of __name__=~"...", whose every alternative must be there.
 */
export function metricsOf({ metric, matchers }, known) {
  if (metric) return known.has(metric) ? { names: [metric], unknown: [] } : { names: [], unknown: [metric] };
  const pattern = matchers.find(({ label }) => label === '__name__')?.value ?? '';
  const found = [...new Set(spelled(pattern))].map((part) => [part, [...known.keys()].filter((name) => new RegExp(`^(?:${part})$`).test(name))]);
  return { names: found.flatMap(([, names]) => names), unknown: found.filter(([, names]) => !names.length).map(([part]) => part) };
}

const kScalars = new Set(['time', 'scalar', 'pi']);
const kUnknown = new Set(['label_replace', 'label_join', 'absent', 'absent_over_time', 'count_values']);
const names = (expr, node) => new Set((node?.getChildren('LabelName') ?? []).map((label) => textOf(expr, label)));

function ofAggregate(expr, node) {
  const modifier = named(node, 'AggregateModifier');
  const op = textOf(expr, named(node, 'AggregateOp'));
  const inner = () => labelsOf(expr, [...children(named(node, 'FunctionCallBody'))].pop());
  if (op === 'count_values') return undefined;
  if (op === 'topk' || op === 'bottomk') return inner();
  if (!modifier) return new Set();
  const grouped = names(expr, named(modifier, 'GroupingLabels'));
  if (named(modifier, 'By')) return grouped;
  const before = inner();
  return before && new Set([...before].filter((label) => !grouped.has(label)));
}

function ofCall(expr, node) {
  const name = textOf(expr, node.firstChild);
  if (name === 'vector') return new Set();
  if (kUnknown.has(name)) return undefined;
  const of = labelsOf(expr, [...children(named(node, 'FunctionCallBody'))].pop());
  if (name !== 'histogram_quantile') return of;
  return of && new Set([...of].filter((label) => label !== 'le'));
}

const isScalar = (expr, node) => node.name === 'NumberDurationLiteral' || node.name === 'NumberLiteral'
  || (node.name === 'FunctionCall' && kScalars.has(textOf(expr, node.firstChild)));

function ofBinary(expr, node) {
  const sides = [...children(node)].filter(({ name }) => kExpressions.has(name));
  const [left, right] = sides.map((side) => (isScalar(expr, side) ? 'number' : labelsOf(expr, side)));
  if (left === 'number') return right === 'number' ? new Set() : right;
  if (right === 'number' || !left || !right) return left;
  const matching = named(node, 'MatchingModifierClause');
  const isSet = ['And', 'Or', 'Unless'].some((op) => named(node, op));
  if (named(node, 'Or')) return new Set([...left].filter((label) => right.has(label)));
  if (!matching || isSet) return left;
  const on = named(matching, 'On');
  const grouped = matching.getChildren('GroupingLabels').map((part) => names(expr, part));
  if (named(matching, 'GroupLeft')) return new Set([...left, ...(grouped[1] ?? [])]);
  return on ? grouped[0] : new Set([...left].filter((label) => !grouped[0].has(label)));
}

const kExpressions = new Set(['AggregateExpr', 'BinaryExpr', 'FunctionCall', 'MatrixSelector', 'NumberDurationLiteral', 'NumberLiteral',
  'OffsetExpr', 'ParenExpr', 'StepInvariantExpr', 'SubqueryExpr', 'UnaryExpr', 'VectorSelector']);
function* children(node) {
  for (let at = node?.firstChild; at; at = at.nextSibling) if (kExpressions.has(at.name)) yield at;
}

let catalogue = new Map();
function ofSelector(expr, node) {
  const name = named(node, 'Identifier');
  const { names: all } = metricsOf({ metric: name && textOf(expr, name), matchers: matchersOf(expr, node) }, catalogue);
  return all.length ? new Set(all.flatMap((one) => [...catalogue.get(one)])) : undefined;
}

function labelsOf(expr, node) {
  if (!node) return undefined;
  switch (node.name) {
    case 'AggregateExpr': return ofAggregate(expr, node);
    case 'FunctionCall': return ofCall(expr, node);
    case 'BinaryExpr': return ofBinary(expr, node);
    case 'NumberDurationLiteral':
    case 'NumberLiteral': return new Set();
    case 'VectorSelector': return ofSelector(expr, node);
    default: return labelsOf(expr, [...children(node)][0]);
  }
}

/** The labels that the result can have; undefined where only a Prometheus knows. known: metric to its labels. */
export function resultLabels(expr, known) {
  catalogue = known;
  const tree = parse(expr);
  return tree && labelsOf(expr, [...children(tree.topNode)][0]);
}
