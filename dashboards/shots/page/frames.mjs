// Answers of Prometheus as the data frames that Grafana's data source makes of them.
import { FieldType, renderLegendFormat } from '@grafana/data';

const numbers = { '+Inf': Infinity, '-Inf': -Infinity, NaN };
const asNumber = (text) => numbers[text] ?? Number(text);
const frame = (refId, fields, more = {}) => ({ refId, length: fields[0].values.length, fields, ...more });
const field = (name, type, values, more = {}) => ({ name, type, values, config: {}, ...more });
const time = (seconds, config = {}) => field('Time', FieldType.time, seconds.map((one) => one * 1000), { config });
const points = ({ value, values }) => values ?? [value];

function legendOf(metric, format) {
  if (format && format !== '__auto') return renderLegendFormat(format, metric);
  const { __name__: name = '', ...labels } = metric;
  const inside = Object.entries(labels).map(([key, value]) => `${key}="${value}"`).join(', ');
  return inside || !name ? `${name}{${inside}}` : name;
}

const ofSeries = ({ refId, legendFormat, series }, step) => series.map((one) => frame(refId, [
  time(points(one).map(([at]) => at), { interval: step * 1000 }),
  field('Value', FieldType.number, points(one).map(([, text]) => asNumber(text)), {
    labels: one.metric, config: { displayNameFromDS: legendOf(one.metric, legendFormat) },
  }),
]));

function asTable({ refId, series }, several) {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))].sort();
  if (!series.length) return [];
  return [frame(refId, [
    time(series.map((one) => points(one)[0][0])),
    ...labels.map((label) => field(label, FieldType.string, series.map(({ metric }) => metric[label] ?? ''))),
    field(several ? `Value #${refId}` : 'Value', FieldType.number, series.map((one) => asNumber(points(one)[0][1]))),
  ])];
}

/** Buckets count what is below them: one field a bucket, of what is in it alone. */
function asHeatmap({ refId, series }) {
  const sorted = series.filter(({ metric }) => 'le' in metric).sort((a, b) => asNumber(a.metric.le) - asNumber(b.metric.le));
  const moments = [...new Set(sorted.flatMap((one) => points(one).map(([at]) => at)))].sort((a, b) => a - b);
  const below = sorted.map((one) => new Map(points(one).map(([at, text]) => [at, asNumber(text)])));
  const inside = (i, at) => Math.max(0, (below[i].get(at) ?? 0) - (i ? below[i - 1].get(at) ?? 0 : 0));
  if (!sorted.length) return [];
  return [frame(refId, [time(moments), ...sorted.map(({ metric }, i) => field(metric.le, FieldType.number, moments.map((at) => inside(i, at))))])];
}

export function frames({ step, answers }) {
  return answers.flatMap((answer) => {
    if (answer.format === 'table') return asTable(answer, answers.length > 1);
    return answer.format === 'heatmap' ? asHeatmap(answer) : ofSeries(answer, step);
  });
}
