'use strict';
const D = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
/* Characters that show nothing, or turn the text around: C0, DEL, C1, bidirectional, zero width. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
const escaped = c => { const n = c.charCodeAt(0); return n < 256 ? '\\x' + n.toString(16).padStart(2, '0') : '\\u' + n.toString(16).padStart(4, '0'); };
const shown = text => text.replace(UNSEEN, escaped);
function marks(text) { // every text of a recording comes through here
  const out = []; let at = 0;
  for (const m of text.matchAll(UNSEEN)) {
    if (m.index > at) out.push(text.slice(at, m.index));
    const u = document.createElement('u'); u.className = 'ctl'; u.textContent = escaped(m[0]); out.push(u);
    at = m.index + 1;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}
function el(tag, cls, ...kids) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  for (const k of kids) if (k != null) e.append(...(typeof k === 'string' ? marks(k) : [k]));
  return e;
}
const on = (e, f) => (e.addEventListener('click', f), e);
const fmtSize = n => n == null || n === 0 ? '' : n < 1000 ? n + ' B' : n < 1e6 ? (n / 1024).toFixed(n < 10240 ? 1 : 0) + ' KiB' : (n / 1048576).toFixed(1) + ' MiB';
const fmtTime = s => s === 0 ? '< 1 ms' : s < 1 ? Math.round(s * 1000) + ' ms' : s.toFixed(2) + ' s';
const bytesOf = b64 => Uint8Array.from(atob(b64), c => c.charCodeAt(0));
const utf8 = b => new TextDecoder('utf-8').decode(b);
const strictUtf8 = b => { try { return new TextDecoder('utf-8', {fatal: true}).decode(b); } catch { return null; } };
const MASK = /(?<![A-Za-z])R?E?D?A?C?TED-\d+(?:-x*)?/g;
