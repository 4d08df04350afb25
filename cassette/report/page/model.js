/* ---- model ---- */
const KIND = {json: 'JSON', stream: 'event stream', html: 'HTML', xml: 'XML', image: 'image', svg: 'SVG', form: 'form', multipart: 'multipart', text: 'text', binary: 'binary', none: ''};
function prepare(x) {
  x.kind = x.res ? x.res.kind : 'none';
  x.cls = x.failed ? 'failed' : x.status ? Math.floor(x.status / 100) + 'xx' : 'odd';
  x.first = x.arr.length ? x.arr[0][0] : x.took;
  x.bodySize = x.res ? x.res.body : 0;
  return x;
}
D.items.forEach(prepare);
D.items.sort((a, b) => D.files[a.f].recorded < D.files[b.f].recorded ? -1 : D.files[a.f].recorded > D.files[b.f].recorded ? 1 : a.f - b.f || a.n - b.n);
const S = {source: 'all', q: '', status: new Set(), kind: new Set(), is: new Set(), host: '', scale: 'together', sel: null, tab: 'read', bytes: 'hex', sort: '', base: [], rows: []};
const haystack = x => x.hay ||= [x.m, x.url, x.label, x.reason, ...['req', 'res'].map(k => x[k] ? utf8(bytesOf(x[k].raw)) + (x[k].content ? utf8(bytesOf(x[k].content)) : '') : ''), x.fail ? x.fail.join(' ') : ''].join('\n').toLowerCase();
const IS = {
  failed: x => x.failed, masked: x => x.masked.length > 0, edited: x => x.edited.length > 0, played: x => x.sent != null, pieces: x => x.arr.length > 1,
};
function matchWord(x, w) {
  const m = /^(status|host|type|method|is|file):(.*)$/.exec(w);
  if (!m) return haystack(x).includes(w);
  const [, k, v] = m;
  if (!v) return true;
  if (k === 'status') return /^\dxx$/.test(v) ? x.cls === v : x.label.startsWith(v);
  if (k === 'host') return x.host.includes(v);
  if (k === 'type') return x.kind.startsWith(v) || (x.res && x.res.ctype.includes(v));
  if (k === 'method') return x.m.toLowerCase() === v;
  if (k === 'file') return D.files[x.f].name.includes(v);
  return IS[v] ? IS[v](x) : false;
}
function passes(x, skip) {
  if (S.host && x.host !== S.host && skip !== 'host') return false;
  if (S.status.size && !S.status.has(x.cls) && skip !== 'status') return false;
  if (S.kind.size && !S.kind.has(x.kind) && skip !== 'kind') return false;
  for (const k of S.is) if (!IS[k](x)) return false;
  for (const w of S.q.toLowerCase().split(/\s+/)) if (w && (w[0] === '-' && w[1] ? matchWord(x, w.slice(1)) : !matchWord(x, w))) return false;
  return true;
}
