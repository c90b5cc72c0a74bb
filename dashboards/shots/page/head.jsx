// What stands above the panels: the title, the time range, variables and which marks are shown.
import { Icon, useTheme2 } from '@grafana/ui';

const kWords = { m: 'minutes', h: 'hours', d: 'days' };
const rangeText = (from) => from.replace(/^now-(\d+)([mhd])$/, (_, amount, unit) => `Last ${amount} ${kWords[unit]}`);

function Box({ children, quiet }) {
  const { colors, shape } = useTheme2();
  return (
    <span
      style={{
        display: 'inline-flex', alignItems: 'center', gap: 8, height: 32, padding: '0 8px', boxSizing: 'border-box', border: `1px solid ${colors.border.medium}`,
        borderRadius: shape.radius.default, color: quiet ? colors.text.secondary : colors.text.primary, background: quiet ? colors.background.secondary : colors.background.primary,
      }}
    >
      {children}
    </span>
  );
}

const Variable = ({ label, value }) => (
  <span style={{ display: 'inline-flex' }}>
    <Box quiet>{label}</Box>
    <Box>{value} <Icon name="angle-down" /></Box>
  </span>
);

/** Without a default of its own a variable has its first value. */
const valueOf = ({ name, type, current }, values) => (type === 'datasource' ? 'Picket' : current?.text ?? values[name].join(' + '));

export function Head({ board, values }) {
  const { typography, colors } = useTheme2();
  const line = { display: 'flex', alignItems: 'center', gap: 8, height: 32, marginBottom: 12 };
  const shown = board.templating.list.filter(({ hide }) => !hide);
  return (
    <div style={{ position: 'absolute', left: 16, right: 16, top: 14, fontSize: 14, color: colors.text.primary }}>
      <div style={line}>
        <span style={{ ...typography.h4, margin: 0, flexGrow: 1 }}>{board.title}</span>
        <Box><Icon name="external-link-alt" /> Boards <Icon name="angle-down" /></Box>
        <Box><Icon name="clock-nine" /> {rangeText(board.time.from)} <Icon name="angle-down" /></Box>
        <Box><Icon name="sync" /> {board.refresh}</Box>
      </div>
      <div style={line}>
        {shown.map((one) => <Variable key={one.name} label={one.label} value={valueOf(one, values)} />)}
      </div>
    </div>
  );
}
