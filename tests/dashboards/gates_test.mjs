// Each check of dashboards/ fails when one thing is broken, and names it. Run by ctest with NODE_PATH.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test from 'node:test';
import { asking, flat, readBoards } from '../../dashboards/check/boards.mjs';
import { readCatalogue, readRules } from '../../dashboards/check/catalogue.mjs';
import { askEverything } from '../../dashboards/check/queries.mjs';
import { filled } from '../../dashboards/check/prometheus.mjs';
import { resultLabels, selectors } from '../../dashboards/check/expressions.mjs';
import { lint } from '../../dashboards/check/lint.mjs';
import { checkTypes } from '../../dashboards/check/types.mjs';
import { load } from '../../dashboards/modules.mjs';

const rules = readRules();
const metrics = readCatalogue(rules);
const boards = () => readBoards().map(({ board }) => board);
const look = (all) => lint(all, { rules, metrics, boards: new Map(all.map((board) => [board.uid, board])) });
const panelOf = (all, uid, title) => flat(all.find((board) => board.uid === uid).panels).find((panel) => panel.title === title);
const churn = (all) => panelOf(all, 'fleet-business', 'Churn of 30 days');
const traffic = (all) => panelOf(all, 'fleet-infra', 'Requests by status');
const variableOf = (all, name) => all[0].templating.list.find((one) => one.name === name);
const named = (pattern) => `{__name__=~"${pattern}",job=~"$job",instance=~"$instance"}`;
const rates = (pattern) => `rate(${named(pattern)}[$__rate_interval])`;

// what is broken, and what the lint says of it
const kBroken = [
  ['a threshold', (all) => { churn(all).fieldConfig.defaults.thresholds.steps[1].value = 0.06; }, /limits: business_churn_ratio is not drawn/],
  ['the text of a threshold', (all) => { churn(all).description = churn(all).description.replace('0.05', '0.06'); }, /limits: business_churn_ratio is 0.05 in/],
  ['the name of a threshold', (all) => { churn(all).description = churn(all).description.replace('business_churn_ratio', 'business_chrun_ratio'); }, /thresholds.yml has no business_chrun_ratio/],
  ['a line that is not drawn', (all) => { panelOf(all, 'fleet-security', 'Failed logins in all logs').fieldConfig.defaults.custom.thresholdsStyle.mode = 'off'; }, /limits: not drawn as lines/],
  ['a description', (all) => { delete churn(all).description; churn(all).description = ''; }, /panel-title-description: no sentence on what it shows/],
  ['what to do', (all) => { churn(all).description = churn(all).description.replace(/\*\*Do:\*\* [^\n]*/, ''); }, /no sentence on what to do/],
  ['a title', (all) => { traffic(all).title = ''; }, /panel-title-description: no title/],
  ['a unit', (all) => { traffic(all).fieldConfig.defaults.unit = 'requests'; }, /panel-units: requests/],
  ['the text for no value', (all) => { traffic(all).fieldConfig.defaults.noValue = ''; }, /no text for no value/],
  ['a link', (all) => { traffic(all).fieldConfig.defaults.links[0].url = '/d/fleet-slef?x'; }, /leads to no board of ours/],
  ['a variable of a link', (all) => { traffic(all).fieldConfig.defaults.links[0].url += '&var-jobs=a'; }, /fleet-self has no variable jobs/],
  ['a label of a link', (all) => { traffic(all).fieldConfig.defaults.links[0].url += '&var-job=${__field.labels.job}'; }, /has no label job/],
  ['the name of an alert', (all) => { churn(all).description = churn(all).description.replaceAll('BusinessChurnHigh', 'BusinessChrunHigh'); }, /no rule is named BusinessChrunHigh/],
  ['a query', (all) => { traffic(all).targets[0].expr += ')'; }, /target-promql/],
  ['the name of a metric', (all) => { churn(all).targets[0].expr = 'business:customer_chrun:ratio30d'; }, /business:customer_chrun:ratio30d is in no list/],
  ['the name of a metric of several programs', (all) => { traffic(all).targets[0].expr = rates('(authd|alertd)_http_reqests_total'); }, /alertd_http_reqests_total of \{\(authd\|alertd\)_http_reqests_total\} is in no list/],
  ['one of several programs', (all) => { traffic(all).targets[0].expr = rates('(authd|alretd)_http_requests_total'); }, /alretd_http_requests_total of .* is in no list/],
  ['a pattern of names', (all) => { traffic(all).targets[0].expr = rates('[a-z]+_http_reqests_total'); }, /_http_reqests_total of .* is in no list/],
  ['a counter of several programs', (all) => { traffic(all).targets[0].expr = `sum by (code) (${named('(authd|alertd)_http_requests_total')})`; }, /target-counter-agg: .*_http_requests_total/],
  ['a legend of several programs', (all) => { Object.assign(traffic(all).targets[0], { expr: rates('(authd|alertd)_http_requests_total'), legendFormat: '{{status}}' }); }, /the result has no label status/],
  ['the end of a share', (all) => { delete panelOf(all, 'fleet-api', 'Share that fails by route').fieldConfig.defaults.max; }, /field: a share without max/],
  ['the rows of a table', (all) => { panelOf(all, 'fleet-home', 'Service levels').transformations.reverse().unshift({ id: 'merge', options: {} }); }, /table: rows are merged before/],
  ['the day of a bar', (all) => { const bar = panelOf(all, 'fleet-business', 'Revenue of each day'); bar.targets[0].expr = bar.targets[0].expr.replace(' offset -1d', ''); }, /days: each bar is a day late/],
  ['the job', (all) => { traffic(all).targets[0].expr = 'sum by (code) (rate(authd_http_requests_total{instance=~"$instance"}[$__rate_interval]))'; }, /target-job: authd_http_requests_total/],
  ['the instance', (all) => { traffic(all).targets[0].expr = 'sum by (code) (rate(authd_http_requests_total{job=~"$job"}[$__rate_interval]))'; }, /target-instance: authd_http_requests_total/],
  ['a counter', (all) => { traffic(all).targets[0].expr = 'sum by (code) (authd_http_requests_total{job=~"$job",instance=~"$instance"})'; }, /target-counter-agg/],
  ['an interval', (all) => { traffic(all).targets[0].expr = 'sum by (code) (rate(authd_http_requests_total{job=~"$job",instance=~"$instance"}[5m]))'; }, /target-rate-interval: rate over 5m/],
  ['a legend', (all) => { traffic(all).targets[0].legendFormat = '{{status}}'; }, /the result has no label status/],
  ['a data source', (all) => { traffic(all).datasource = { type: 'prometheus', uid: 'abc' }; }, /panel-datasource/],
  ['a type', (all) => { traffic(all).type = 'graph'; }, /type: graph is not one of ours/],
  ['an id', (all) => { traffic(all).id = 1; }, /ids: 1 twice/],
  ['a uid', (all) => { all[1].uid = all[0].uid; }, /two boards have this uid/],
  ['a place', (all) => { traffic(all).gridPos.x += 1; }, /overlap/],
  ['no targets', (all) => { traffic(all).targets = []; }, /panel-no-targets/],
  ['editing', (all) => { all[0].editable = true; }, /uneditable-dashboard/],
  ['the variable job', (all) => { variableOf(all, 'job').allValue = '.*'; }, /template-job/],
  ['the variable instance', (all) => { variableOf(all, 'instance').multi = false; }, /template-instance/],
  ['the variable of the data source', (all) => { variableOf(all, 'datasource').label = 'Source'; }, /template-datasource/],
  ['the query of a variable', (all) => { variableOf(all, 'job').query.query = 'label_values(up{, job)'; }, /template-label-promql/],
  ['when a variable is read', (all) => { variableOf(all, 'job').refresh = 1; }, /template-on-time-change-reload/],
  ['annotations', (all) => { all[0].annotations.list = []; }, /annotations: no Restarts/],
];

test('The shipped boards have no mistakes', () => {
  assert.deepEqual(look(boards()), []);
  assert.deepEqual(checkTypes(boards()), []);
});

test('The data source has a name of its own, takes no place of another, and is that of the boards', () => {
  const sourceOf = (folder) => load('yaml').parse(readFileSync(new URL(`../../${folder}/datasources/fleet.yml`, import.meta.url), 'utf8')).datasources[0];
  const [shipped, compose] = [sourceOf('dashboards/provisioning'), sourceOf('compose/grafana')];
  assert.deepEqual([shipped.name, shipped.uid, shipped.isDefault], ['Picket', 'picket-prometheus', false]);
  assert.deepEqual({ ...compose, url: shipped.url }, { ...shipped, isDefault: true }); // the stack's Grafana has no other
  for (const { templating } of boards()) assert.deepEqual(templating.list[0].current, { text: shipped.name, value: shipped.uid });
});

for (const [what, breakIt, expected] of kBroken) {
  test(`The lint notices: ${what}`, () => {
    const all = boards();
    breakIt(all);
    assert.match(look(all).join('\n'), expected);
  });
}

test('The type check notices options, fields and enums that Grafana does not know', () => {
  const all = boards();
  churn(all).options.graphMoode = 'none';
  traffic(all).fieldConfig.defaults.custom.drawStyle = 'lines';
  all[0].graphTooltip = 7;
  const found = checkTypes(all).join('\n');
  for (const expected of [/Churn of 30 days .*graphMoode/, /Requests by status .*"lines"/, /board .*'7'/]) assert.match(found, expected);
});

test('Labels of results are read off expressions', () => {
  const cases = [
    ['sum by (job) (rate(authd_http_requests_total[5m]))', ['job']], ['sum(up)', []], ['up == 0', ['instance', 'job']], ['time() - max by (check) (health_check_up)', ['check']],
    ['histogram_quantile(0.9, sum by (le, job) (rate(authd_kdf_duration_seconds_bucket[5m])))', ['job']], ['sum without (check) (health_check_up)', ['instance', 'job']],
    ['topk(3, health_check_up)', ['check', 'instance', 'job']], ['sum by (job) (up) or vector(0)', []], ['health_check_up * on (job) group_left (version) authd_build_info', ['check', 'instance', 'job', 'version']],
  ];
  for (const [expr, labels] of cases) assert.deepEqual([...resultLabels(expr, metrics)].sort(), labels, expr);
  assert.equal(resultLabels('label_replace(up, "a", "", "", "")', metrics), undefined);
});

test('Selectors are found with their functions and ranges', () => {
  const [one, two] = selectors('sum(rate(a_total{x="1"}[5m])) / b');
  assert.deepEqual([one.metric, one.range, one.functions, one.matchers[0].value], ['a_total', '5m', ['rate'], '1']);
  assert.deepEqual([two.metric, two.range], ['b', undefined]);
});

test('Variables are filled in as Grafana does', () => {
  assert.equal(filled('a{b=~"$b",c="${c}"}[$__interval]', { b: ['x.y', 'z'], c: ['one'], __interval: '5m' }), 'a{b=~"(x\\\\.y|z)",c="one"}[5m]');
  assert.throws(() => filled('a{b="$nobody"}', {}), /no variable nobody/);
});

/** A Prometheus that answers each query as answer(expression) says: labels of each series, or an error. */
async function asked(all, answer) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname.includes('/label/')) return response.end(JSON.stringify({ status: 'success', data: answer('label_values') ?? ['a'] }));
    const series = answer(url.searchParams.get('query'));
    if (typeof series === 'string') return response.end(JSON.stringify({ status: 'error', error: series }));
    return response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: series.map((metric) => ({ metric, value: [0, '1'], values: [[0, '1']] })) } }));
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  try {
    return await askEverything(all, `http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test('The data check notices errors, emptiness, too many series and labels that are not there', async () => {
  const infra = boards().filter(({ uid }) => uid === 'fleet-infra');
  const labels = ['code', 'job', 'instance', 'check', 'reason', 'phase', 'mode', 'datname', 'mountpoint', 'device'];
  const good = Object.fromEntries(labels.map((label) => [label, 'x']));
  const fine = await asked(infra, (expr) => (expr === 'label_values' ? undefined : [good]));
  assert.deepEqual(fine.found, []);
  assert.match(fine.counts, new RegExp(`${asking(infra[0]).flatMap(({ targets }) => targets).length} targets executed, 0 refused, 0 empty`));
  const said = async (answer) => (await asked(infra, answer)).found.join('\n');
  assert.match(await said((expr) => (expr.includes('evicted_keys') ? 'parse error' : [good])), /Evicted keys \(query A\) \| parse error/);
  assert.match(await said((expr) => (expr.includes('evicted_keys') ? [] : [good])), /Evicted keys \(query A\) \| empty/);
  assert.match(await said((expr) => (expr.includes('evicted_keys') ? Array(51).fill(good) : [good])), /Evicted keys \(query A\) \| 51 series/);
  assert.match(await said((expr) => (expr.includes('evicted_keys') ? [{ job: 'redis' }] : [good])), /Evicted keys \(query A\) \| the legend wants instance/);
  assert.match(await said((expr) => (expr === 'label_values' ? [] : [good])), /variable job \| has no values/);
});
