// A board as Grafana shows it: its head, rows, and panels in their frames.
import { Icon, PanelChrome, useTheme2 } from '@grafana/ui';
import { Component } from 'react';
import { Head } from './head.jsx';
import { heightOf, kWidth, pixels } from './layout.mjs';
import { Panel } from './panels/panel.jsx';

/** What goes wrong in one panel stays in it, and is told. */
class Careful extends Component {
  state = {};

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidCatch(error) {
    this.props.tell(`${this.props.name} | ${error.stack}`);
  }

  render() {
    return this.state.error ? String(this.state.error) : this.props.children;
  }
}

function Row({ panel: { title, collapsed, hidden, gridPos } }) {
  const theme = useTheme2();
  return (
    <div style={{ position: 'absolute', ...pixels(gridPos), display: 'flex', alignItems: 'center', gap: 8, ...theme.typography.h5 }}>
      <Icon name={collapsed ? 'angle-right' : 'angle-down'} />
      {title}
      {collapsed && <span style={{ color: theme.colors.text.secondary, fontWeight: 400 }}>({hidden} panels)</span>}
    </div>
  );
}

const kWithoutPadding = ['stat', 'table'];
const range = (text) => text.replace(/^(\d+)d$/, 'Last $1 days').replace(/^(\d+)h$/, 'Last $1 hours');
const TimeNote = ({ text }) => <PanelChrome.TitleItem><Icon name="clock-nine" size="sm" /> {range(text)}</PanelChrome.TitleItem>;

function Framed({ of, marks, tell }) {
  const { panel } = of;
  const { left, top, width, height } = pixels(panel.gridPos);
  return (
    <div style={{ position: 'absolute', left, top, width, height }}>
      <PanelChrome
        title={panel.title} description={panel.description} width={width} height={height} padding={kWithoutPadding.includes(panel.type) ? 'none' : 'md'}
        titleItems={panel.timeFrom && <TimeNote text={panel.timeFrom} />}
      >
        {(inside, high) => <Careful name={panel.title} tell={tell}><Panel {...of} width={inside} height={high} marks={marks} /></Careful>}
      </PanelChrome>
    </div>
  );
}

export function Board({ board, shown, values, marks, tell }) {
  const { colors, typography } = useTheme2();
  const place = { position: 'relative', width: kWidth, height: heightOf(board.panels), background: colors.background.canvas, fontFamily: typography.fontFamily };
  return (
    <div style={place}>
      <Head board={board} values={values} />
      {shown.map((of) => (of.panel.type === 'row' ? <Row key={of.panel.id} panel={of.panel} /> : <Framed key={of.panel.id} of={of} marks={marks} tell={tell} />))}
    </div>
  );
}
