import { renderTextPanelMarkdown } from '@grafana/data';
import { Icon, useTheme2 } from '@grafana/ui';

export const Text = ({ panel: { options } }) => <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderTextPanelMarkdown(options.content) }} />;

const kBoards = [
  'Alerts and Deliveries', 'API and Email delivery', 'Business Executive', 'Fleet', 'Security', 'Service Levels', 'System Overview', 'Technical Infrastructure',
];

export function Boards() {
  const { colors, spacing } = useTheme2();
  const line = { display: 'flex', alignItems: 'center', gap: 8, padding: spacing(0.75), borderBottom: `1px solid ${colors.border.weak}` };
  return kBoards.map((title) => <div key={title} style={line}><Icon name="apps" /> {title} <span style={{ flexGrow: 1 }} /><Icon name="star" /></div>);
}
