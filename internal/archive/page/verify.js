// The page of an archive package. It shows the case and checks the package by
// itself: hashes (SM3, SHA-256), limits, the Merkle proofs of the audit log. It
// shares nothing with the platform's own program, uses no library and asks no
// network. What it cannot check it says.
"use strict";

// ---- bytes and hashes ----

const utf8 = new TextEncoder();
const hex = b => Array.from(b, x => x.toString(16).padStart(2, "0")).join("");
const unhex = s => /^([0-9a-f]{2})*$/.test(s) ? Uint8Array.from(s.match(/../g) || [], x => parseInt(x, 16)) : null;
const unbase64 = s => Uint8Array.from(atob(s), c => c.charCodeAt(0));
const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
const rotl = (x, n) => (x << n | x >>> (32 - n)) >>> 0;
const rotr = (x, n) => (x >>> n | x << (32 - n)) >>> 0;

// Hash takes bytes in pieces; both functions work on blocks of 64 bytes and
// close a message in the same way.
class Hash {
  constructor(start) { this.v = start.slice(); this.buf = new Uint8Array(64); this.n = 0; this.len = 0; }
  update(bytes) {
    this.len += bytes.length;
    let i = 0;
    if (this.n > 0) {
      const take = Math.min(64 - this.n, bytes.length);
      this.buf.set(bytes.subarray(0, take), this.n);
      this.n += take; i = take;
      if (this.n < 64) return this;
      this.block(this.buf, 0); this.n = 0;
    }
    for (; i + 64 <= bytes.length; i += 64) this.block(bytes, i);
    this.buf.set(bytes.subarray(i), 0);
    this.n = bytes.length - i;
    return this;
  }
  digest() {
    const bits = this.len * 8, end = new Uint8Array((this.n < 56 ? 64 : 128) - this.n);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(end.length - 4, bits >>> 0);
    this.update(end);
    const out = new Uint8Array(32), o = new DataView(out.buffer);
    this.v.forEach((x, i) => o.setUint32(4 * i, x));
    return out;
  }
}

// SM3, GB/T 32905-2016.
class SM3 extends Hash {
  constructor() { super([0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e]); this.w = new Uint32Array(68); }
  block(m, at) {
    const w = this.w;
    for (let i = 0; i < 16; i++) w[i] = m[at + 4 * i] << 24 | m[at + 4 * i + 1] << 16 | m[at + 4 * i + 2] << 8 | m[at + 4 * i + 3];
    for (let i = 16; i < 68; i++) {
      const x = w[i - 16] ^ w[i - 9] ^ rotl(w[i - 3], 15);
      w[i] = x ^ rotl(x, 15) ^ rotl(x, 23) ^ rotl(w[i - 13], 7) ^ w[i - 6];
    }
    let [a, b, c, d, e, f, g, h] = this.v;
    for (let i = 0; i < 64; i++) {
      const t = i < 16 ? 0x79cc4519 : 0x7a879d8a;
      const ss1 = rotl((rotl(a, 12) + e + rotl(t, i % 32)) >>> 0, 7), ss2 = ss1 ^ rotl(a, 12);
      const ff = i < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const gg = i < 16 ? e ^ f ^ g : (e & f) | (~e & g);
      const tt1 = (ff + d + ss2 + (w[i] ^ w[i + 4])) >>> 0, tt2 = (gg + h + ss1 + w[i]) >>> 0;
      d = c; c = rotl(b, 9); b = a; a = tt1;
      h = g; g = rotl(f, 19); f = e; e = (tt2 ^ rotl(tt2, 9) ^ rotl(tt2, 17)) >>> 0;
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { this.v[i] = (this.v[i] ^ x) >>> 0; });
  }
}

// SHA-256, FIPS 180-4; its constants are the fractions of roots of primes.
const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n);
const fraction = x => Math.floor((x - Math.floor(x)) * 2 ** 32);
const K = primes.map(p => fraction(Math.cbrt(p)));
class SHA256 extends Hash {
  constructor() { super(primes.slice(0, 8).map(p => fraction(Math.sqrt(p)))); this.w = new Uint32Array(64); }
  block(m, at) {
    const w = this.w;
    for (let i = 0; i < 16; i++) w[i] = m[at + 4 * i] << 24 | m[at + 4 * i + 1] << 16 | m[at + 4 * i + 2] << 8 | m[at + 4 * i + 3];
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      w[i] = w[i - 16] + (rotr(x, 7) ^ rotr(x, 18) ^ x >>> 3) + w[i - 7] + (rotr(y, 17) ^ rotr(y, 19) ^ y >>> 10);
    }
    let [a, b, c, d, e, f, g, h] = this.v;
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) >>> 0;
      const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
      h = g; g = f; f = e; e = (d + t1) >>> 0; d = c; c = b; b = a; a = (t1 + t2) >>> 0;
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { this.v[i] = (this.v[i] + x) >>> 0; });
  }
}
const sm3 = (...parts) => parts.reduce((h, p) => h.update(p), new SM3()).digest();
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), new SHA256()).digest();

// The standards' own examples: a script that cannot hash must not judge.
const hashesWork = hex(sm3(utf8.encode("abc"))) === "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" &&
  hex(sm3(utf8.encode("abcd".repeat(16)))) === "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732" &&
  hex(sha256(utf8.encode("abc"))) === "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" &&
  hex(sha256(utf8.encode("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))) === "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";

// ---- limits ----

// Days are counted from 1970-01-01 in Asia/Shanghai, instants in microseconds.
const DAY = 86400e6, SHANGHAI = 8 * 3600e6;
const dayOf = us => Math.floor((us + SHANGHAI) / DAY);
const endOf = day => (day + 1) * DAY - SHANGHAI;
function instant(s) {
  if (s === undefined) return null;
  const m = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(s);
  const ms = m ? Date.parse(m[1] + m[3]) : NaN;
  if (Number.isNaN(ms)) throw new Error("instant " + s);
  return ms * 1000 + Number((m[2] || "").padEnd(6, "0"));
}
const dateText = day => new Date(day * 864e5).toISOString().slice(0, 10);
function dateOf(s) {
  const ms = Date.parse(s + "T00:00:00Z");
  if (!/^\d{4}-\d\d-\d\d$/.test(s) || Number.isNaN(ms) || dateText(ms / 864e5) !== s) throw new Error("date " + s);
  return ms / 864e5;
}

// calendar tells of a day what it is, from the years that a proof carries.
function calendar(spec) {
  const known = new Set(), off = new Map(), work = new Map();
  for (const y of spec.years) {
    if (!y.projected) known.add(y.year);
    for (const d of y.off || []) off.set(dateOf(d.date), d.name);
    for (const d of y.work || []) work.set(dateOf(d.date), d.name);
  }
  const always = { "01-01": "元旦", "05-01": "劳动节", "05-02": "劳动节", "10-01": "国庆节", "10-02": "国庆节", "10-03": "国庆节" };
  return day => {
    const text = dateText(day), provisional = !known.has(Number(text.slice(0, 4))), weekend = [0, 6].includes((day + 4) % 7);
    const is = (kind, holiday) => ({ kind, holiday, provisional, works: kind === "weekday" || kind === "makeup" });
    if (work.has(day)) return is("makeup", work.get(day));
    if (off.has(day)) return is("holiday", off.get(day));
    if (provisional && always[text.slice(5)]) return is("holiday", always[text.slice(5)]);
    return is(weekend ? "weekend" : "weekday");
  };
}

// reckon does a limit as it stood at an instant. The day of the event is not
// counted; the days of a pause after its first are not; working days alone
// count where the unit says so; a limit ends on a working day, at 24:00, and
// not while a pause goes on.
function reckon(p, at) {
  const start = instant(p.start), done = instant(p.done), look = calendar(p.calendar), workdays = p.limit.unit === "workday";
  if (start === null || start > at) return { state: "not-started", days: [], allowed: 0, remaining: 0, overdue: 0 };
  const finished = done !== null && done <= at, over = finished ? done : at;
  const pauses = p.suspensions.map(s => ({ from: instant(s.from), to: instant(s.to) })).filter(s => s.from <= over);
  const stands = pauses.map(s => ({ from: dayOf(s.from), to: dayOf(s.to === null || s.to > over ? over : s.to) }));
  const longer = p.extensions.map(e => ({ at: instant(e.at), days: Math.max(0, e.days) })).filter(e => e.at <= over);
  const cap = n => Math.min(10000, Math.max(0, n));
  const granted = day => longer.filter(e => dayOf(e.at) <= day).reduce((n, e) => cap(n + cap(e.days)), cap(p.limit.days));
  const first = dayOf(start), today = dayOf(at), days = [];
  let n = 0, left = 0, provisional = false, due;
  for (let day = first; ; day++) {
    if (day - first > 40000) throw new Error("no end");
    const d = look(day), line = { date: dateText(day), kind: d.kind, holiday: d.holiday, provisional: d.provisional, no: 0 };
    if (day === first) line.why = "opening";
    else if (stands.some(s => s.from < day && day <= s.to)) line.why = "suspended";
    else if (n >= granted(day)) line.why = "rolls-on";
    else if (workdays && !d.works) line.why = "off";
    else { line.why = "counts"; line.no = ++n; if (day > today) left++; }
    days.push(line);
    const full = n >= granted(day);
    if ((workdays && day > first || full) && d.provisional) provisional = true;
    if (full && d.works && !stands.some(s => s.from <= day && day < s.to)) { due = day; break; }
  }
  const between = (a, b) => {
    if (!workdays) return b - a;
    if (b < a) return -between(b, a);
    let k = 0;
    for (let day = a + 1; day <= b; day++) if (look(day).works) k++;
    return k;
  };
  const r = { days, due: dateText(due), allowed: granted(due), remaining: 0, overdue: 0, provisional };
  if (finished && over < endOf(due)) r.state = "done";
  else if (finished) { r.state = "done-late"; r.overdue = between(due, dayOf(over)); }
  else if (at >= endOf(due)) { r.state = "lapsed"; r.overdue = between(due, today); }
  else if (pauses.some(s => s.to === null || s.to > over)) { r.state = "paused"; r.remaining = left; }
  else { r.state = "running"; r.remaining = between(today, due); }
  return r;
}

// history tells what happened to a limit and the last day after each event.
function history(p) {
  const at = instant(p.on), done = instant(p.done);
  if (instant(p.start) === null || instant(p.start) > at) return [];
  const list = [{ at: p.start, kind: "started", days: p.limit.days, article: p.limit.article }];
  for (const e of p.extensions) list.push({ at: e.at, kind: "extended", days: e.days, article: e.article, reason: e.reason });
  for (const s of p.suspensions) {
    list.push({ at: s.from, kind: "suspended", article: s.article, reason: s.reason });
    if (s.to !== undefined) list.push({ at: s.to, kind: "resumed", article: s.article, reason: s.reason });
  }
  if (done !== null) list.push({ at: p.done, kind: "done" });
  const order = ["started", "resumed", "extended", "suspended", "done"];
  const out = list.filter(e => instant(e.at) <= at && (done === null || instant(e.at) <= done));
  out.sort((a, b) => instant(a.at) - instant(b.at) || order.indexOf(a.kind) - order.indexOf(b.kind));
  let before = "";
  for (const e of out) {
    const r = reckon(p, instant(e.at));
    if (r.state === "lapsed" || before === "lapsed" && e.kind !== "done") e.kind = "without-effect";
    if (r.state !== "paused" && r.due) e.due = r.due;
    before = r.state;
  }
  return out;
}

// proof lists where a proof differs from what follows of its own events and calendar.
function proof(p) {
  if (p.format !== "tongban-clock-proof/1") return ["format"];
  const found = [], r = reckon(p, instant(p.on)), plain = v => JSON.stringify(v === undefined ? null : v);
  const differs = (path, said, is) => { if (plain(said) !== plain(is) && found.length < 10) found.push(`${path}: ${plain(said)} ≠ ${plain(is)}`); };
  differs("result/due", p.result.due, r.due);
  for (const k of ["state", "allowed", "remaining", "overdue"]) differs("result/" + k, p.result[k], r[k]);
  differs("result/provisional", p.result.provisional || false, r.provisional || false);
  const line = d => d && [d.date, d.kind, d.holiday || "", d.why, d.no || 0, d.provisional || false];
  for (let i = 0; i < Math.max(p.days.length, r.days.length); i++) differs("days/" + i, line(p.days[i]), line(r.days[i]));
  const event = e => e && [instant(e.at), e.kind, e.days || 0, e.article || "", e.reason || "", e.due || ""];
  const h = history(p);
  for (let i = 0; i < Math.max(p.events.length, h.length); i++) differs("events/" + i, event(p.events[i]), event(h[i]));
  return found;
}

// ---- the audit log ----

// inclusion is RFC 6962, 2.1.1: is leaf at the place in a tree of that size and root?
function inclusion(leaf, place, size, root, path) {
  if (!(place >= 0 && place < size)) return false;
  let h = sha256(Uint8Array.of(0), leaf), fn = place, sn = size - 1;
  for (const p of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      h = sha256(Uint8Array.of(1), p, h);
      while (fn % 2 === 0 && fn !== 0) { fn = Math.floor(fn / 2); sn = Math.floor(sn / 2); }
    } else h = sha256(Uint8Array.of(1), h, p);
    fn = Math.floor(fn / 2); sn = Math.floor(sn / 2);
  }
  return sn === 0 && same(h, root);
}

// signed splits a signed note into its text and its signatures.
function signed(s) {
  const i = s.lastIndexOf("\n\n");
  const sigs = s.slice(i + 2).split("\n").filter(Boolean).map(l => /^— (\S+) (\S+)$/.exec(l)).filter(Boolean);
  return { text: s.slice(0, i + 1), sigs: sigs.map(m => ({ name: m[1], bytes: unbase64(m[2]) })) };
}

// ed25519 checks the standard signature of a note where the browser can:
// true, false, or null when it cannot.
async function ed25519(s, key) {
  const [name, hash, b64] = key.split("+"), raw = unbase64(key.slice(name.length + hash.length + 2)), n = signed(s);
  if (!b64 || raw[0] !== 1) return false;
  const id = sha256(utf8.encode(name + "\n"), raw).subarray(0, 4);
  const sig = n.sigs.find(x => x.name === name && same(x.bytes.subarray(0, 4), id));
  if (!sig || hex(id) !== hash) return false;
  try {
    const k = await crypto.subtle.importKey("raw", raw.subarray(1), { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, k, sig.bytes.subarray(4), utf8.encode(n.text));
  } catch { return null; }
}

async function checkLog(a, log, say) {
  const n = signed(log.checkpoint), lines = n.text.split("\n"), found = [];
  const size = Number(lines[1]), root = unbase64(lines[2]), acts = [];
  for (const r of log.records) {
    const leaf = unhex(r.leaf);
    if (!leaf || leaf.length !== 32 || !inclusion(leaf, r.position, size, root, r.proof.map(unbase64))) { found.push(say(`第 ${r.position} 号记录不在日志中`, `record ${r.position} is not in the log`)); continue; }
    if (r.body === undefined) continue;
    if (!same(sm3(utf8.encode(r.body)), leaf)) { found.push(say(`第 ${r.position} 号记录的正文与哈希不符`, `the text of record ${r.position} does not fit`)); continue; }
    acts.push(JSON.parse(r.body));
  }
  for (const e of a.events) if (e.logged && !acts.some(x => x.act === "case." + e.act && x.outcome === "done" && x.subject === "case/" + a.no && x.at === instant(e.at)))
    found.push(say(`“${e.name}”在日志中没有记录`, `nothing in the log says “${e.name}”`));
  for (const d of a.notices) for (const x of acts) if (x.detail && x.detail.document === d.number && x.detail.sm3 !== d.sm3)
    found.push(say(`${d.number} 与日志固定的 SM3 不符`, `${d.number} has another SM3 than the log fixed`));
  return { found, signature: await ed25519(log.checkpoint, log.keys[0]) };
}

// ---- the package as a file ----

// entries reads the directory of a package that the reader chose.
async function entries(file) {
  const bytes = async (at, n) => new Uint8Array(await file.slice(at, at + n).arrayBuffer());
  const end = await bytes(Math.max(0, file.size - 22), 22), v = new DataView(end.buffer);
  if (end.length < 22 || v.getUint32(0, true) !== 0x06054b50) throw new Error("ZIP");
  const count = v.getUint16(10, true), length = v.getUint32(12, true), at = v.getUint32(16, true);
  if (count > 5000 || length > 4 << 20 || at + length + 22 !== file.size) throw new Error("ZIP");
  const dir = await bytes(at, length), d = new DataView(dir.buffer), out = new Map();
  for (let i = 0, k = 0; k < count; k++) {
    if (i + 46 > length || d.getUint32(i, true) !== 0x02014b50 || d.getUint16(i + 10, true) !== 0) throw new Error("ZIP");
    const size = d.getUint32(i + 24, true), n = d.getUint16(i + 28, true), extra = d.getUint16(i + 30, true), note = d.getUint16(i + 32, true), local = d.getUint32(i + 42, true);
    const name = new TextDecoder("utf-8", { fatal: true }).decode(dir.subarray(i + 46, i + 46 + n));
    const h = new DataView((await bytes(local, 30)).buffer);
    if (h.byteLength < 30 || h.getUint32(0, true) !== 0x04034b50 || out.has(name)) throw new Error(name);
    const from = local + 30 + h.getUint16(26, true) + h.getUint16(28, true);
    out.set(name, file.slice(from, from + size));
    i += 46 + n + extra + note;
  }
  return out;
}

async function hashes(blob) {
  const a = new SM3(), b = new SHA256();
  for (let at = 0; at < blob.size; at += 1 << 20) {
    const part = new Uint8Array(await blob.slice(at, at + (1 << 20)).arrayBuffer());
    a.update(part); b.update(part);
  }
  return { size: blob.size, sm3: hex(a.digest()), sha256: hex(b.digest()) };
}

// checkFiles checks every file of the package against its manifest, the
// manifest against its seal, and the page's own data against the files.
async function checkFiles(map, data, say, progress) {
  const text = async name => { if (!map.has(name)) throw new Error(name); return map.get(name).text(); };
  const manifestText = await text("manifest.json"), seal = await text("manifest.sig"), m = JSON.parse(manifestText), found = [];
  const raw = utf8.encode(manifestText);
  const want = `tongban-case-archive/1\n${data.case.no}\nsm3 ${hex(sm3(raw))}\nsha256 ${hex(sha256(raw))}\n`;
  if (signed(seal).text !== want || m.case !== data.case.no) found.push(say("封签签的不是这份清单", "the seal is of another manifest"));
  const is = new Map();
  for (const f of m.files) {
    progress(f.path);
    if (!map.has(f.path)) { found.push(say(`缺少 ${f.path}`, `${f.path} is missing`)); continue; }
    const h = await hashes(map.get(f.path));
    is.set(f.path, h);
    if (h.size !== f.size || h.sm3 !== f.sm3 || h.sha256 !== f.sha256) found.push(say(`${f.path} 被改动`, `${f.path} was changed`));
  }
  for (const name of map.keys()) if (!["manifest.json", "manifest.sig"].includes(name) && !is.has(name)) found.push(say(`${name} 不在清单中`, `${name} is not in the manifest`));
  const proofs = await Promise.all(data.case.clocks.map(c => text(c.path)));
  const shown = "tongbanArchive({\"case\":" + await text("case.json") + ",\"clocks\":[" + proofs.join(",") + "],\"log\":" + await text("log.json") + "});\n";
  if (await text("data.js") !== shown || JSON.stringify(JSON.parse(await text("case.json"))) !== JSON.stringify(data.case))
    found.push(say("本页显示的内容与文件不同", "this page shows other things than the files say"));
  for (const d of data.case.notices) if (!is.has(d.path) || is.get(d.path).sm3 !== d.sm3) found.push(say(`${d.title} ${d.number} 不是作出时固定的内容`, `${d.title} ${d.number} is not as its act fixed it`));
  for (const x of data.case.materials) for (const f of x.files || []) if (!is.has(f.path) || is.get(f.path).sm3 !== f.sm3) found.push(say(`${f.name} 不是收到时的内容`, `${f.name} is not as it was received`));
  return { found, count: m.files.length, signature: await ed25519(seal, data.log.keys[0]) };
}

// ---- the page ----

const english = () => location.hash === "#en";
const say = (zh, en) => english() ? en : zh;

function el(tag, attrs, ...inside) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attrs || {})) if (v !== undefined && v !== false) k === "on" ? e.addEventListener(...v) : e.setAttribute(k, v === true ? "" : v);
  e.append(...inside.flat(9).filter(x => x !== undefined && x !== null && x !== false && x !== ""));
  return e;
}
const card = (title, ...inside) => el("section", {}, el("h2", {}, title), inside);
const facts = rows => el("dl", {}, rows.filter(r => r && r[1] !== undefined && r[1] !== "").map(r => el("div", {}, el("dt", {}, r[0]), el("dd", {}, r[1]))));
const table = (heads, rows) => el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, heads.map(h => el("th", { scope: "col" }, h)))), el("tbody", {}, rows.map(r => el("tr", {}, r.map(c => el("td", {}, c)))))));
const when = s => s === undefined ? "" : new Date(instant(s) / 1000 + 8 * 3600e3).toISOString().slice(0, 16).replace("T", " ");
const file = (path, name) => el("a", { href: path.split("/").map(encodeURIComponent).join("/"), target: "_blank", rel: "noopener" }, name);
const answers = list => facts(list.map(a => [a.label, a.rows ? table(a.heads || [], a.rows) : a.text || "—"]));

const words = {
  "weekday": ["工作日", "working day"], "makeup": ["调休上班", "make-up working day"], "weekend": ["周末", "weekend"], "holiday": ["放假", "holiday"],
  "counts": ["计入", "counts"], "opening": ["开始当日不计", "the opening day is not counted"], "off": ["不计", "not counted"], "suspended": ["暂停期间不计", "paused, not counted"], "rolls-on": ["期满顺延", "rolled on"],
  "started": ["起算", "begins"], "resumed": ["恢复计时", "resumed"], "extended": ["延长", "extended"], "done": ["完成", "done"], "without-effect": ["期限届满之后，不影响期限", "after the limit, without effect"],
};
const word = k => words[k] ? words[k][english() ? 1 : 0] : k;
const stateWords = { "not-started": ["尚未起算", "not started"], running: ["计时中", "running"], paused: ["暂停", "paused"], done: ["按时完成", "done in time"], "done-late": ["超期完成", "done late"], lapsed: ["已超期", "late"] };

function showClock(p, wrong) {
  const days = p.days.map(d => [d.date, (d.holiday || "") + word(d.kind), word(d.why) + (d.no ? " " + d.no : "")]);
  return el("details", {}, el("summary", {}, el("b", {}, p.name || say("期限", "limit")), " ", p.result.due || "", " · ", (stateWords[p.result.state] || [p.result.state, p.result.state])[english() ? 1 : 0], " · ",
    wrong.length ? say("重新计算不符", "does not follow") : say("重新计算一致", "follows")),
  facts([[say("期限", "Limit"), p.limit.days + " " + (p.limit.unit === "workday" ? say("个工作日", "working days") : say("天", "days"))], [say("依据", "Basis"), p.limit.article],
    [say("起算", "Begins"), when(p.start)], [say("日历版本", "Calendar"), p.calendar.edition + (p.result.provisional ? say("（暂定）", " (provisional)") : "")]]),
  table([say("时间", "When"), say("事项", "What"), say("届满日", "Last day")], p.events.map(e => [when(e.at), [word(e.kind), e.days && e.kind === "extended" ? " " + e.days : "", e.reason || e.article ? el("div", { class: "small soft" }, [e.reason, e.kind === "started" ? "" : e.article].filter(Boolean).join("，")) : ""], e.due || ""])),
  table([say("日期", "Date"), say("性质", "Kind"), say("是否计入", "Counted")], days));
}

function show(data) {
  const a = data.case, page = document.getElementById("page"), list = el("ul", { class: "checks" }), verdict = el("p", { class: "verdict", id: "verdict" });
  document.title = a.item.name + " " + a.no;
  document.documentElement.lang = english() ? "en" : "zh-CN";
  let wrong = 0;
  const put = (state, title, details) => {
    if (state === "wrong") wrong++;
    list.append(el("li", { class: state }, el("b", {}, { proven: say("已验证", "proven"), wrong: say("不符", "wrong"), open: say("无法验证", "not checked") }[state]), title, details && details.length ? el("ul", {}, details.slice(0, 20).map(d => el("li", {}, d))) : ""));
    verdict.className = "verdict " + (wrong ? "bad" : "ok");
    verdict.textContent = wrong ? say("档案有不符之处", "Something in the archive is wrong") : say("目前没有发现不符", "Nothing wrong so far");
  };
  const judge = (title, found) => put(found.length ? "wrong" : "proven", title, found);
  const attempt = (f, ...x) => { try { return f(...x); } catch (e) { return [String(e)]; } };
  const results = data.clocks.map(p => attempt(proof, p));

  const pick = (text, attrs, use) => el("label", { class: "pick" }, text, " ", el("input", { type: "file", ...attrs, on: ["change", async e => {
    const chosen = [...e.target.files], status = document.getElementById("status");
    if (!chosen.length) return;
    try {
      const r = await checkFiles(await use(chosen), data, say, p => { status.textContent = p; });
      judge(say(`文件完整：${r.count} 个文件的 SM3 和 SHA-256，封签与清单一致`, `files: SM3 and SHA-256 of ${r.count} entries, the seal fits the manifest`), r.found);
      signature(say("封签的 Ed25519 签名", "Ed25519 signature of the seal"), r.signature);
    } catch (err) { judge(say("打开档案包", "opening the package"), [String(err)]); }
    status.textContent = say("校验完毕", "Done");
  }] }));
  const signature = (title, ok) => ok === null ? put("open", title, [say("此浏览器不支持 Ed25519，请用 tongban case verify 验证。", "this browser does not know Ed25519; use tongban case verify")])
    : judge(title, ok ? [] : [say("签名不成立", "the signature does not verify")]);

  page.replaceChildren(
    el("p", { class: "soft small noprint" }, say("政务服务电子档案", "Archive of a case"), " · ", el("button", { type: "button", on: ["click", () => { location.hash = english() ? "" : "#en"; }] }, english() ? "中文" : "English")),
    el("h1", {}, a.item.name), el("p", { class: "num soft" }, a.no, " · ", a.outcome.name || a.state.name),
    card(say("校验", "Checks"), verdict, list,
      el("p", { class: "small soft" }, say("本页在您的浏览器里独立重新计算期限、哈希和日志证明，不连接网络。要校验每个文件，请选择本档案包（ZIP）或者解压后的文件夹：", "This page reckons limits, hashes and the log's proofs again in your browser and connects to nothing. To check every file choose this package (ZIP) or the unpacked folder:")),
      el("p", { class: "noprint" }, pick(say("选择档案包", "Choose the package"), { id: "zip", accept: ".zip" }, async f => entries(f[0])),
        pick(say("选择文件夹", "Choose the folder"), { id: "folder", webkitdirectory: true, multiple: true }, async fs => new Map(fs.map(f => [f.webkitRelativePath.split("/").slice(1).join("/"), f])))),
      el("p", { class: "small soft", id: "status", role: "status" })),
    card(say("办件", "The case"), facts([[say("申请人", "Applicant"), a.applicant], [say("提交人", "Handed in by"), a.handedInBy], [say("事项编码", "Item"), a.item.code], [say("办事指南", "Guide"), say("第 " + a.item.guideVersion + " 版", "version " + a.item.guideVersion) + " · " + a.item.guideHash],
      [say("决定单位", "Deciding unit"), a.unit.name], [say("受理单位", "Received at"), a.receiving.name], [say("结果", "Outcome"), a.outcome.name], [say("提交", "Handed in"), when(a.submittedAt)], [say("受理", "Accepted"), when(a.acceptedAt)],
      [say("决定", "Decided"), when(a.decidedAt)], [say("办结", "Closed"), when(a.closedAt)], a.licence && [say("证照", "Licence"), [a.licence.name, a.licence.number, a.licence.identifier].filter(Boolean).join(" ")], [say("平台", "Platform"), a.platform]])),
    card(say("期限", "Limits"), data.clocks.map((p, i) => showClock(p, results[i]))),
    card(say("文书", "Documents"), table([say("文书", "Document"), say("编号", "Number"), say("时间", "Time"), say("送达", "Served")], a.notices.map(d => [[file(d.print || d.path, d.title), d.print ? [" ", file(d.path, say("数据", "data"))] : ""], d.number, when(d.at), d.served ? d.served.name + " " + when(d.served.at) + (d.served.receivedBy ? " " + d.served.receivedBy : "") + (d.served.waybill ? " " + d.served.waybill : "") : ""]))),
    card(say("办理经过", "What happened"), table([say("时间", "When"), say("事项", "What"), say("经办", "By"), say("依据", "Basis")], a.events.map(e => [when(e.at), [e.name, e.note ? el("div", { class: "small soft" }, e.note) : ""], e.by || "", e.article || ""]))),
    a.tasks.length ? card(say("各环节", "Steps"), table([say("环节", "Step"), say("单位", "Unit"), say("完成", "Done"), say("意见", "Opinion")], a.tasks.map(t => [t.name, t.unit, when(t.doneAt), [t.agree === undefined ? "" : t.agree ? say("同意 ", "agrees ") : say("不同意 ", "disagrees "), t.opinion || "", t.by ? " " + t.by : ""]]))) : "",
    card(say("申请材料", "Materials"), a.materials.length ? facts(a.materials.map(m => [m.name, [m.paper ? say("纸质原件，窗口已查验 ", "paper, seen at the window ") : "", m.licence ? say("电子证照 ", "licence ") + (m.licence.name || "") + " " + (m.licence.number || m.licence.identifier) : "", (m.files || []).map(f => el("div", {}, file(f.path, f.name)))]])) : el("p", {}, say("没有材料。", "None."))),
    card(say("申请表", "Application form"), a.masked ? el("p", { class: "soft" }, say("部分内容按查看人的权限隐去。", "Some is masked, by what the reader may see.")) : "", answers(a.form), el("h3", {}, say("领取方式", "Delivery")), answers(a.delivery)));

  judge(say("SM3、SHA-256 按标准示例自检", "SM3 and SHA-256 give the standards' examples"), hashesWork ? [] : ["hash"]);
  judge(say(`期限：重新计算 ${data.clocks.length} 项`, `limits: ${data.clocks.length} reckoned again`), results.flatMap((r, i) => r.map(d => data.clocks[i].name + " " + d))
    .concat(data.clocks.filter((p, i) => !a.clocks[i] || p.case !== a.no || (p.result.due || "") !== (a.clocks[i].due || "")).map(p => p.name + say("与办件记录不符", " is not the one the case names"))));
  checkLog(a, data.log, say).then(r => {
    judge(say(`审计日志：${data.log.records.length} 条记录在检查点之内，办理过程与之一致`, `audit log: ${data.log.records.length} records lie within the checkpoint, the events agree`), r.found);
    signature(say("检查点的 Ed25519 签名", "Ed25519 signature of the checkpoint"), r.signature);
  }, e => judge(say("审计日志", "audit log"), [String(e)])).then(() => {
    put("open", say("SM2 签名、公钥归属、放假安排原文", "SM2 signatures, whose keys these are, the holiday notices themselves"), [say("本页不能验证，请用 tongban case verify，并与该市公布的公钥核对。公钥：", "this page cannot check them; use tongban case verify and the key that the city publishes. Key: ") + data.log.keys[0]]);
    document.body.dataset.checked = wrong ? "wrong" : "proven";
  });
}

// tongbanArchive is what data.js calls.
function tongbanArchive(data) {
  window.addEventListener("hashchange", () => show(data));
  show(data);
}
