// Pictures of the boards with what a Prometheus has, light and dark, drawn with Grafana's own components:
// node shots.mjs [--prometheus URL] [--out DIR] [--at TIME] [--from now-6h] [--open] [--rows COUNT] [BOARD...]
// BOARD is "home" of fleet-home; all by default. --at takes another moment than now, --open draws closed rows open,
// --rows only the first ones, --from has another time range than the board's.
// Writes BOARD-light.png and BOARD-dark.png into DIR (build/shots). Needs chromium; pngquant makes the files smaller where it is there.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { readBoards } from '../check/boards.mjs';
import { Prometheus } from '../check/prometheus.mjs';
import { tree } from '../modules.mjs';
import { ask } from './ask.mjs';
import { Browser } from './browser.mjs';
import { bundle } from './bundle.mjs';
import { heightOf, kWidth, laidOut, ofRows } from './page/layout.mjs';
import { serve } from './serve.mjs';

const run = promisify(execFile);
const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    prometheus: { type: 'string', default: 'http://127.0.0.1:9090' }, out: { type: 'string', default: join(tree, 'build/shots') }, at: { type: 'string' }, open: { type: 'boolean' },
    rows: { type: 'string' }, from: { type: 'string' },
  },
});

async function write(file, picture) {
  writeFileSync(file, picture);
  await run('pngquant', ['--force', '--skip-if-larger', '--speed', '1', '--output', file, file]).catch(() => {});
  console.log(file);
}

function fail(text) {
  console.error(text);
  process.exit(2);
}

const short = ({ uid }) => uid.replace(/^fleet-/, '');
const boards = readBoards().map(({ board }) => board).filter((board) => !names.length || names.includes(short(board)));
const unknown = names.filter((name) => !boards.some((board) => short(board) === name));
if (unknown.length) fail(`no board ${unknown.join(', ')}`);
const now = flags.at ? Date.parse(flags.at) / 1000 : undefined;
if (Number.isNaN(now)) fail(`not a time: ${flags.at}`);

const wrong = [];
const prometheus = new Prometheus(flags.prometheus, now);
await prometheus.ask('query', { query: '1' }).catch(() => fail(`no Prometheus at ${flags.prometheus}`));
const shown = {};
const { server, url } = await serve(await bundle(), shown, wrong);
const browser = new Browser();
mkdirSync(flags.out, { recursive: true });
try {
  for (const board of boards) {
    const panels = laidOut(ofRows(board.panels, flags.rows && Number(flags.rows)), flags.open);
    const drawn = { ...board, panels, time: { ...board.time, from: flags.from ?? board.time.from } };
    shown.data = { board: drawn, ...(await ask(drawn, prometheus, wrong)) };
    for (const mode of ['dark', 'light']) {
      await write(join(flags.out, `${short(board)}-${mode}.png`), await browser.picture(`${url}/?theme=${mode}`, kWidth, heightOf(panels)));
    }
  }
} finally {
  await browser.close();
}
server.close();
for (const text of new Set(wrong)) console.error(text);
process.exit(wrong.length ? 1 : 0);
