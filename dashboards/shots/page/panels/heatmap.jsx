import { formattedValueToString, getValueFormat } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import * as schemes from 'd3-scale-chromatic';
import { drawMarks } from '../marks.mjs';
import { Plot } from './plot.jsx';

const kLegend = 44;

/** Grafana turns the schemes of one hue round on a dark ground. */
function paletteOf({ scheme, steps }, theme) {
  const colour = schemes[`interpolate${scheme}`];
  return Array.from({ length: steps }, (_, i) => colour(theme.isDark ? 1 - i / (steps - 1) : i / (steps - 1)));
}

function drawCells({ ctx, bbox, valToPos }, { fields: [time, ...buckets] }, { step, colourOf }) {
  const high = bbox.height / buckets.length;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  buckets.forEach(({ values }, i) => values.forEach((value, at) => {
    if (!(value > 1e-9)) return;
    const [left, right] = [time.values[at], time.values[at] + step * 1000].map((one) => valToPos(one, 'x', true));
    ctx.fillStyle = colourOf(value);
    ctx.fillRect(left, bbox.top + bbox.height - (i + 1) * high, Math.max(right - left - 1, 1), high - 1);
  }));
  ctx.restore();
}

function Scale({ palette, low, high, width }) {
  const { colors } = useTheme2();
  const count = (value) => formattedValueToString(getValueFormat('short')(value));
  return (
    <div style={{ width: Math.min(width, 300), fontSize: 12, color: colors.text.primary, paddingTop: 4 }}>
      <div style={{ height: 8, background: `linear-gradient(90deg, ${palette.join(', ')})` }} />
      <div style={{ display: 'flex', justifyContent: 'space-between' }}><span>{count(low)}</span><span>{count(high)}</span></div>
    </div>
  );
}

export function Heatmap({ panel: { options }, frames: [frame], marks, width, height, ...rest }) {
  const palette = paletteOf(options.color, useTheme2());
  const counts = frame.fields.slice(1).flatMap(({ values }) => values).filter((value) => value > 1e-9);
  const [low, high] = counts.length ? [Math.min(...counts), Math.max(...counts)] : [0, 0];
  const colourOf = (value) => palette[Math.round(((value - low) / (high - low || 1)) * (palette.length - 1))];
  const buckets = frame.fields.slice(1).map(({ name }) => (name === '+Inf' ? name : formattedValueToString(getValueFormat(options.yAxis.unit)(Number(name)))));
  const draw = (plot) => {
    drawCells(plot, frame, { step: rest.step, colourOf });
    drawMarks(plot, marks);
  };
  return (
    <>
      <Plot {...rest} width={width} height={height - kLegend} lanes={buckets.length} grid ticks={buckets.map((text, i) => ({ at: i + 1, text }))} draw={draw} />
      <Scale palette={palette} low={low} high={high} width={width} />
    </>
  );
}
