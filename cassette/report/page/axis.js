/* ---- time axis: gaps in which nothing happens are cut ---- */
function makeAxis(items) {
  if (S.scale === 'zero') {
    const max = Math.max(.001, ...items.map(x => x.took));
    return {pos: (x, t) => t / max, ticks: [[0, '0'], [.5, fmtTime(max / 2)], [1, fmtTime(max)]]};
  }
  const spans = items.map(x => [x.at / 1000, x.at / 1000 + Math.max(x.took, .002)]).sort((a, b) => a[0] - b[0]);
  const busy = [];
  for (const s of spans) { const l = busy[busy.length - 1]; if (l && s[0] <= l[1] + .6) l[1] = Math.max(l[1], s[1]); else busy.push([...s]); }
  const total = busy.reduce((n, b) => n + b[1] - b[0], 0) || 1, gap = busy.length > 1 ? total * Math.min(.04, .3 / busy.length) : 0, all = total + gap * (busy.length - 1);
  let at = 0; const starts = busy.map(b => { const s = at; at += b[1] - b[0] + gap; return s; });
  const map = t => { let i = busy.length - 1; while (i > 0 && t < busy[i][0]) i--; return (starts[i] + Math.min(t - busy[i][0], busy[i][1] - busy[i][0])) / all; };
  const cuts = busy.slice(1).map((b, i) => [(starts[i + 1] - gap / 2) / all, b[0] - busy[i][1]]);
  const zero = S.base[0].at / 1000, from = busy[0][0] - zero, word = t => t < 1 ? fmtTime(t || 0) : t < 600 ? t.toFixed(t < 100 ? 1 : 0) + ' s' : longTime(t), lab = t => (from > 1 ? '+' : '') + word(t);
  return {pos: (x, t) => map(x.at / 1000 + t), cuts, ticks: [[0, from > 1 ? 'at ' + word(from) : '0'], ...(cuts.length ? [] : [[.5, lab(all / 2)]]), ...cutTicks(cuts), [1, lab(busy[busy.length - 1][1] - busy[0][0])]]};
}
function cutTicks(cuts) { const out = []; for (const [p, s] of [...cuts].sort((a, b) => b[1] - a[1])) if (p > (S.sel ? .4 : .15) && p < .6 && out.every(([q]) => Math.abs(q - p) > .25)) out.push([p, '⋯ ' + longTime(s) + ' ⋯']); return out; }
const longTime = s => s < 60 ? s.toFixed(0) + ' s' : s < 7200 ? Math.round(s / 60) + ' min' : s < 172800 ? Math.round(s / 3600) + ' h' : Math.round(s / 86400) + ' days';
function place(e, a, b) { e.style.left = (a * 100).toFixed(3) + '%'; if (b != null) e.style.width = Math.max(0, (b - a) * 100).toFixed(3) + '%'; return e; }
function waterfall(x, axis) {
  const w = el('div', 'wf c-wf'), p = t => axis.pos(x, t);
  if (axis.cuts && axis.cuts.length < 12) for (const [c] of axis.cuts) w.append(place(el('i', 'g'), c));
  w.append(place(el('i', 'w'), p(0), p(x.first)));
  if (x.res) w.append(place(el('i', 'r'), p(x.first), p(x.took)));
  if (x.arr.length > 1) for (const [t] of x.arr) w.append(place(el('i', 'p'), p(t)));
  if (x.failed) w.append(place(el('i', 'x', '×'), Math.min(p(x.took), .96)));
  return w;
}
