// page/ and Grafana's components as the two files of a web page.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
/** Icons are fetched from here by the components. */
export const icons = join(here, 'node_modules/@grafana/ui/dist/public/img/icons');

/** { 'page.js': text, 'page.css': text }. */
export async function bundle() {
  const { outputFiles } = await build({
    entryPoints: [join(here, 'page/page.jsx')],
    outdir: '/',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    jsx: 'automatic',
    loader: { '.svg': 'dataurl', '.png': 'dataurl', '.ttf': 'dataurl', '.woff': 'dataurl', '.woff2': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error',
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [path.slice(1), text]));
}
