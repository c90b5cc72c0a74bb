// The places of panels, as Grafana's grid has them: 24 columns, rows of 30 pixels, 8 between them.
export const kWidth = 1500;
const kEdge = 16;
const kHead = 104;
const kGap = 8;
const kRow = 30;
const kColumn = (kWidth - 2 * kEdge - 23 * kGap) / 24;

/** The pixels of a place in the grid. */
export const pixels = ({ x, y, w, h }) => ({
  left: kEdge + x * (kColumn + kGap), top: kHead + y * (kRow + kGap), width: w * (kColumn + kGap) - kGap, height: h * (kRow + kGap) - kGap,
});

/** The panels to draw: with open also those of closed rows, below their row. */
export function laidOut(panels, open) {
  let down = 0;
  return panels.flatMap(({ panels: inner = [], ...panel }) => {
    const moved = (one) => ({ ...one, gridPos: { ...one.gridPos, y: one.gridPos.y + down } });
    if (!open || !panel.collapsed) return [{ ...moved(panel), hidden: inner.length }];
    const opened = [{ ...panel, collapsed: false }, ...inner].map(moved);
    down += bottom(inner) - panel.gridPos.y - 1;
    return opened;
  });
}

/** The panels of the first rows, as many as named. */
export function ofRows(panels, count = Infinity) {
  let row = 0;
  return panels.filter(({ type }) => (row += type === 'row' ? 1 : 0) <= count);
}

const bottom = (panels) => Math.max(...panels.map(({ gridPos: { y, h } }) => y + h));
export const heightOf = (panels) => kHead + bottom(panels) * (kRow + kGap) + kEdge - kGap;
