/* ---- compare ---- */
let pairAt = 0;
const NAMES = {'~': 'changed', '-': 'gone', '+': 'new', '=': 'the same'};
function compareView() {
  const v = $('compare'), L = el('div', 'pairs'), n = s => D.diff.filter(p => p.sign === s).length;
  L.append(el('div', 'top', el('h1', '', 'Before and after'), el('div', 'muted', Object.keys(NAMES).filter(n).map(s => `${n(s)} ${NAMES[s]}`).join(', ') || 'nothing to compare'), el('div', 'muted', D.leftOut)));
  D.diff.forEach((p, i) => {
    if (!i || D.diff[i - 1].file !== p.file) L.append(el('div', 'pf', p.file));
    const b = el('button', 'pr ' + (p.sign === '=' ? 'same' : ''), el('span', 's ' + (p.sign === '-' ? 'bad' : p.sign === '+' ? 'add' : ''), {'-': '−', '=': ''}[p.sign] ?? p.sign), el('span', 'c-m', p.m), el('span', 'u', p.target, el('span', 'muted uh', p.host)), el('span', 'muted', p.result));
    b.setAttribute('aria-selected', i === pairAt); on(b, () => { pairAt = i; compareView(); }); L.append(b);
  });
  v.replaceChildren(L, D.diff.length ? pairView(D.diff[pairAt]) : el('div', 'empty', 'There is nothing to compare.'));
}
function pairView(p) {
  const d = el('div', 'pd');
  d.append(el('h1', '', el('span', 'm', p.m), el('span', 'muted', p.host), p.target));
  const ab = el('div', 'ab', el('span', ''), el('b', '', p.old ? `${D.names[0]} #${p.old.n}` : D.names[0]), el('b', '', p.new ? `${D.names[1]} #${p.new.n}` : D.names[1]));
  const cell = (s, f) => el('span', s ? '' : 'muted', s ? f(s) : 'none');
  for (const [k, f] of [['result', s => s.result], ['took', s => fmtTime(s.took)], ['pieces', s => String(s.pieces)], ['received', s => fmtSize(s.size) || '0 B']]) ab.append(el('span', 'k', k), cell(p.old, f), cell(p.new, f));
  d.append(ab);
  if (p.sign === '=') d.append(el('p', 'muted', p.leftOut ? 'The same, but for what is left out.' : 'The same.'));
  if (p.lines.length) { d.append(el('h2', '', 'In words')); const m = missView(p.lines.join('\n')); m.className = 'mono words'; d.append(m); }
  return d;
}
