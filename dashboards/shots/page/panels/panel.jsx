// One panel by its type, in the room that its frame leaves.
import { useTheme2 } from '@grafana/ui';
import { Bars } from './bars.jsx';
import { Gauge } from './gauge.jsx';
import { Heatmap } from './heatmap.jsx';
import { Share } from './share.jsx';
import { Stat } from './stat.jsx';
import { States } from './states.jsx';
import { Table } from './table.jsx';
import { Boards, Text } from './text.jsx';
import { Lines } from './lines.jsx';

const kPanels = {
  stat: Stat, timeseries: Lines, bargauge: Bars, table: Table, 'state-timeline': States, heatmap: Heatmap, piechart: Share, gauge: Gauge, text: Text, dashlist: Boards,
};
const kWithoutData = ['text', 'dashlist', 'stat'];

function Nothing({ text, width, height }) {
  const { colors } = useTheme2();
  return <div style={{ width, height, display: 'grid', placeItems: 'center', color: colors.text.secondary }}>{text}</div>;
}

export function Panel(props) {
  const { panel, frames, width, height } = props;
  const Kind = kPanels[panel.type];
  if (!Kind) throw new Error(`no drawing of ${panel.type}`);
  const empty = !kWithoutData.includes(panel.type) && !frames.some(({ length }) => length);
  return empty ? <Nothing text={panel.fieldConfig.defaults.noValue ?? 'No data'} width={width} height={height} /> : <Kind {...props} />;
}
