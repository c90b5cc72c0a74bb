// A headless Chromium that draws pages: commands of the DevTools protocol over its pipe.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const kDrawnMs = 120000;

export class Browser {
  constructor() {
    this.profile = mkdtempSync(join(tmpdir(), 'picket-shots.'));
    this.process = spawn('chromium', [
      '--headless=new', '--remote-debugging-pipe', '--hide-scrollbars', '--disable-gpu', '--force-device-scale-factor=1', '--no-first-run',
      `--user-data-dir=${this.profile}`, ...(process.getuid() === 0 ? ['--no-sandbox'] : []), 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.asked = new Map();
    this.rest = '';
    this.process.stdio[4].setEncoding('utf8').on('data', (text) => this.#read(text));
    this.process.on('error', (error) => this.#end(error.message)).on('exit', () => this.#end('chromium has ended'));
  }

  #end(text) {
    for (const { reject } of this.asked.values()) reject(new Error(text));
    this.asked.clear();
  }

  /** Messages end with a zero byte. */
  #read(text) {
    const messages = (this.rest + text).split('\0');
    this.rest = messages.pop();
    for (const { id, result, error } of messages.map((one) => JSON.parse(one))) {
      const asked = this.asked.get(id);
      this.asked.delete(id);
      if (error) asked?.reject(new Error(error.message));
      else asked?.resolve(result);
    }
  }

  ask(method, params = {}, sessionId = undefined) {
    this.last = (this.last ?? 0) + 1;
    const id = this.last;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.asked.set(id, { resolve, reject }));
  }

  /** The PNG of a page, as soon as its promise `drawn` is kept. */
  async picture(url, width, height) {
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    const tell = (method, params) => this.ask(method, params, sessionId);
    await tell('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await tell('Page.navigate', { url });
    const expression = 'new Promise((done) => { const look = () => (window.drawn ? done(window.drawn) : setTimeout(look, 50)); look(); })';
    await tell('Runtime.evaluate', { expression, awaitPromise: true, timeout: kDrawnMs });
    const { data } = await tell('Page.captureScreenshot', { format: 'png' });
    await this.ask('Target.closeTarget', { targetId });
    return Buffer.from(data, 'base64');
  }

  async close() {
    const ended = new Promise((done) => this.process.once('exit', done));
    await this.ask('Browser.close').catch(() => {});
    await ended;
    rmSync(this.profile, { recursive: true, force: true });
  }
}
