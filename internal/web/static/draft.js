// A copy of what is typed into a form of a draft, in this tab alone, for the time
// until the server has it: a reload or a lost network loses nothing. The server
// decides what counts; this copy never says that something was received.
(() => {
  "use strict";
  const d = document, say = (zh, en) => d.documentElement.lang.startsWith("zh") ? zh : en;
  const f = d.querySelector("form[data-safe]"), base = "draft:";
  const read = k => { try { return JSON.parse(sessionStorage.getItem(k)); } catch { return null; } };
  const drop = k => { try { sessionStorage.removeItem(k); } catch {} };
  // Whoever logs in at this machine after somebody else finds no copies.
  const mine = base + (d.documentElement.dataset.me || "") + ":";
  for (const k of Object.keys(sessionStorage)) if (k.startsWith(base) && !k.startsWith(mine)) drop(k);
  // What the server has saved since it was copied is kept there.
  const draft = d.querySelector("data[data-draft]");
  if (draft) for (const k of Object.keys(sessionStorage)) if (k.startsWith(mine + draft.dataset.draft + "/") && +(read(k) || {}).version < +draft.dataset.version) drop(k);
  if (!f) return;
  const key = mine + f.dataset.safe, state = f.querySelector("[data-autosave-state]");
  const typed = () => [...new FormData(f)].filter(e => typeof e[1] === "string");
  const tell = (text, bad) => { if (state) { state.textContent = text; state.classList.toggle("bad", !!bad); } };
  const keep = () => { try { sessionStorage.setItem(key, JSON.stringify({ version: f.dataset.version, typed: typed() })); } catch {} };

  const old = read(key);
  if (old && +old.version >= +f.dataset.version && JSON.stringify(old.typed) !== JSON.stringify(typed())) {
    const left = new Map();
    old.typed.forEach(([n, v]) => left.set(n, [...(left.get(n) || []), v]));
    for (const e of f.elements) {
      if (!e.name || e.type === "hidden" || e.type === "submit" || e.type === "file") continue;
      const v = left.get(e.name) || [];
      if (e.type === "checkbox" || e.type === "radio") e.checked = v.includes(e.value);
      else if (v.length) e.value = v.shift();
    }
    f.dispatchEvent(new Event("input", { bubbles: true }));
    tell(say("已恢复本机上未送达的内容，正在送往服务器；送达之前不算保存。", "What had not reached the server is back on this page; it is not saved before the server says so."), true);
  } else drop(key);

  f.addEventListener("input", keep);
  f.addEventListener("tongban:saved", e => { if (e.detail) f.dataset.version = e.detail; drop(key); });
  f.addEventListener("submit", e => {
    keep();
    if (navigator.onLine) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    tell(say("网络已断开，没有送达。填写的内容留在本机，恢复网络后请再按一次。", "The network is gone, nothing was sent. What you typed stays on this machine; press again when it is back."), true);
  }, true);
  addEventListener("online", () => f.dispatchEvent(new Event("input", { bubbles: true })));
})();
