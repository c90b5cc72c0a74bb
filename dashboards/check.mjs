// Checks the boards: node check.mjs [--types] [--lint] [--prometheus URL]
// --types: against @grafana/schema; --lint: what a good board has; both where neither is named. --prometheus asks every query
// of every panel there, and fails where one is refused, empty or too wide. Each prints what it counted.
import { readBoards } from './check/boards.mjs';
import { readCatalogue, readRules } from './check/catalogue.mjs';
import { countOf, lint } from './check/lint.mjs';
import { checkTypes } from './check/types.mjs';

const has = (flag) => process.argv.includes(flag);
const url = has('--prometheus') ? process.argv[process.argv.indexOf('--prometheus') + 1] : undefined;
const all = !has('--types') && !has('--lint') && !url;
const boards = readBoards().map(({ board }) => board);
let mistakes = 0;

function tell(name, found, counts) {
  for (const text of found) console.log(text);
  console.log(`${name}: ${found.length} mistakes; ${counts}`);
  mistakes += found.length;
}

if (all || has('--types')) tell('types', checkTypes(boards), `${boards.length} boards`);
if (all || has('--lint')) {
  const rules = readRules();
  const known = { rules, metrics: readCatalogue(rules), boards: new Map(boards.map((board) => [board.uid, board])) };
  const counts = Object.entries(countOf(boards)).map(([name, count]) => `${count} ${name}`).join(', ');
  tell('lint', lint(boards, known), counts);
}
if (url) {
  const { askEverything } = await import('./check/queries.mjs');
  const { found, counts } = await askEverything(boards, url);
  tell('data', found, counts);
}
process.exit(mistakes ? 1 : 0);
