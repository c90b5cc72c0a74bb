import { formattedValueToString } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { valuesOf } from './values.mjs';

const kBegin = -0.35; // turns from the top
const kTurns = 0.7;
const kThick = 0.22;

function arc(begin, end, radius) {
  const at = (share) => [Math.sin((kBegin + share * kTurns) * 2 * Math.PI) * radius, -Math.cos((kBegin + share * kTurns) * 2 * Math.PI) * radius];
  return `M${at(begin)}A${radius},${radius},0,${(end - begin) * kTurns > 0.5 ? 1 : 0},1,${at(end)}`;
}

/** The colours of the limits as parts of the ring outside. */
function limitsOf({ thresholds: { steps }, min, max }, theme) {
  const share = (value) => Math.min(Math.max((value - min) / (max - min), 0), 1);
  return steps.map(({ color, value }, i) => ({ begin: share(value), end: share(steps[i + 1]?.value ?? Infinity), color: theme.visualization.getColorByName(color) }))
    .filter(({ begin, end }) => end > begin);
}

export function Gauge(props) {
  const theme = useTheme2();
  const { width, height } = props;
  const [{ display, field }] = valuesOf(props, theme);
  const radius = Math.min(width / 2, height / 1.6) - 6;
  const thick = radius * kThick;
  const middle = radius - thick / 2 - 8;
  const full = Math.min(Math.max((display.numeric - field.min) / (field.max - field.min), 0), 1);
  return (
    <svg width={width} height={height} viewBox={`${-width / 2} ${-radius - 2} ${width} ${height}`} fill="none">
      <path d={arc(0, 1, middle)} stroke={theme.colors.action.hover} strokeWidth={thick} />
      <path d={arc(0, full, middle)} stroke={display.color} strokeWidth={thick} />
      {limitsOf(field, theme).map(({ begin, end, color }) => <path key={begin} d={arc(begin, end, radius - 2)} stroke={color} strokeWidth={4} />)}
      <text y={radius * 0.1} fontSize={radius * 0.36} fontWeight={500} textAnchor="middle" fill={display.color}>{formattedValueToString(display)}</text>
    </svg>
  );
}
