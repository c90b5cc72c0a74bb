// Asks a Prometheus as Grafana does: the steps of a time range, and variables put into expressions.
const kScrapeSeconds = 15;
const kPoints = 400;  // of a panel of usual width
const kDay = 86400;

export const seconds = (text) => {
  const [, amount, unit] = /^(?:now-)?(\d+)([smhdw])$/.exec(text);
  return Number(amount) * { s: 1, m: 60, h: 3600, d: 86400, w: 604800 }[unit];
};
const escaped = (value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\\\$&');

/** As Grafana puts variables into a query. */
export function filled(expr, values) {
  return expr.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (_, braced, plain) => {
    const value = values[braced ?? plain];
    if (value === undefined) throw new Error(`no variable ${braced ?? plain}`);
    return Array.isArray(value) ? (value.length === 1 ? value[0] : `(${value.map(escaped).join('|')})`) : value;
  });
}

/** The seconds of a range ("now-6h") and of its steps in that panel, and the variables that Grafana makes of them. */
export function times(from, { interval } = {}) {
  const range = seconds(from);
  const step = Math.max(kScrapeSeconds, Math.ceil(range / kPoints), interval ? seconds(interval) : 0);
  return {
    range, step,
    values: {
      __rate_interval: `${Math.max(step + kScrapeSeconds, 4 * kScrapeSeconds)}s`, __interval: `${step}s`, __interval_ms: String(step * 1000),
      __range: `${range}s`, __range_s: String(range), __range_ms: String(range * 1000),
    },
  };
}

export class Prometheus {
  /** now: seconds since 1970 that count as now. */
  constructor(url, now = Math.floor(Date.now() / 1000)) {
    this.url = url.replace(/\/$/, '');
    this.now = now;
  }

  async ask(path, query) {
    const text = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(query)}`);
    const { status, data, error } = await text.json();
    if (status !== 'success') throw new Error(error);
    return data;
  }

  async values(query, from) {
    const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(query);
    return this.ask(`label/${label}/values`, { 'match[]': selector, start: this.now - seconds(from), end: this.now });
  }

  /** The series of an answer, each { metric, value or values }. Steps of days begin at midnight, UTC. */
  async answer(expr, { instant }, { range, step }) {
    const whole = (time) => (step % kDay ? time : Math.floor(time / step) * step);
    const { result, resultType } = instant
      ? await this.ask('query', { query: expr, time: this.now })
      : await this.ask('query_range', { query: expr, start: whole(this.now - range), end: whole(this.now), step });
    return resultType === 'scalar' ? [{ metric: {}, value: result }] : result;
  }
}
