import { cacheFieldDisplayNames } from '@grafana/data';
import { TableNG } from '@grafana/ui/unstable';

export function Table({ panel: { options, fieldConfig }, frames, width, height }) {
  cacheFieldDisplayNames(frames); // the heads of columns are these
  return (
    <TableNG
      data={frames[options.frameIndex]} width={width} height={height} noHeader={!options.showHeader} cellHeight={options.cellHeight} sortBy={options.sortBy}
      fieldConfig={fieldConfig} getActions={() => []} structureRev={1} enableVirtualization={false}
    />
  );
}
