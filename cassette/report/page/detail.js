/* ---- detail ---- */
function note(cls, title, ...rest) { return el('div', 'note ' + cls, el('b', '', title), el('span', '', ...rest)); }
function detail() {
  const x = S.sel, d = $('detail'); d.hidden = false;
  const h = el('div', 'dhead'), title = el('h1', '', el('span', 'm', x.m), ...urlParts(x));
  const back = on(el('button', 'quiet back', '‹ List'), close), shut = on(el('button', 'quiet', 'Close'), close); shut.title = 'esc';
  h.append(el('div', 'dtitle', back, title, shut));
  const facts = el('div', 'facts');
  const status = el('span', x.bad ? 'bad' : '', el('b', x.bad ? 'bad' : '', x.status ? x.status + ' ' + x.reason : x.res ? 'not HTTP' : 'no response'));
  facts.append(status);
  const fact = (k, v) => facts.append(el('span', '', k + ' ', el('b', '', v)));
  fact('took', fmtTime(x.took));
  if (x.res) fact('received', fmtSize(x.res.size));
  if (x.arr.length > 1) fact('in', x.arr.length + ' pieces');
  if (!x.failed) fact('connection', {open: 'stayed open', closed: 'closed by the server', abandoned: 'left by the client'}[x.ended] || x.ended);
  h.append(facts);
  const w = el('div', 'facts', el('span', '', el('code', '', D.files[x.f].name + ':' + x.line)));
  for (const q of (x.sent || []).slice(0, 3)) w.append(el('span', '', q.how + ' by ', el('code', '', q.test.split('::').pop()), q.file ? el('code', '', ' ' + q.file + ':' + q.line) : null));
  w.append(el('span', '', new Date(x.at).toISOString().replace('T', ' ').slice(0, 23)));
  h.append(w);
  if (x.failed) h.append(note('b', x.ended === 'closed' ? 'Closed without an answer' : x.ended[0].toUpperCase() + x.ended.slice(1), x.fail ? [x.fail[0], x.fail[1] != null ? ` (errno ${x.fail[1]})` : '', ': ', x.fail[2], '.'].join('') : 'The peer closed the connection.',
    x.res && !x.res.complete ? ` The response breaks off after ${x.res.body} of ${x.res.length || 'more'} bytes of body.` : ''));
  if (x.edited.length) h.append(note('e', 'Edited by hand', ...x.edited.flatMap(([n, t], i) => [i ? el('br') : '', `line ${n} `, el('code', '', t.length > 110 ? t.slice(0, 110) + '…' : t)])));
  if (x.masked.length) h.append(note('m', 'Masked', ...x.masked.flatMap((m, i) => [i ? ', ' : '', el('code', '', m.replace(/\.headers\./, '.headers.'))])));
  if (x.res && (x.arr.length > 1 || x.failed)) h.append(strip(x));
  const tabs = el('div', 'tabs'); tabs.setAttribute('role', 'tablist');
  [['read', 'Read', 1], ['headers', 'Headers', 2], ['bytes', 'Bytes', 3]].forEach(([k, t, n]) => { const b = on(el('button', '', t, el('kbd', '', String(n))), () => setTab(k)); b.setAttribute('role', 'tab'); b.setAttribute('aria-selected', S.tab === k); tabs.append(b); });
  tabs.append(el('span', 'grow'));
  if (x.req) { const c = on(el('button', 'quiet', 'Copy as curl'), () => copy(curl(x), c)); c.title = 'c'; tabs.append(c); }
  h.append(tabs);
  const body = el('div', 'dbody'); body.id = 'dbody'; body.setAttribute('role', 'tabpanel');
  body.append(...({read, headers, bytes}[S.tab])(x));
  d.replaceChildren(h, body);
}
function setTab(k) { S.tab = k; if (S.sel) detail(); }
function copy(text, b) { navigator.clipboard?.writeText(text); const t = b.textContent; b.textContent = 'Copied'; setTimeout(() => b.textContent = t, 900); }
function curl(x) {
  const q = s => "'" + s.replace(/'/g, "'\\''") + "'", raw = bytesOf(x.req.raw), lines = utf8(raw.slice(0, x.req.head)).trim().split('\r\n').slice(1).filter(l => !/^(host|content-length|connection|accept-encoding):/i.test(l));
  let s = 'curl -i' + (x.m === 'GET' ? '' : ' -X ' + x.m) + ' ' + q(x.url) + lines.map(l => ' \\\n  -H ' + q(l)).join('');
  if (x.req.body) s += ' \\\n  --data-binary ' + q(utf8(bodyOf(x.req)));
  return s;
}
function strip(x) {
  const s = el('div', 'strip', el('div', 'line')), T = Math.max(x.took, x.arr.length ? x.arr[x.arr.length - 1][0] : 0) || .001, big = Math.max(1, ...x.arr.map(a => a[1]));
  s.append(place(el('i', 'w'), 0, x.first / T));
  x.arr.forEach(([t, n], i) => { const b = place(el('button'), Math.min(t / T, .997)); b.style.height = 6 + 16 * n / big + 'px'; b.title = `piece ${i + 1}: +${t.toFixed(3)} s, ${n} bytes`; b.setAttribute('aria-label', b.title); on(b, () => { S.tab = 'bytes'; S.hot = i; detail(); document.getElementById('p' + i)?.scrollIntoView({block: 'center'}); S.hot = null; }); s.append(b); });
  if (x.failed) { const f = place(el('i', 'fx', '×'), .985); s.append(f); }
  const lab = (p, t) => { const e = place(el('span', '', t), p); if (p > .9) e.style.transform = 'translateX(-100%)'; s.append(e); };
  const f = x.first / T;
  if (f < .02) lab(0, 'first byte at once'); else { if (f > .1) lab(0, '0'); lab(f, 'first byte ' + fmtTime(x.first)); }
  if (f < .8) lab(1, fmtTime(x.took));
  return s;
}
function bodyOf(m) { const raw = bytesOf(m.raw), out = []; for (const [a, b] of m.spans) out.push(raw.slice(a, b)); let n = out.reduce((s, p) => s + p.length, 0), r = new Uint8Array(n), i = 0; for (const p of out) { r.set(p, i); i += p.length; } return r; }
const contentOf = m => m.content ? bytesOf(m.content) : bodyOf(m);
function withMasks(text, into) {
  let last = 0; MASK.lastIndex = 0;
  for (const m of text.matchAll(MASK)) { if (m.index > last) hits(text.slice(last, m.index), into); into.append(el('span', 'mask', m[0])); last = m.index + m[0].length; }
  hits(text.slice(last), into); return into;
}
function hits(text, into) { // what is searched for is marked wherever it stands
  text = text.replace(/\r\n/g, '\n');
  const words = S.q.toLowerCase().split(/\s+/).filter(w => w.length > 1 && !/^(-|(status|host|type|method|is|file):)/.test(w)), low = text.toLowerCase();
  const next = words.map(w => low.length === text.length ? low.indexOf(w) : -1); let at = 0;
  for (let marked = 0; marked < 1000; marked++) {
    words.forEach((w, i) => { if (next[i] >= 0 && next[i] < at) next[i] = low.indexOf(w, at); });
    const best = Math.min(...next.filter(i => i >= 0)), i = next.indexOf(best);
    if (i < 0) break;
    into.append(...marks(text.slice(at, best)), el('mark', 'hit', text.slice(best, best + words[i].length)));
    at = best + words[i].length;
  }
  into.append(...marks(text.slice(at)));
}
/* JSON as the server spelt it: tokens are kept, only the blanks between them are ours */
function jsonView(text) {
  const re = /\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)/gy, toks = []; let m, end = 0;
  while ((m = re.exec(text))) { toks.push(m[1]); end = re.lastIndex; }
  if (text.slice(end).trim() || !toks.length) return null;
  let pre = el('pre'), i = 0;
  const short = j => { let d = 0, n = 0; for (let k = j; k < toks.length; k++) { if ('{['.includes(toks[k])) d++; if ('}]'.includes(toks[k])) d--; n += toks[k].length + 1; if (n > 72) return -1; if (!d) return k; } return -1; };
  const val = t => { if (t[0] === '"') return withMasks(t, el('span')); return el('span', 'l', t); };
  function put(t, key) { pre.append(key ? el('span', 'k', t) : '{}[],:'.includes(t) ? el('span', 'k', t) : val(t)); }
  function node(ind, flat) {
    const t = toks[i];
    if (t !== '{' && t !== '[') { put(t); i++; return; }
    const close = t === '{' ? '}' : ']', f = flat || (ind > 0 && short(i) >= 0);
    put(t); i++;
    const outer = pre, start = outer.lastChild; let n = 0;
    if (!f && ind > 0) { pre = el('span', 'kids'); outer.append(pre); }
    let first = true;
    while (i < toks.length && toks[i] !== close) {
      if (toks[i] === ',') { put(','); i++; if (f) pre.append(' '); continue; }
      if (!f) pre.append('\n' + '  '.repeat(ind + 1));
      if (t === '{') { put(toks[i], true); i++; if (toks[i] === ':') { pre.append(el('span', 'k', ': ')); i++; } }
      node(ind + 1, f); first = false; n++;
    }
    if (!f && !first) pre.append('\n' + '  '.repeat(ind));
    if (!f && !first && ind > 0) foldable(outer, start, pre, n, toks.length > 4000 && ind > 2);
    pre = outer;
    if (i < toks.length) { put(close); i++; }
  }
  node(0);
  return i === toks.length ? pre : null;
}
const jsonOrNothing = text => { try { return jsonView(text); } catch (e) { if (e instanceof RangeError) return long(withMasks(text, el('pre', 'plain')), text); throw e; } }; // nested deeper than the stack
function foldable(outer, bracket, kids, n, closed) { // a click on a bracket folds what is in it
  const b = el('button', 'fold', bracket.textContent), more = el('button', 'fold more', `… ${n} …`), flip = () => { kids.hidden = !kids.hidden; more.hidden = !kids.hidden; b.setAttribute('aria-expanded', String(!kids.hidden)); };
  b.setAttribute('aria-expanded', 'true'); b.setAttribute('aria-label', `fold ${n} of ${bracket.textContent}`); more.hidden = true; more.setAttribute('aria-label', 'unfold');
  on(b, flip); on(more, flip); bracket.replaceWith(b); kids.after(more);
  if (closed) flip();
}
const XML_SECTIONS = [['<![CDATA[', ']]>'], ['<!--', '-->'], ['<?', '?>']];
function xmlTokens(text) { // in linear time, whatever is never closed
  const out = [], endless = new Set(), tag = /<[^<>]+>/y;
  for (let at = 0; at < text.length;) {
    let stop = -1;
    const s = text[at] === '<' && XML_SECTIONS.find(([a, b]) => !endless.has(b) && text.startsWith(a, at));
    if (s) { const i = text.indexOf(s[1], at); if (i < 0) endless.add(s[1]); else stop = i + s[1].length; }
    if (stop < 0) { tag.lastIndex = at; stop = tag.test(text) ? tag.lastIndex : text.indexOf('<', at + 1); }
    if (stop <= at) stop = text.length;
    out.push(text.slice(at, stop)); at = stop;
  }
  return out;
}
function xmlView(text) {
  const pre = el('pre'); let ind = 0, out = [];
  const toks = xmlTokens(text);
  for (let i = 0; i < toks.length; i++) {
    const t = toks[i]; if (!t.trim()) continue;
    if (/^<\//.test(t)) { ind--; if (out.glue) { pre.append(el('span', 'k', t)); out.glue = false; continue; } }
    if (t[0] !== '<' || t.startsWith('<![')) { withMasks(t.trim(), pre); out.glue = true; continue; }
    pre.append((pre.childNodes.length ? '\n' : '') + '  '.repeat(Math.max(0, ind))); withMasks(t, pre.appendChild(el('span', 'k'))); out.glue = false;
    if (!/^<[?!]|\/>$/.test(t) && !/^<\//.test(t)) { ind++; out.glue = true; }
  }
  return pre;
}
function long(node, text) { // megabytes stay folded
  if (text.length <= 65536) return node;
  const box = el('div', '', node); node.replaceChildren(...marks(text.slice(0, 8000).replace(/\r\n/g, '\n')), '…'); box.append(on(el('button', 'more', 'Show all ' + fmtSize(text.length)), function () { node.replaceChildren(); withMasks(text, node); this.remove(); })); return box;
}
function bodyView(m, x, which) {
  const data = contentOf(m), text = strictUtf8(data), kind = m.kind, out = [];
  if (which === 'res' && x.events) { const t = x.joined; return [t ? el('p', 'joined', t) : '', eventTable(x)]; }
  if (kind === 'image') {
    const type = data[0] === 0x89 ? 'image/png' : data[0] === 0xff ? 'image/jpeg' : data[0] === 0x47 ? 'image/gif' : data[0] === 0x52 ? 'image/webp' : null;
    if (type) { const img = el('img'); img.alt = 'image of the response'; img.src = 'data:' + type + ';base64,' + btoa(String.fromCharCode(...data)); img.addEventListener('load', () => cap.textContent = `${type}, ${img.naturalWidth} × ${img.naturalHeight}, ${fmtSize(data.length)}`); const cap = el('p', 'inert', type); return [cap, el('div', 'pic', img)]; }
  }
  if (kind === 'json' && text != null) { const v = text.length < 1500000 ? jsonOrNothing(text) : long(withMasks(text, el('pre', 'plain')), text); if (v) return [v]; out.push(el('p', 'inert', 'Says it is JSON, and is not.')); }
  if ((kind === 'html' || kind === 'svg') && text != null) return [el('p', 'inert', `${KIND[kind]}, shown as text. Nothing in it is run or loaded.`), long(withMasks(text, el('pre', 'plain')), text)];
  if (kind === 'xml' && text != null && text.length < 400000) return [xmlView(text)];
  if (kind === 'form' && text != null) { const t = el('table', 'hd'); for (const p of text.split('&')) { const [k, ...v] = p.split('='); let val = v.join('='); try { val = decodeURIComponent(val.replace(/\+/g, ' ')); } catch {} t.append(el('tr', '', el('td', '', k), withMasks(val, el('td')))); } return [t]; }
  if (kind === 'multipart') return [multipart(m, data)];
  if (text != null && kind !== 'binary') return [...out, long(withMasks(text, el('pre', 'plain')), text)];
  return [...out, el('p', 'inert', `${m.ctype || 'unnamed type'}, ${data.length} bytes that are no text; the first lines:`), hexRows(data.slice(0, 128), 0), data.length > 128 ? on(el('button', 'more', 'All bytes'), () => setTab('bytes')) : ''];
}
function multipart(m, data) {
  const bin = String.fromCharCode(...data), b = bin.slice(2, bin.indexOf('\r\n')), t = el('table', 'hd');
  for (const part of bin.split('--' + b).slice(1, -1)) {
    const [h, ...rest] = part.slice(2).split('\r\n\r\n'), c = rest.join('\r\n\r\n').slice(0, -2), name = /name="([^"]*)"/.exec(h)?.[1] || '', file = /filename="([^"]*)"/.exec(h)?.[1];
    const bytes = Uint8Array.from(c, q => q.charCodeAt(0)), s = strictUtf8(bytes);
    const td = el('td'); if (file) td.append(el('span', 'muted', `file ${file}, ${/content-type: ?(.*)/i.exec(h)?.[1]?.trim() || 'no type'}, ${bytes.length} B`)); else withMasks(s ?? '', td);
    t.append(el('tr', '', el('td', '', name), td));
  }
  return t;
}
function eventTable(x) {
  const t = el('table', 'ev'); let last = null;
  x.events.forEach(([name, data, a, b]) => {
    const at = b == null ? null : x.arr[b] ? x.arr[b][0] : x.took, dt = last == null || at == null ? null : at - last;
    if (dt != null && dt > .25) t.append(el('tr', 'gap', el('td', ''), (() => { const c = el('td', '', `${fmtTime(dt)} of silence`); c.colSpan = 2; return c; })()));
    const d = el('td', 'd'); const v = jsonLine(data); d.append(v);
    if (a !== b && a != null) d.append(' ', el('span', 'tag p', `torn over pieces ${a + 1} and ${b + 1}`));
    t.append(el('tr', dt === 0 ? 'same' : '', el('td', 't', at == null ? '' : '+' + at.toFixed(3)), el('td', 'nm', name), d));
    last = at;
  });
  return t;
}
const jsonLine = s => { const e = el('span'); let last = 0; if (s.length > 20000) return withMasks(s, e); for (const m of s.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)) { withMasks(s.slice(last, m.index), e); e.append(el('span', 'muted', m[0])); last = m.index + m[0].length; } return withMasks(s.slice(last), e); };
const what = m => { const f = []; if (m.kind !== 'none') f.push(KIND[m.kind]); f.push(m.body ? fmtSize(m.body) : 'no body'); if (m.coding) f.push(`${m.coding}, ${fmtSize(m.decoded)} decoded`); if (m.framing === 'chunked') f.push(m.spans.length + ' chunks'); return f.join(' · '); };
function section(title, m, x, which, kids) {
  if (m && m.cut) kids = [el('p', 'inert', `Only the first ${fmtSize(m.cut)} of ${fmtSize(m.size)} are in this page. All of it: cassette show ${D.files[x.f].name} -n ${x.n} --raw`), ...kids];
  const h = el('h2', '', title, el('span', '', m ? what(m) : 'none'));
  if (m && m.body) { const b = on(el('button', 'quiet', 'Copy'), () => copy(utf8(contentOf(m)), b)); h.append(b); }
  return [h, ...kids];
}
function read(x) {
  const out = [];
  if (x.req) out.push(...section('Request', x.req, x, 'req', x.req.body ? bodyView(x.req, x, 'req') : []));
  else out.push(el('h2', '', 'Request', el('span', '', 'none was sent')));
  if (x.res) out.push(...section('Response', x.res, x, 'res', x.res.body ? bodyView(x.res, x, 'res') : x.res.garbage ? bodyView({...x.res, spans: [[0, x.res.size]]}, x, 'g') : []));
  else out.push(el('h2', '', 'Response', el('span', '', 'none came')));
  return out;
}
function headers(x) {
  const out = [];
  for (const [title, m] of [['Request', x.req], ['Response', x.res]]) {
    out.push(el('h2', '', title));
    if (!m) { out.push(el('p', 'inert', 'none')); continue; }
    if (m.garbage) { out.push(el('p', 'inert', 'These bytes are no HTTP; see Bytes.')); continue; }
    const raw = bytesOf(m.raw), lat = b => Array.from(b, c => String.fromCharCode(c)).join(''), blocks = lat(raw.slice(0, m.head)).split(/\r?\n\r?\n/).filter(Boolean);
    if (m.trail[1] > m.trail[0]) blocks.push('trailers\r\n' + lat(raw.slice(...m.trail)).trim());
    for (const b of blocks) {
      const t = el('table', 'hd'), [first, ...rest] = b.split(/\r?\n/);
      const td = el('td', '', first); td.colSpan = 2; t.append(el('tr', 'first', td));
      for (const l of rest) { const i = l.indexOf(':'); t.append(el('tr', '', el('td', '', i < 0 ? l : l.slice(0, i)), withMasks(i < 0 ? '' : l.slice(i + 1).trim(), el('td')))); }
      out.push(t);
    }
  }
  return out;
}
