/* ---- list ---- */
const scroll = $('scroll'), space = $('space'), rowH = () => innerWidth <= 760 ? 54 : 32;
function refresh(keep) {
  S.base = S.source === 'all' ? D.items : D.items.filter(x => x.f === +S.source);
  let items = S.base.filter(x => passes(x));
  if (S.sort) { const [k, d] = S.sort.split(':'); const f = {took: x => x.took, size: x => x.bodySize, status: x => x.failed ? 999 : x.status, url: x => x.url, type: x => x.kind}[k]; items = [...items].sort((a, b) => (f(a) > f(b) ? 1 : f(a) < f(b) ? -1 : 0) * (d === 'd' ? -1 : 1)); }
  S.shown = items;
  S.axis = makeAxis(items.length ? items : S.base);
  S.rows = []; S.axisAt = null;
  let f = -1;
  const count = new Map(); for (const x of items) count.set(x.f, (count.get(x.f) || 0) + 1);
  const grouped = !S.sort && D.files.length > 1;
  for (const x of items) { if (grouped && x.f !== f) { f = x.f; S.rows.push({group: f, n: count.get(f)}); } S.rows.push(x); }
  space.style.height = S.rows.length * rowH() + 8 + 'px';
  drawn = null;
  if (!keep) scroll.scrollTop = 0;
  chips(); head(); draw(); foot();
}
function head() {
  const h = $('head'); h.replaceChildren();
  const cols = [['c-n', '#'], ['c-m', 'method'], ['c-url', 'URL', 'url'], ['c-marks', ''], ['c-st', 'status', 'status'], ['c-type', 'type', 'type'], ['c-size', 'size', 'size'], ['c-took', 'took', 'took']];
  for (const [c, t, k] of cols) {
    const e = el('span', c, t + (k && S.sort.startsWith(k + ':') ? (S.sort.endsWith('d') ? ' ↓' : ' ↑') : ''));
    if (k) on(e, () => { S.sort = S.sort === k + ':a' ? k + ':d' : S.sort === k + ':d' ? '' : k + ':a'; refresh(); });
    h.append(e);
  }
  const a = el('span', 'axis');
  S.axis.ticks.forEach(([p, t], i) => { const s = place(el('span', p === 1 ? 'end' : '', t), p); a.append(s); });
  h.append(a);
  $('scale').textContent = S.scale === 'zero' ? 'Time: each from zero' : 'Time: as it ran';
}
let drawn = null;
function draw() {
  const H = rowH(), a = Math.max(0, Math.floor(scroll.scrollTop / H) - 8), b = Math.min(S.rows.length, a + Math.ceil(scroll.clientHeight / H) + 16), key = a + ':' + b;
  if (drawn === key) return;
  drawn = key;
  if (S.rows.length > 80 && S.scale !== 'zero') { // a long list: the axis follows what is on the screen, in steps
    const k = Math.floor(a / 20) * 20;
    if (S.axisAt !== k) { S.axisAt = k; S.axis = makeAxis(S.rows.slice(k, k + 20 + Math.ceil(scroll.clientHeight / H) + 16).filter(r => r.group == null)); head(); }
  }
  const frag = document.createDocumentFragment();
  for (let i = a; i < b; i++) frag.append(S.rows[i].group != null ? groupRow(S.rows[i], i * H) : itemRow(S.rows[i], i, i * H));
  space.replaceChildren(frag);
  if (!S.rows.length) space.append(el('div', 'empty', 'Nothing matches. Esc clears the search.'));
}
function groupRow(g, top) {
  const f = D.files[g.group], e = el('div', 'group', el('b', '', f.name), el('span', '', `${g.n} interaction${g.n > 1 ? 's' : ''}`), el('span', '', 'recorded ' + f.recorded.slice(0, 16) + ', ' + f.age + ' ago'));
  e.style.top = top + 'px'; return e;
}
function marked(text) {
  const w = S.q.toLowerCase().split(/\s+/).find(w => w && !w.includes(':') && w[0] !== '-'), i = w ? text.toLowerCase().indexOf(w) : -1;
  return i < 0 ? [text] : [text.slice(0, i), el('mark', '', text.slice(i, i + w.length)), text.slice(i + w.length)];
}
function urlParts(x) { return [el('span', 'h', ...marked(x.host)), el('span', '', ...marked(x.path === '/' && x.m === 'connect' ? '' : x.path)), x.query ? el('span', 'q', ...marked(x.query)) : null]; }
function urlCell(x) { const dial = x.m === 'connect'; return [el('span', '', ...marked(dial ? x.host : x.path)), x.query ? el('span', 'q', ...marked(x.query)) : null, dial ? null : el('span', 'h', ...marked(x.host))]; }
function tag(cls, text, glyph) { const t = el('span', 'tag ' + cls, el('b', '', glyph), el('span', '', text)); t.title = shown(text); return t; }
function itemRow(x, i, top) {
  const e = el('div', 'row');
  e.id = 'r' + i; e.setAttribute('role', 'option'); e.setAttribute('aria-selected', x === S.sel); e.setAttribute('aria-posinset', i + 1); e.setAttribute('aria-setsize', S.rows.length);
  e.style.top = top + 'px'; e.title = shown(x.m + ' ' + x.url);
  const marks = el('span', 'c-marks');
  const w = S.q.toLowerCase().split(/\s+/).find(w => w && !w.includes(':') && w[0] !== '-');
  if (w && !(x.m + ' ' + x.url).toLowerCase().includes(w)) marks.append(tag('n', 'in text', '¶'));
  if (x.edited.length) marks.append(tag('e', 'edited', '✎'));
  if (x.masked.length) marks.append(tag('m', 'masked', '✱'));
  e.append(el('span', 'c-n', String(x.n)), (() => { const m = el('span', 'c-m', x.m); m.dataset.h = x.m === 'connect' ? '' : x.host; return m; })(), el('span', 'c-url', ...urlCell(x)), marks,
    el('span', 'c-st ' + (x.bad ? 'bad' : x.status >= 300 ? 'redir' : ''), x.label), el('span', 'c-type', KIND[x.kind]),
    el('span', 'c-size', fmtSize(x.bodySize)), el('span', 'c-took', fmtTime(x.took)), waterfall(x, S.axis));
  on(e, () => select(x));
  return e;
}
function chips() {
  const box = $('chips'); box.replaceChildren();
  const add = (set, key, label, n) => { const b = el('button', '', label, el('i', '', String(n))); b.setAttribute('aria-pressed', set.has(key)); on(b, () => { set.has(key) ? set.delete(key) : set.add(key); refresh(); }); box.append(b); };
  const sep = () => box.append(el('span', 'sep'));
  const count = (skip, f) => S.base.filter(x => passes(x, skip) && f(x)).length;
  for (const c of ['2xx', '3xx', '4xx', '5xx', 'failed']) if (S.base.some(x => x.cls === c)) add(S.status, c, c, count('status', x => x.cls === c));
  sep();
  for (const k of Object.keys(KIND).filter(k => k !== 'none')) if (S.base.some(x => x.kind === k)) add(S.kind, k, KIND[k], count('kind', x => x.kind === k));
  sep();
  for (const k of ['pieces', 'masked', 'edited']) if (S.base.some(IS[k])) add(S.is, k, {pieces: 'in pieces', masked: 'masked', edited: 'edited'}[k], S.base.filter(IS[k]).length);
}
function foot() {
  const f = $('foot'), n = S.shown.length, all = S.base.length;
  const bytes = S.shown.reduce((s, x) => s + (x.res ? x.res.size : 0) + (x.req ? x.req.size : 0), 0), bad = S.shown.filter(x => x.failed).length;
  f.replaceChildren(el('span', '', n === all ? `${all} interaction${all === 1 ? '' : 's'}` : `${n} of ${all} interactions`), el('span', '', fmtSize(bytes) + ' on the wire'), bad ? el('span', '', bad + ' ended badly') : '', el('span', 'grow'), el('span', '', 'This page holds what the cassettes hold.'));
}
scroll.addEventListener('scroll', draw, {passive: true});
addEventListener('resize', () => refresh(true));

function select(x, focusDetail) {
  S.sel = x;
  const i = S.rows.indexOf(x);
  if (i >= 0) {
    const H = rowH(), top = i * H;
    $('traffic').classList.add('split');
    if (top < scroll.scrollTop + H) scroll.scrollTop = Math.max(0, top - H * 2); else if (top + H > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + 2 * H - scroll.clientHeight;
    scroll.setAttribute('aria-activedescendant', 'r' + i);
  }
  drawn = null; draw();
  detail();
  if (focusDetail) $('detail').focus();
  try { history.replaceState(null, '', '#' + D.files[x.f].name + ':' + x.n); } catch {}
}
function close() { S.sel = null; $('detail').hidden = true; $('traffic').classList.remove('split'); drawn = null; draw(); scroll.focus({preventScroll: true}); }
function step(d) {
  const items = S.rows.filter(r => r.group == null); if (!items.length) return;
  const i = items.indexOf(S.sel); select(items[Math.max(0, Math.min(items.length - 1, i < 0 ? 0 : i + d))]);
}
