// A board of panels: their places and numbers, the variables, annotations and links that every board has.
export const kSource = { type: 'prometheus', uid: '${datasource}' };
const kColumns = 24;
const kAll = { text: 'All', value: '$__all' };

/** A row of panels; its panels flow from left to right. closed: true asks nothing until somebody opens it. */
export const row = (title, panels, { closed = false } = {}) => ({ title, panels, closed });

/**
 * A variable with the values that the label `of` (by default the name) has in a metric or selector. All by default; "All"
 * takes series without the label as well.
 */
export const variable = (name, label, selector, { of = name, allValue = '.*', one = false } = {}) => {
  const query = `label_values(${selector}, ${of})`;
  return {
    type: 'query', name, label, datasource: kSource, definition: query, query: { qryType: 1, query, refId: `values of ${name}` },
    multi: !one, includeAll: !one, ...(one ? {} : { allValue, current: kAll }),
    options: [], refresh: 2, regex: '', sort: 1, hide: 0, skipUrlSync: false,
  };
};

/** The data source of provisioning/datasources. Where it is not there, Grafana takes another Prometheus. */
const kShipped = { text: 'Picket', value: 'picket-prometheus' };
const variables = ({ jobs, variables: own = [] }) => [
  {
    type: 'datasource', name: 'datasource', label: 'Data source', query: 'prometheus', regex: '', current: kShipped,
    options: [], refresh: 1, multi: false, includeAll: false, hide: 0, skipUrlSync: false,
  },
  variable('job', 'Job', jobs, { allValue: '.+' }),
  variable('instance', 'Instance', `${jobs.replace(/\}$/, '')}${jobs.endsWith('}') ? ',' : '{'}job=~"$job"}`, { allValue: '.+' }),
  ...own,
];

const annotation = (name, colour, expr, titleFormat, textFormat, tagKeys, enable = true) => ({
  name, enable, hide: false, iconColor: colour, datasource: kSource, expr: expr.replace(/\s+/g, ' ').trim(), step: '60s', titleFormat, textFormat, tagKeys,
});
const version = '{__name__=~"[a-z_]+_build_info",job=~"$job",instance=~"$instance"}';
const annotations = [
  {
    name: 'Annotations & Alerts', builtIn: 1, enable: true, hide: true, type: 'dashboard', iconColor: 'rgba(0, 211, 255, 1)',
    datasource: { type: 'grafana', uid: '-- Grafana --' },
  },
  annotation('Alerts', 'red', 'count by (alertname, severity, team) (ALERTS{alertstate="firing",severity="critical"})',
    '{{alertname}}', 'Firing ({{severity}}), for {{team}}', 'severity,team'),
  annotation('Restarts', 'blue', 'changes(process_start_time_seconds{job=~"$job",instance=~"$instance"}[$__interval]) > 0',
    'Restart', '{{job}} on {{instance}} was started again', 'job'),
  annotation('Versions', 'purple',
    `count by (job, instance, version) (${version}) unless count by (job, instance, version) (${version} offset $__interval)
     and on (job, instance) count by (job, instance) (${version} offset $__interval)`,
    'Version', '{{job}} on {{instance}} is now {{version}}', 'job'),
];

const links = [
  {
    type: 'dashboards', title: 'Boards', tags: ['fleet'], asDropdown: true, keepTime: true, includeVars: true, icon: 'external link', targetBlank: false,
    tooltip: 'The other boards, at the same time', url: '',
  },
];

/** Places from left to right; each line must fill the width, so that nothing stands alone in a corner. */
function place(panels, y, name) {
  let x = 0;
  let height = 0;
  const placed = panels.map(({ size: { w, h }, ...panel }) => {
    if (x === 0) height = h;
    if (h !== height) throw new Error(`${name}: ${panel.title} is ${h} high, its line ${height}`);
    if (x + w > kColumns) throw new Error(`${name}: ${panel.title} does not fit its line (${x} + ${w})`);
    const gridPos = { h, w, x, y };
    x += w;
    if (x === kColumns) {
      x = 0;
      y += height;
    }
    return { gridPos, panel };
  });
  if (x !== 0) throw new Error(`${name}: the last line has ${x} of ${kColumns} columns`);
  return { placed, y };
}

/** The JSON of a board, as Grafana reads it. */
export function board({ uid, title, about, rows, refresh = '30s', from = 'now-6h', tags = [], ...rest }) {
  let id = 0;
  let y = 0;
  const panels = [];
  for (const { title: name, panels: content, closed } of rows) {
    const head = { id: ++id, type: 'row', title: name, collapsed: closed, gridPos: { h: 1, w: kColumns, x: 0, y }, panels: [] };
    const { placed, y: below } = place(content, y + 1, `${uid}: ${name}`);
    const numbered = placed.map(({ gridPos, panel: { type, title: heading, ...more } }) => ({ id: ++id, type, title: heading, gridPos, ...more }));
    panels.push(closed ? { ...head, panels: numbered } : head, ...(closed ? [] : numbered));
    y = closed ? y + 1 : below;
  }
  return {
    uid, title, description: about, tags: ['fleet', ...tags],
    schemaVersion: 42, version: 1, editable: false, graphTooltip: 1, timezone: 'browser', weekStart: '', fiscalYearStartMonth: 0, liveNow: false,
    refresh, time: { from, to: 'now' }, timepicker: {}, links, annotations: { list: annotations }, templating: { list: variables(rest) }, panels,
  };
}
