// The written boards, and what every check needs of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { written } from '../modules.mjs';

export const readBoards = () => readdirSync(written).filter((name) => /^fleet-.*\.json$/.test(name)).sort()
  .map((name) => ({ file: name, board: JSON.parse(readFileSync(join(written, name), 'utf8')) }));

/** Rows and panels, those inside of closed rows too. */
export const flat = (panels) => panels.flatMap((panel) => [panel, ...flat(panel.panels ?? [])]);

/** The panels that ask for data, with their rows left out. */
export const asking = (board) => flat(board.panels).filter(({ targets }) => targets);
