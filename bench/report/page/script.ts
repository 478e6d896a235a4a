/** Draws the plots from the page's data, again when the theme, the width or the medium changes. */
export const pageScript = `
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const palettes = {
  light: { ink: '#1b2026', soft: '#59636f', grid: '#e3e6eb', k1: '#0a6ebd', k2: '#b25e00', k3: '#a3219b', k4: '#59636f', page: '#fff' },
  dark: { ink: '#e4e7eb', soft: '#9aa5b1', grid: '#2b313a', k1: '#62b0f5', k2: '#f0a252', k3: '#e78be0', k4: '#9aa5b1', page: '#14171b' },
};
const dark = matchMedia('(prefers-color-scheme: dark)');
const font = '12px system-ui, sans-serif';
let isPrinting = false;
let drawn = [];
const show = (value) => value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
const log = (values) => values.map((value) => (value === null || value <= 0 ? null : Math.log10(value)));
const isEmpty = (all) => all.every((values) => values.every((value) => value === null));

// 1, 2, 5, 10 …, thinned where they would stand too close.
function decades(low, high) {
  const all = [];
  for (let power = Math.floor(low) - 1; power <= high; power += 1) {
    for (const lead of [1, 2, 5]) {
      const at = power + Math.log10(lead);
      if (at >= low - 1e-9 && at <= high + 1e-9) all.push(at);
    }
  }
  return all.length <= 9 ? all : all.filter((at) => Math.abs(at - Math.round(at)) < 1e-9);
}
function logRange(_, low, high) {
  if (low === null) return [0, 1];
  const steps = decades(Math.floor(low) - 1, Math.ceil(high) + 1).length > 9
    ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((power) => [1, 2, 5].map((lead) => power - 4 + Math.log10(lead)))
    : decades(Math.floor(low) - 1, Math.ceil(high) + 1);
  const from = steps.findLast((at) => at <= low - 0.02) ?? low - 0.3;
  return [from, steps.find((at) => at >= high + 0.02) ?? high + 0.3];
}
const overUsers = (users) => ({
  name: 'users', xs: users.map(Math.log2), splits: users.map(Math.log2), show: (at) => show(2 ** at),
  range: () => [Math.log2(users[0]) - 0.25, Math.log2(users[users.length - 1]) + 0.25], points: true,
});
const logScale = { range: logRange, splits: (u, axis, low, high) => decades(low, high), show: (at) => show(10 ** at) };
const fromZero = { range: (_, low, high) => [0, high > 0 ? high * 1.15 : 1], show };

function upright(u, at, text, colour, row, dash) {
  const x = u.valToPos(at, 'x', true);
  const { left, top, width, height } = u.bbox;
  if (x < left || x > left + width) return;
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.setLineDash(dash.map((length) => length * ratio));
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
  ctx.font = 12 * ratio + 'px system-ui, sans-serif';
  const isRight = x + ctx.measureText(text).width + 6 * ratio > left + width;
  ctx.textAlign = isRight ? 'right' : 'left';
  ctx.fillText(text, x + (isRight ? -4 : 4) * ratio, top + (12 + row * 14) * ratio);
  ctx.restore();
}

function draw(id, { x, y, series, marks, bands, unit }) {
  const figure = document.getElementById(id);
  if (figure === null) return;
  const place = figure.querySelector('.canvas');
  const legend = figure.querySelector('.legend');
  const colours = palettes[dark.matches && !isPrinting ? 'dark' : 'light'];
  const named = series.filter(({ name }) => name !== undefined);
  const at = document.createElement('span');
  const keys = named.map(({ name, key, dash }) => {
    const item = document.createElement('span');
    item.className = 'key ' + key + (dash === undefined ? '' : ' dashed');
    item.append(name + ' ', document.createElement('b'));
    return item;
  });
  legend.replaceChildren(...keys, at);
  place.replaceChildren();
  const axis = { stroke: colours.soft, font, grid: { stroke: colours.grid, width: 1 }, ticks: { show: false }, labelFont: font };
  const plot = new uPlot({
    width: isPrinting ? 320 : place.clientWidth,
    height: 260,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false } },
    scales: { x: { time: false, ...(x.range && { range: x.range }) }, y: { range: y.range } },
    axes: [
      { ...axis, label: x.name, labelSize: 18, size: 26, space: 30, ...(x.splits && { splits: x.splits }), values: (u, all) => thin(u, all, x.show) },
      { ...axis, size: 56, ...(y.splits && { splits: y.splits }), values: (_, all) => all.map(y.show) },
    ],
    series: [{}, ...series.map(({ key, dash, bars, isFaint, gaps }) => ({
      stroke: isFaint ? 'transparent' : colours[key],
      width: bars ? 0 : 2,
      ...(bars && { fill: colours[key] + 'b0', paths: uPlot.paths.bars({ size: [0.92, Infinity] }) }),
      ...(dash && { dash }),
      spanGaps: gaps === undefined,
      points: { show: x.points === true && !bars && !isFaint, size: 6, fill: colours[key] },
    }))],
    ...(bands && { bands: [{ series: bands, fill: colours.k1 + '33' }] }),
    hooks: {
      draw: [(u) => marks?.(u, colours)],
      setCursor: [(u) => {
        const { idx } = u.cursor;
        const isOver = idx !== null && idx !== undefined;
        named.forEach(({ values }, index) => {
          const value = isOver ? values[idx] : null;
          keys[index].lastChild.textContent = value === null || value === undefined ? '' : y.show(value) + unit;
        });
        at.textContent = isOver ? 'at ' + x.show(x.xs[idx]) + ' ' + x.name.replace(/ .*/, '') : '';
      }],
    },
  }, [x.xs, ...series.map(({ values }) => values)], place);
  drawn.push(plot);
}

// Names only where there is room; the last is kept before the others.
function thin(u, all, name) {
  let next = Infinity;
  const names = all.map(() => '');
  for (let index = all.length - 1; index >= 0; index -= 1) {
    const text = name(all[index]);
    const at = u.valToPos(all[index], 'x');
    const half = 4 * text.length + 5;
    if (at + half > next) continue;
    names[index] = text;
    next = at - half;
  }
  return names;
}

function drawAll() {
  for (const plot of drawn) plot.destroy();
  drawn = [];
  const { users, latencies, throughput, cpu, time } = data;
  draw('plot-latency', {
    x: overUsers(users), y: logScale, unit: ' ms',
    series: [['max', 'k4', [2, 3]], ['p99', 'k3'], ['p90', 'k2'], ['p50', 'k1']].map(([name, key, dash]) => ({ name, key, dash, values: log(latencies[name]) })),
  });
  const { knee } = throughput;
  draw('plot-throughput', {
    x: overUsers(throughput.users), y: fromZero, unit: ' calls/s', bands: [2, 3],
    series: [
      { name: 'behind the gateway', key: 'k1', values: throughput.gateway },
      { key: 'k1', isFaint: true, values: throughput.high },
      { key: 'k1', isFaint: true, values: throughput.low },
      ...(isEmpty([throughput.direct]) ? [] : [{ name: 'baseline: straight over the pipe', key: 'k2', dash: [6, 4], values: throughput.direct }]),
    ],
    marks: (u, colours) => knee === null || upright(u, Math.log2(knee), 'knee: ' + show(knee), colours.k3, 0, [5, 4]),
  });
  draw('plot-cpu', {
    x: overUsers(users), y: fromZero, unit: ' µs',
    series: [['gateway', 'k1'], ['server', 'k2'], ['generator', 'k4', [2, 3]]].filter(([name]) => !isEmpty([cpu[name]]))
      .map(([name, key, dash]) => ({ name: name === 'generator' ? 'load generator' : name, key, dash, values: cpu[name] })),
  });
  drawHistogram();
  for (const [id, name, values, unit] of [['plot-memory', 'resident memory', time.memoryMb, ' MB'], ['plot-lag', 'event-loop lag', time.loopLagMs, ' ms']]) {
    draw(id, {
      x: { name: 's (the numbers at the top are users)', xs: time.seconds, show }, y: fromZero, unit,
      series: [{ name, key: 'k1', values, gaps: true }],
      marks: (u, colours) => drawSteps(u, colours),
    });
  }
}

function drawSteps(u, colours) {
  let free = 0;
  for (const [seconds, users] of data.time.steps) {
    const at = u.valToPos(seconds, 'x');
    const hasRoom = at >= free;
    upright(u, seconds, hasRoom ? show(users) : '', colours.soft, 0, [1, 3]);
    if (hasRoom) free = at + 8 * show(users).length + 6;
  }
}

function drawHistogram() {
  const choice = document.getElementById('step');
  const histogram = data.histograms[Number(choice?.value ?? 0)];
  if (histogram === undefined) return;
  const values = histogram.at;
  draw('plot-histogram', {
    x: { name: 'ms', xs: values, splits: (u, axis, low, high) => decades(low, high), show: (at) => show(10 ** at), range: (_, low, high) => [low, high] },
    y: { range: (_, low, high) => [0, high * 1.35], show }, unit: '',
    series: [{ name: 'calls', key: 'k1', bars: true, values: histogram.counts }],
    marks: (u, colours) => histogram.marks.forEach(([name, ms], row) => upright(u, Math.log10(ms), name + ' ' + show(ms) + ' ms', colours[['ink', 'k2', 'k3'][row]], row, [4, 3])),
  });
}

for (const element of document.querySelectorAll('.scripted')) element.hidden = false;
drawAll();
document.getElementById('step')?.addEventListener('change', drawAll);
dark.addEventListener('change', drawAll);
let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth === width || isPrinting) return;
  width = innerWidth;
  drawAll();
});
addEventListener('beforeprint', () => { isPrinting = true; drawAll(); });
addEventListener('afterprint', () => { isPrinting = false; drawAll(); });
`;
