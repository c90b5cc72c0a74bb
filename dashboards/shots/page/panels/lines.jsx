import { TimeSeries } from '@grafana/ui';
import { drawMarks } from '../marks.mjs';
import { timeRange } from '../time.mjs';

const marked = new WeakSet();

export function Lines({ panel, frames, width, height, from, to, marks }) {
  const addMarks = (config) => {
    if (!marked.has(config)) config.addHook('draw', (plot) => drawMarks(plot, marks));
    marked.add(config);
    return null;
  };
  return (
    <TimeSeries frames={frames} structureRev={1} width={width} height={height} timeRange={timeRange(from, to)} timeZone="browser" legend={panel.options.legend}>
      {addMarks}
    </TimeSeries>
  );
}
