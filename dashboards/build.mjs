// Writes boards/*.mjs as provisioning/dashboards/fleet/*.json: node build.mjs [--check] [--out DIR] [--overrides FILE]
// With --check nothing is written, and files that differ are named. --overrides takes thresholds of a run/overrides.yml in
// place of those of rules/thresholds.yml, --out another folder.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { here, written as shipped } from './modules.mjs';

const check = process.argv.includes('--check');
const out = process.argv.indexOf('--out');
const written = out > 0 ? process.argv[out + 1] : shipped;
const names = readdirSync(join(here, 'boards')).filter((name) => name.endsWith('.mjs')).sort();
const wanted = new Map();
for (const name of names) {
  const { default: made } = await import(pathToFileURL(join(here, 'boards', name)));
  wanted.set(`${made.uid}.json`, `${JSON.stringify(made, null, 2)}\n`);
}

const there = readdirSync(written).filter((name) => /^fleet-.*\.json$/.test(name));
const extra = there.filter((name) => !wanted.has(name));
const differ = [...wanted].filter(([name, text]) => !existsSync(join(written, name)) || readFileSync(join(written, name), 'utf8') !== text);
if (!check) for (const [name, text] of differ) writeFileSync(join(written, name), text);
for (const [name] of differ) console.log(check ? `${name} is not what boards/ makes: node dashboards/build.mjs` : `wrote ${name}`);
for (const name of extra) console.log(`${name} is of no board`);
console.log(`${wanted.size} boards, ${differ.length} ${check ? 'differ' : 'written'}`);
process.exit(extra.length || (check && differ.length) ? 1 : 0);
