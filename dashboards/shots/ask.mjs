// Everything that one board shows, asked from a Prometheus with the defaults of its variables.
import { asking } from '../check/boards.mjs';
import { variables } from '../check/queries.mjs';
import { filled, times } from '../check/prometheus.mjs';

/** The moments of a query in which it has a value, those that follow each other as one: [[from, to], ...] in seconds. */
function spansOf(series, step) {
  const moments = series.values.filter(([, value]) => Number(value)).map(([time]) => time);
  return moments.reduce((spans, time) => {
    const last = spans.at(-1);
    if (last && time - last[1] <= step) last[1] = time;
    else spans.push([time, time]);
    return spans;
  }, []);
}

async function marks(board, prometheus, values, wrong) {
  const span = times(board.time.from, { interval: '60s' });
  const found = [];
  for (const { name, expr, iconColor, enable } of board.annotations.list) {
    if (!expr || !enable) continue;
    try {
      const series = await prometheus.answer(filled(expr, { ...values, ...span.values }), {}, span);
      found.push({ name, colour: iconColor, spans: series.flatMap((one) => spansOf(one, span.step)) });
    } catch (error) {
      wrong.push(`${board.uid} | marks of ${name} | ${error.message}`);
    }
  }
  return found;
}

async function panelData(board, panel, prometheus, values, wrong) {
  const span = times(panel.timeFrom ?? board.time.from, panel);
  const answers = [];
  for (const { refId, expr, legendFormat, format, instant } of panel.targets) {
    try {
      const series = await prometheus.answer(filled(expr, { ...values, ...span.values }), { instant }, span);
      answers.push({ refId, legendFormat, format, instant, series });
    } catch (error) {
      wrong.push(`${board.uid} | ${panel.title} (query ${refId}) | ${error.message}`);
    }
  }
  return { step: span.step, from: prometheus.now - span.range, to: prometheus.now, answers };
}

/**
 * { values, marks, panels: { id: { step, from, to, answers: [{ refId, legendFormat, format, instant, series }] } } }; times in
 * seconds, series as Prometheus gives them. What it refuses is named in wrong.
 */
export async function ask(board, prometheus, wrong) {
  const values = await variables(board, prometheus, wrong);
  const panels = {};
  for (const panel of asking(board)) panels[panel.id] = await panelData(board, panel, prometheus, values, wrong);
  return { values, marks: await marks(board, prometheus, values, wrong), panels };
}
