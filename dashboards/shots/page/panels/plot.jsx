// A plot over time with lanes from top to bottom, for what @grafana/ui has no component of: its axes are Grafana's.
import { AxisPlacement, ScaleDirection, ScaleOrientation } from '@grafana/schema';
import { measureText, UPLOT_AXIS_FONT_SIZE, UPlotChart, UPlotConfigBuilder, useTheme2, VizLayout, VizLegend } from '@grafana/ui';
import { useMemo } from 'react';

const kAxisGap = 15;
const widest = (ticks) => kAxisGap + Math.max(...ticks.map(({ text }) => measureText(text, UPLOT_AXIS_FONT_SIZE).width));

function configOf({ from, to, lanes, grid, ticks, draw }, theme) {
  const config = new UPlotConfigBuilder('browser');
  config.addScale({ scaleKey: 'x', isTime: true, orientation: ScaleOrientation.Horizontal, direction: ScaleDirection.Right, range: () => [from * 1000, to * 1000] });
  config.addScale({ scaleKey: 'y', orientation: ScaleOrientation.Vertical, direction: ScaleDirection.Up, range: () => [0, lanes] });
  config.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone: 'browser', theme, grid: { show: grid } });
  config.addAxis({
    scaleKey: 'y', placement: AxisPlacement.Left, size: widest(ticks), theme, grid: { show: false }, splits: () => ticks.map(({ at }) => at), values: () => ticks.map(({ text }) => text),
  });
  config.addSeries({ scaleKey: 'y', theme, drawStyle: 'line', pathBuilder: () => null, pointsBuilder: () => undefined, show: true });
  config.addHook('draw', draw);
  return config;
}

/** ticks: [{ at, text }] with at from 0 (below) to lanes; draw gets the uPlot; items are those of a legend. */
export function Plot({ width, height, items, ...of }) {
  const theme = useTheme2();
  const config = useMemo(() => configOf(of, theme), []);
  const legend = items && <VizLayout.Legend placement="bottom"><VizLegend placement="bottom" items={items} displayMode="list" readonly /></VizLayout.Legend>;
  const data = [[of.from * 1000, of.to * 1000], [null, null]];
  return <VizLayout width={width} height={height} legend={legend}>{(inside, high) => <UPlotChart config={config} data={data} width={inside} height={high} />}</VizLayout>;
}
