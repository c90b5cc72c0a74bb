import { getDisplayValueAlignmentFactors } from '@grafana/data';
import { BarGauge, useTheme2, VizRepeater } from '@grafana/ui';
import { valuesOf } from './values.mjs';

export function Bars(props) {
  const theme = useTheme2();
  const { panel: { options }, width, height, frames } = props;
  const draw = ({ value, alignmentFactors, orientation, ...room }) => (
    <BarGauge
      theme={theme} width={room.width} height={room.height} orientation={orientation} value={value.display} field={value.field}
      display={value.view?.getFieldDisplayProcessor(value.colIndex)} alignmentFactors={alignmentFactors} itemSpacing={10} displayMode={options.displayMode}
      showUnfilled={options.showUnfilled} valueDisplayMode={options.valueMode} namePlacement={options.namePlacement} text={options.text}
    />
  );
  return (
    <VizRepeater
      getValues={() => valuesOf(props, theme)} getAlignmentFactors={getDisplayValueAlignmentFactors} renderValue={draw} width={width} height={height} source={frames}
      itemSpacing={10} renderCounter={0} orientation={options.orientation} minVizWidth={options.minVizWidth} minVizHeight={options.minVizHeight} maxVizHeight={options.maxVizHeight}
    />
  );
}
