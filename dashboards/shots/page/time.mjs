// Times of Prometheus for Grafana's components.
import { dateTime } from '@grafana/data';

/** from and to in seconds. */
export function timeRange(from, to) {
  const [first, last] = [dateTime(from * 1000), dateTime(to * 1000)];
  return { from: first, to: last, raw: { from: first, to: last } };
}
