/* ---- run ---- */
const SIGN = {passed: '✓', failed: '✗', skipped: '–'};
const itemAt = (f, n) => D.items.find(x => x.f === f && x.n === n);
function jump(x) { show('traffic'); S.source = 'all'; $('source').value = 'all'; S.q = $('q').value = ''; S.host = $('host').value = ''; S.status.clear(); S.kind.clear(); S.is.clear(); refresh(); select(x, true); }
function run() {
  const v = $('run'), R = D.tests, all = R.flatMap(t => t.sent), n = f => all.filter(f).length;
  const missed = n(q => q.error), left = R.reduce((s, t) => s + t.left.length, 0), failed = R.filter(t => t.outcome === 'failed').length;
  const title = missed ? `${missed} request${missed > 1 ? 's' : ''} found no recording, or failed` : failed ? `${failed} test${failed > 1 ? 's' : ''} failed` : n(q => q.how === 'recorded') ? 'All went well' : 'All replayed';
  v.replaceChildren(el('h1', '', title), el('div', 'muted', `pytest, record mode ${D.run.mode}, ${D.run.when}`));
  const sum = el('div', 'sum'), s = (b, t, c) => sum.append(el('div', '', el('b', c || '', String(b)), el('span', '', t)));
  s(R.length, R.length === 1 ? 'test with a cassette' : 'tests with a cassette'); s(failed, 'failed', failed ? 'bad' : '');
  for (const how of ['played', 'recorded', 'verified']) if (n(q => q.how === how) || how === 'played') s(n(q => q.how === how), how);
  s(missed, 'without an answer', missed ? 'bad' : ''); s(left, 'left unplayed');
  if (D.run.orphans) s(D.run.orphans.length, 'cassettes used by no test');
  if (D.files.length) s(D.run.oldest, 'oldest recording');
  v.append(sum);
  const key = (c, t, x) => { const i = el('i', c, x || ''); return el('span', '', el('span', 'sq', i), t); };
  v.append(el('div', 'keyline', key('', 'answered'), key('left', 'left unplayed'), key('none', 'no recording answers', '×')));
  const rank = t => t.outcome === 'failed' ? 0 : t.sent.some(q => q.error) ? 1 : t.left.length ? 2 : 3;
  for (const t of [...R].sort((a, b) => rank(a) - rank(b))) v.append(testView(t, rank(t) < 2));
  if (D.run.orphans && D.run.orphans.length) v.append(el('h2', '', 'Used by no test'), ...D.run.orphans.map(o => el('div', 'mono', o)));
  if (D.run.doubt) v.append(el('p', 'muted', `What no test uses cannot be told: ${D.run.doubt}.`));
}
function testView(t, open) {
  const d = el('details', 'test'); d.open = open;
  const sq = el('span', 'sq'), square = (c, x, tip) => { const i = el('i', c, x); i.title = shown(tip); sq.append(i); };
  t.sent.slice(0, 60).forEach(q => square(q.error ? 'none' : '', q.error ? '×' : '', q.call));
  t.left.slice(0, 60).forEach(([, , call]) => square('left', '', 'unplayed: ' + call));
  const [file, ...name] = t.id.split('::');
  d.append(el('summary', '', el('span', t.outcome === 'failed' ? 'bad' : 'muted', SIGN[t.outcome] || '?'), el('span', 'nm', name.join('::') || file), el('span', 'muted mono', t.cassette), sq, el('span', 'c-took', fmtTime(t.took))));
  const c = el('div', 'calls'); let place = null;
  for (const q of t.sent) {
    if (q.file !== place) { place = q.file; c.append(el('div', 'call', el('span', 'ln', ''), el('span', 'muted', place || 'no line of the project sent this'), el('span', ''), el('span', ''))); }
    const x = q.n == null ? null : itemAt(q.f, q.n), text = q.call.replace(' http://', ' ').replace(' https://', ' '), to = el('span', 'to');
    to.append(x ? on(el('button', 'mono', text), () => jump(x)) : el('span', '', text));
    c.append(el('div', 'call', el('span', 'ln', q.line ? String(q.line) : ''), el('span', 'code', q.code || '', q.by ? el('span', 'muted', `   by ${q.by}`) : null), to, el('span', q.error ? 'bad' : 'muted', q.error ? 'no answer' : `${q.how} #${q.n}, +${q.at.toFixed(3)}`)));
    if (q.error) c.append(missView(q.error));
  }
  for (const [f, k, call] of t.left) { const x = itemAt(f, k), text = call.replace(/^(\S+) https?:\/\//, '$1 '); c.append(el('div', 'call', el('span', 'ln', ''), el('span', 'muted', 'never asked for'), el('span', 'to', x ? on(el('button', 'mono', text), () => jump(x)) : text), el('span', 'muted', `unplayed #${k}`))); }
  d.append(c); return d;
}
function missView(text) {
  const b = el('div', 'miss mono'), pre = el('pre');
  for (const l of text.split('\n')) { const s = l.trim(); pre.append(el('span', 'ml ' + (s.startsWith('- ') ? 'd-' : s.startsWith('+ ') ? 'dp' : /^  #\d/.test(l) ? 'hd1' : ''), l || ' ')); }
  b.append(pre); return b;
}
