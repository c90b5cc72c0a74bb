import { getDisplayValueAlignmentFactors } from '@grafana/data';
import { BigValue, useTheme2, VizRepeater } from '@grafana/ui';
import { valuesOf } from './values.mjs';

export function Stat(props) {
  const theme = useTheme2();
  const { panel: { options }, width, height, frames } = props;
  const draw = ({ value: { display, sparkline }, alignmentFactors, count, ...room }) => (
    <BigValue
      theme={theme} width={room.width} height={room.height} value={display} sparkline={sparkline} count={count} alignmentFactors={alignmentFactors}
      colorMode={options.colorMode} graphMode={options.graphMode} justifyMode={options.justifyMode} textMode={options.textMode} disableWideLayout={!options.wideLayout}
    />
  );
  return (
    <VizRepeater
      getValues={() => valuesOf(props, theme, { sparkline: options.graphMode !== 'none' })} getAlignmentFactors={getDisplayValueAlignmentFactors} renderValue={draw}
      width={width} height={height} source={frames} itemSpacing={3} renderCounter={0} autoGrid orientation={options.orientation}
    />
  );
}
