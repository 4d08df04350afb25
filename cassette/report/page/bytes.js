/* ---- bytes: regions of the message, cut by the pieces in which it came ---- */
function regions(m) {
  const r = [];
  if (m.garbage) return [[0, m.size, 'data', 'no HTTP']];
  r.push([0, m.head, 'head', 'head']);
  let at = m.head;
  m.spans.forEach(([a, b], i) => {
    if (a > at && m.framing !== 'chunked') r.push([at, a, 'framing', 'framing']);
    else if (a > at) { if (i) { r.push([at, at + 2, 'framing', `end of chunk ${i}`]); at += 2; } if (a > at) r.push([at, a, 'framing', `chunk ${i + 1}: ${(b - a).toString(16)} = ${b - a} bytes`]); }
    if (b > a) r.push([a, b, 'data', m.framing === 'chunked' ? `chunk ${i + 1}` : 'body']);
    at = b;
  });
  const [ta, tb] = m.trail;
  if (tb > ta) { if (ta > at) { if (m.spans.length) { r.push([at, at + 2, 'framing', `end of chunk ${m.spans.length}`]); at += 2; } if (ta > at) r.push([at, ta, 'framing', 'chunk of 0 bytes, trailers follow']); } r.push([ta, tb, 'trail', 'trailers']); at = tb; }
  if (m.size > at && m.framing === 'chunked') { if (tb <= ta && m.spans.length) { r.push([at, Math.min(at + 2, m.size), 'framing', `end of chunk ${m.spans.length}`]); at = Math.min(at + 2, m.size); } if (m.size > at) r.push([at, m.size, 'framing', tb > ta ? 'empty line, the end' : 'chunk of 0 bytes: the end']); }
  else if (m.size > at) r.push([at, m.size, 'framing', 'behind the end']);
  return r.filter(q => q[1] > q[0]);
}
const W = () => innerWidth <= 760 ? 8 : 16;
const hx = n => n.toString(16).padStart(2, '0');
function hexLine(data, a, b, base, cls) {
  const w = W(); let s = '', t = '';
  const h = el('span', 'b'), c = el('span', 'a');
  for (let i = a; i < b; i++) { s += hx(data[i]) + ((i - a) % 8 === 7 ? '  ' : ' '); t += data[i] > 31 && data[i] < 127 ? String.fromCharCode(data[i]) : '·'; }
  h.textContent = s.padEnd(w * 3 + w / 8); withMasks(t, c);
  return el('div', 'r ' + cls, el('span', 'o', (base + a).toString(16).padStart(4, '0')), h, c);
}
function hexRows(data, base) { const box = el('div', 'hex'); for (let i = 0; i < data.length; i += W()) box.append(hexLine(data, i, Math.min(data.length, i + W()), base, 'data')); return box; }
function textLine(data, a, b, base, cls) {
  const c = el('span', 'a'); let run = '';
  const flush = () => { if (run) withMasks(run, c); run = ''; };
  for (let i = a; i < b; i++) { const v = data[i]; if (v === 13 || v === 10 || v === 9) { flush(); c.append(el('u', '', v === 13 ? '\\r' : v === 10 ? '\\n' : '\\t')); } else if (v > 31 && v < 127) run += String.fromCharCode(v); else { flush(); c.append(el('u', '', '‹' + hx(v) + '›')); } }
  flush();
  return el('div', 'r ' + cls, el('span', 'o', (base + a).toString(16).padStart(4, '0')), c);
}
function dump(m, arr) {
  const box = el('div', 'hex'), data = bytesOf(m.raw), cuts = []; let total = 0;
  (arr.length > 1 ? arr : []).forEach(([t, n], i) => { cuts.push([total, i, t, n]); total += n; });
  let rows = 0; const budget = S.rowsShown || 420;
  const put = cut => { const e = el('div', 'pc' + (S.hot === cut[1] ? ' hot' : ''), `piece ${cut[1] + 1} · +${cut[2].toFixed(3)} s · ${cut[3]} B`); e.id = 'p' + cut[1]; box.append(e); };
  for (const [a, b, cls, label] of regions(m)) {
    let named = false, i = a;
    while (i < b) {
      const cut = cuts.length && cuts[0][0] <= i ? cuts.shift() : null;
      if (cut) put(cut);
      if (cls !== 'framing' && (!named || cut)) { box.append(el('div', 'reg', named ? label + ', continued' : label, el('span', '', named ? '' : b - a + ' B'))); }
      let to = b; if (cuts.length && cuts[0][0] < to) to = cuts[0][0];
      if (S.bytes === 'hex') to = Math.min(to, i + W());
      else { let j = i; while (j < to && data[j] !== 10 && j - i < 400) j++; to = Math.min(to, j + 1); }
      if (rows++ < budget) { const line = (S.bytes === 'hex' ? hexLine : textLine)(data, i, to, 0, cls); if (cls === 'framing' && !named) line.append(el('span', 'lab', label)); box.append(line); }
      named = true;
      i = to;
    }
  }
  if (rows > budget) box.append(on(el('button', 'more', `Show ${Math.min(rows - budget, 4000)} more of ${rows - budget} lines`), () => { S.rowsShown = budget + 4000; const b = $('dbody'), top = b.scrollTop; detail(); $('dbody').scrollTop = top; }));
  return box;
}
function bytes(x) {
  const out = [], lg = el('div', 'legend', x.edited.length ? 'As the cassette has it: edited by hand.' : x.masked.length ? 'Exactly as on the wire, but for the masks.' : 'Exactly as on the wire.'), b = on(el('button', 'quiet', S.bytes === 'hex' ? 'Show as text' : 'Show as hex'), () => { S.bytes = S.bytes === 'hex' ? 'text' : 'hex'; detail(); }); b.title = 'x';
  if (x.arr.length > 1) lg.append(el('span', 'tag p', 'pieces as they came'));
  if (x.res?.framing === 'chunked' || x.req?.framing === 'chunked') lg.append(el('span', 'tag p', 'framing'));
  if (x.masked.length) lg.append(el('span', 'tag m', 'masked, same length'));
  lg.append(b); out.push(lg);
  for (const [t, m, arr] of [['Request', x.req, []], ['Response', x.res, x.arr]]) { out.push(el('h2', '', t, el('span', '', m ? m.size + ' bytes' + (arr.length > 1 ? ` in ${arr.length} pieces` : '') : 'none'))); if (m) out.push(dump(m, arr)); }
  return out;
}
