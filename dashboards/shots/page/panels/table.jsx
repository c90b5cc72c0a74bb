import { TableNG } from '@grafana/ui/unstable';

export function Table({ panel: { options, fieldConfig }, frames, width, height }) {
  return (
    <TableNG
      data={frames[options.frameIndex]} width={width} height={height} noHeader={!options.showHeader} cellHeight={options.cellHeight} sortBy={options.sortBy}
      initialSortBy={options.sortBy} fieldConfig={fieldConfig} getActions={() => []} structureRev={1} enableVirtualization={false}
    />
  );
}
