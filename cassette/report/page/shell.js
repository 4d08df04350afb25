/* ---- shell ---- */
let view = 'traffic', hitAt = -1;
function nextHit(d) {
  const all = [...document.querySelectorAll('#dbody mark.hit')]; if (!all.length) return;
  hitAt = (hitAt + d + all.length) % all.length; all.forEach((m, i) => m.classList.toggle('now', i === hitAt)); all[hitAt].scrollIntoView({block: 'center'});
}
function show(v) {
  view = v;
  for (const k of ['traffic', 'run', 'compare']) { $(k).hidden = k !== v; document.querySelector(`[data-view=${k}]`).setAttribute('aria-selected', k === v); }
  if (v === 'run') run(); if (v === 'compare') compareView(); if (v === 'traffic') { drawn = null; draw(); }
}
document.querySelectorAll('[data-view]').forEach(b => on(b, () => show(b.dataset.view)));
function theme(t) { document.documentElement.dataset.theme = t; }
theme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
on($('theme'), () => theme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
const opt = (sel, v, t) => { const o = el('option', '', t); o.value = v; sel.append(o); };
opt($('source'), 'all', `All ${D.files.length} cassettes`);
D.files.forEach((f, i) => opt($('source'), String(i), f.name));
$('source').addEventListener('change', e => { S.source = e.target.value; S.host = ''; S.status.clear(); S.kind.clear(); S.is.clear(); refresh(); hosts(); });
function hosts() { const h = $('host'); h.replaceChildren(); opt(h, '', 'All hosts'); [...new Set(S.base.map(x => x.host))].forEach(x => x && opt(h, x, x)); }
$('host').addEventListener('change', e => { S.host = e.target.value; refresh(); });
let timer; $('q').addEventListener('input', e => { clearTimeout(timer); timer = setTimeout(() => { S.q = e.target.value; refresh(); }, 60); });
const toggleScale = () => { S.scale = S.scale === 'zero' ? 'together' : 'zero'; refresh(true); };
on($('scale'), toggleScale);
const KEYS = [['/', 'search'], ['j  k', 'next, previous'], ['enter', 'open, then move into it'], ['esc', 'back, clear'], ['1 2 3', 'read, headers, bytes'], ['x', 'bytes as hex or text'], ['w', 'time axis'], ['n  N', 'next, previous hit of the search in a body'], ['c', 'copy as curl'], ['g  G', 'first, last'], ['t', 'dark or light'], ['?', 'these keys']];
function keys() { const d = $('keys'), dl = el('dl'); KEYS.forEach(([k, t]) => dl.append(el('dt', '', el('kbd', '', k)), el('dd', '', t))); d.replaceChildren(el('b', '', 'Keys'), dl); d.showModal(); }
on($('help'), keys); on($('keys'), () => $('keys').close());
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || $('keys').open) return;
  const typing = e.target.matches('input,select'), k = e.key;
  if (k === 'Escape') { if (e.target === $('q')) { if ($('q').value) { $('q').value = ''; S.q = ''; refresh(); } else scroll.focus(); } else if (S.sel && view === 'traffic') close(); else if (S.q) { $('q').value = ''; S.q = ''; refresh(); } return; }
  if (typing) { if (k === 'Enter' && e.target === $('q')) { scroll.focus(); step(0); } return; }
  if (k === '?') return keys(); if (k === 't') return $('theme').click();
  if (view === 'compare' && (k === 'j' || k === 'k')) { pairAt = Math.max(0, Math.min(D.diff.length - 1, pairAt + (k === 'j' ? 1 : -1))); return compareView(); }
  if (view !== 'traffic') return;
  const f = {'/': () => $('q').focus(), j: () => step(1), k: () => step(-1), ArrowDown: () => e.target === scroll && step(1), ArrowUp: () => e.target === scroll && step(-1), g: () => S.rows.length && select(S.rows.find(r => r.group == null)), G: () => S.rows.length && select(S.rows[S.rows.length - 1]), n: () => nextHit(1), N: () => nextHit(-1), 1: () => setTab('read'), 2: () => setTab('headers'), 3: () => setTab('bytes'), x: () => { S.bytes = S.bytes === 'hex' ? 'text' : 'hex'; setTab('bytes'); }, w: toggleScale, c: () => S.sel?.req && navigator.clipboard?.writeText(curl(S.sel)), Enter: () => { if (e.target === scroll || e.target === document.body) S.sel ? $('detail').focus() : step(0); else return 'pass'; }}[k];
  if (f && f() !== 'pass' && !(k === 'Enter' && e.target.tagName === 'BUTTON')) e.preventDefault();
});
$('where').textContent = `${D.files.length} cassette${D.files.length === 1 ? '' : 's'}, ${D.items.length} interactions`;
$('source').hidden = D.files.length < 2;
refresh(); hosts();
for (const [k, there] of [['run', D.tests], ['compare', D.diff]]) document.querySelector(`[data-view=${k}]`).hidden = !there;
show(D.diff ? 'compare' : D.tests && D.tests.some(t => t.outcome === 'failed' || t.sent.some(q => q.error)) ? 'run' : 'traffic');
/* the address names a place: #view, or #file:number, with &tab= */
function fromHash() {
  const h = decodeURIComponent(location.hash.slice(1)); if (!h) return;
  const p = new URLSearchParams(h.includes('=') ? h : '');
  if (p.get('theme')) theme(p.get('theme')); if (p.get('source')) { S.source = p.get('source'); $('source').value = S.source; refresh(); hosts(); }
  if (p.get('q')) { $('q').value = S.q = p.get('q'); refresh(); }
  if (p.get('tab')) S.tab = p.get('tab'); if (p.get('bytes')) S.bytes = p.get('bytes');
  if (p.get('view')) { pairAt = +(p.get('pair') || 0); show(p.get('view')); }
  const at = p.get('at') || (h.includes('=') ? '' : h), m = /^(.*):(\d+)$/.exec(at);
  if (m) { const x = D.items.find(y => D.files[y.f].name === m[1] && y.n === +m[2]); if (x) { select(x); } }
  if (p.get('scroll')) { scroll.scrollTop = +p.get('scroll'); $('dbody') && ($('dbody').scrollTop = +p.get('scroll')); }
}
fromHash();
document.documentElement.dataset.ready = '1';
