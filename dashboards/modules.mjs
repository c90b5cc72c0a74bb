// Where everything lies: the tree, and the packages of package-lock.json. The packages are in dashboards/node_modules
// (npm ci --ignore-scripts), or in a folder that NODE_PATH names, as in the tests.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const tree = dirname(here);
/** Where the written boards are: Grafana reads every .json below the folder of a provider, so nothing else may be there. */
export const written = join(here, 'provisioning/dashboards/fleet');
export const load = createRequire(import.meta.url);

/** The folder node_modules in which the packages are. */
export function packages() {
  return join(dirname(load.resolve('typescript/package.json')), '..');
}
