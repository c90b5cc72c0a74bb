import { formattedValueToString, getFieldDisplayName, getValueFormat } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { drawMarks } from '../marks.mjs';
import { Plot } from './plot.jsx';

/** [{ from, to, value }] of the values that follow each other without a gap; times in milliseconds. */
function bands({ fields: [time, value] }, step) {
  return value.values.reduce((all, one, i) => {
    const last = all.at(-1);
    const at = time.values[i];
    if (last && last.value === one && at - last.to <= step) last.to = at + step;
    else all.push({ from: at, to: at + step, value: one });
    return all;
  }, []);
}

/** The steps of the limits, or the words of the values that occur, where mappings give the colours. */
function legendItems({ color: { mode }, thresholds, unit }, frames, theme) {
  const text = (value) => formattedValueToString(getValueFormat(unit)(value));
  const steps = thresholds.steps.map(({ color, value }, i) => [i ? `${text(value)}+` : `< ${text(thresholds.steps[1]?.value)}`, color]);
  const shown = frames.flatMap(({ fields: [, { values, display }] }) => values.map((value) => display(value))).map((one) => [one.text, one.color]);
  return [...new Map(mode === 'thresholds' ? steps : shown)].map(([label, color]) => ({ label, color: theme.visualization.getColorByName(color), yAxis: 1 }));
}

function drawBands({ ctx, valToPos, bbox }, frames, { step, to }, { rowHeight, fillOpacity }) {
  const high = bbox.height / frames.length;
  ctx.save();
  ctx.globalAlpha = fillOpacity / 100;
  frames.forEach((frame, row) => bands(frame, step * 1000).forEach((band) => {
    const left = Math.max(valToPos(band.from, 'x', true), bbox.left);
    ctx.fillStyle = frame.fields[1].display(band.value).color;
    ctx.fillRect(left, bbox.top + (row + (1 - rowHeight) / 2) * high, valToPos(Math.min(band.to, to * 1000), 'x', true) - left, rowHeight * high);
  }));
  ctx.restore();
}

export function States({ panel, frames, marks, ...rest }) {
  const theme = useTheme2();
  const { fieldConfig: { defaults }, options } = panel;
  const ticks = frames.map((frame, i) => ({ at: frames.length - i - 0.5, text: getFieldDisplayName(frame.fields[1], frame, frames) }));
  const draw = (plot) => {
    drawBands(plot, frames, rest, { rowHeight: options.rowHeight, fillOpacity: defaults.custom.fillOpacity });
    drawMarks(plot, marks);
  };
  return <Plot {...rest} lanes={frames.length} grid={false} ticks={ticks} items={legendItems(defaults, frames, theme)} draw={draw} />;
}
