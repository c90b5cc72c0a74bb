// Marks of alerts, restarts and versions in a plot over time: dashed lines, and a bar below for what lasts.
const kNames = { red: '#f2495c', blue: '#5794f2', purple: '#b877d9' };

function drawSpan({ ctx, bbox, valToPos }, [from, to], scale) {
  const { top, height, left, width } = bbox;
  const [begin, end] = [from, to].map((time) => Math.min(Math.max(valToPos(time * 1000, 'x', true), left), left + width));
  const line = (x) => {
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
  };
  line(begin);
  if (end - begin < 3 * scale) return ctx.fillRect(begin - 3 * scale, top + height, 6 * scale, 5 * scale);
  line(end);
  ctx.fillRect(begin, top + height, end - begin, 5 * scale);
  ctx.save();
  ctx.globalAlpha = 0.08;
  ctx.fillRect(begin, top, end - begin, height);
  return ctx.restore();
}

export function drawMarks(plot, marks) {
  const { ctx } = plot;
  const scale = window.devicePixelRatio;
  ctx.save();
  ctx.lineWidth = scale;
  ctx.setLineDash([5, 5].map((one) => one * scale));
  for (const { colour, spans } of marks) {
    ctx.strokeStyle = kNames[colour] ?? colour;
    ctx.fillStyle = kNames[colour] ?? colour;
    for (const span of spans) drawSpan(plot, span, scale);
  }
  ctx.restore();
}
