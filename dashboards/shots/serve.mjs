// The page of one board on a port of this machine, for a browser that is started for it.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { icons } from './bundle.mjs';

const kIcons = '/public/build/img/icons/';
const kPage = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/page.css"><div id="root"></div>
<script>window.__grafana_public_path__ = '/public/';</script><script type="module" src="/page.js"></script>`;

const textOf = async (request) => {
  let all = '';
  for await (const part of request) all += part;
  return all;
};

/** files: { 'page.js': text }; what the page posts to /wrong goes to wrong. shown.data is what /data answers. */
export async function serve(files, shown, wrong) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const send = (type, body) => response.writeHead(200, { 'Content-Type': type }).end(body);
    const name = pathname.slice(1);
    if (pathname === '/') return send('text/html', kPage);
    if (pathname === '/data') return send('application/json', JSON.stringify(shown.data));
    if (pathname === '/wrong') {
      wrong.push(await textOf(request));
      return send('text/plain', '');
    }
    if (name in files) return send(name.endsWith('.css') ? 'text/css' : 'text/javascript', files[name]);
    const icon = join(icons, normalize(`/${pathname.slice(kIcons.length)}`));
    if (!pathname.startsWith(kIcons) || !existsSync(icon)) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' });
    return createReadStream(icon).pipe(response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}
