import { useTheme2, VizLayout, VizLegend } from '@grafana/ui';
import { valuesOf } from './values.mjs';

const kHole = 0.5;
const point = (turn, radius) => [Math.sin(turn * 2 * Math.PI) * radius, -Math.cos(turn * 2 * Math.PI) * radius];
const percent = (part) => `${Math.round(part * 100)}%`;

/** The outline of a part of a ring; begin and end in turns. */
function arc(begin, end, radius) {
  const large = end - begin > 0.5 ? 1 : 0;
  const stop = Math.min(end, begin + 0.9999);
  const inner = radius * kHole;
  return `M${point(begin, radius)}A${radius},${radius},0,${large},1,${point(stop, radius)}L${point(stop, inner)}A${inner},${inner},0,${large},0,${point(begin, inner)}Z`;
}

function Ring({ parts, size, theme }) {
  const radius = size / 2 - 8;
  return (
    <svg width={size} height={size} viewBox={`${-size / 2} ${-size / 2} ${size} ${size}`}>
      {parts.map(({ begin, end, color }) => <path key={begin} d={arc(begin, end, radius)} fill={color} stroke={theme.colors.background.primary} strokeWidth={1.5} />)}
      {parts.filter(({ begin, end }) => end - begin > 0.04).map(({ begin, end, color }) => {
        const [x, y] = point((begin + end) / 2, radius * (1 + kHole) / 2);
        return <text key={begin} x={x} y={y} fontSize={12} textAnchor="middle" dominantBaseline="middle" fill={theme.colors.getContrastText(color)}>{percent(end - begin)}</text>;
      })}
    </svg>
  );
}

export function Share(props) {
  const theme = useTheme2();
  const values = valuesOf(props, theme).map(({ display }) => display).sort((a, b) => b.numeric - a.numeric);
  const total = values.reduce((sum, { numeric }) => sum + numeric, 0);
  let begin = 0;
  const parts = values.map(({ numeric, color }) => ({ begin, end: (begin += numeric / total), color }));
  const items = values.map((value) => ({
    label: value.title, color: value.color, yAxis: 1,
    getDisplayValues: () => [{ ...value, title: 'Value' }, { numeric: value.numeric / total, text: percent(value.numeric / total), title: 'Percent' }],
  }));
  const legend = <VizLayout.Legend placement="right"><VizLegend placement="right" items={items} displayMode="table" readonly /></VizLayout.Legend>;
  return (
    <VizLayout width={props.width} height={props.height} legend={legend}>
      {(width, height) => <div style={{ width, height, display: 'grid', placeItems: 'center' }}><Ring parts={parts} size={Math.min(width, height)} theme={theme} /></div>}
    </VizLayout>
  );
}
