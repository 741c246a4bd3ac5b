// Comfort for pages that already work without it. Nothing here decides anything.
(() => {
  "use strict";
  const d = document, root = d.documentElement;
  const say = (zh, en) => root.lang.startsWith("zh") ? zh : en;
  const all = (sel, fn, at = d) => at.querySelectorAll(sel).forEach(fn);
  const clock = () => new Date().toTimeString().slice(0, 5);
  const busy = new WeakSet();

  // data-autosave="URL": what was typed is kept, and the page says when.
  const fields = f => new URLSearchParams([...new FormData(f)].filter(e => typeof e[1] === "string"));
  const autosave = f => {
    const state = f.querySelector("[data-autosave-state]");
    let timer, dirty = false;
    const tell = (text, bad) => { if (state) { state.textContent = text; state.classList.toggle("bad", !!bad); } };
    const save = keepalive => {
      clearTimeout(timer);
      if (!dirty || busy.has(f)) return;
      dirty = false;
      tell(say("正在保存…", "Saving…"));
      fetch(f.dataset.autosave, { method: "POST", body: fields(f), keepalive, headers: { "X-Autosave": "1" } }).then(r => {
        if (!r.ok || r.redirected) throw r;
        f.dispatchEvent(new CustomEvent("tongban:saved", { detail: r.headers.get("X-Draft-Version") }));
        tell(say("已保存 ", "Saved ") + clock());
      }).catch(() => {
        dirty = true;
        tell(say("未能保存。填写的内容还在本页，请检查网络后继续。", "Not saved. Your input is still on this page; check the network."), true);
      });
    };
    f.addEventListener("input", () => { dirty = true; clearTimeout(timer); timer = setTimeout(save, 1200); });
    d.addEventListener("visibilitychange", () => d.hidden && save(true));
  };

  // data-upload: the form goes with visible progress; its answer takes the page's place.
  const upload = (f, by) => {
    const x = new XMLHttpRequest(), p = d.createElement("progress"), s = d.createElement("p");
    s.className = "small soft"; s.setAttribute("role", "status"); p.max = 100; p.value = 0;
    p.setAttribute("aria-label", say("上传进度", "Upload progress"));
    f.append(p, s);
    const over = text => { p.remove(); s.textContent = text; busy.delete(f); };
    x.upload.onprogress = e => { p.value = 100 * e.loaded / e.total; s.textContent = say("已上传 ", "Uploaded ") + Math.round(p.value) + "%"; };
    x.onerror = () => over(say("上传中断，请检查网络后重试。", "The upload broke off. Check the network and try again."));
    x.onload = () => {
      if (x.status < 400) { busy.delete(f); if (x.responseURL === location.href) location.reload(); else location.href = x.responseURL; return; }
      const m = new DOMParser().parseFromString(x.responseText, "text/html").querySelector("main");
      if (!m) return over(say("上传没有成功，请重试。", "The upload did not succeed. Try again."));
      d.querySelector("main").replaceWith(m); start(m);
    };
    x.open("POST", f.action);
    x.send(new FormData(f, by));
  };

  // data-when: conditions for browsers without :has(), any of all of [name, answers].
  const show = f => {
    const given = n => { const l = new FormData(f).getAll(n); all(`data[data-answer="${n}"]`, x => l.push(x.getAttribute("value")), f); return l.length ? l : ["false"]; };
    all("[data-when]", e => { e.hidden = !JSON.parse(e.dataset.when).some(alt => alt.every(([n, ok]) => given(n).some(v => ok.includes(v)))); }, f);
  };

  // data-refresh="30": the element is renewed from its own page while nobody is using it.
  const refresh = e => setInterval(() => {
    if (d.hidden || e.contains(d.activeElement)) return;
    fetch(e.dataset.refreshUrl || location.href, { headers: { "X-Refresh": "1" } }).then(r => r.ok && !r.redirected ? r.text() : "").then(t => {
      const n = t && new DOMParser().parseFromString(t, "text/html").getElementById(e.id);
      if (n && n.innerHTML !== e.innerHTML) e.innerHTML = n.innerHTML;
    }).catch(() => {});
  }, e.dataset.refresh * 1000);

  // data-countdown="60" data-goto="URL": the visible end of a kiosk session; any touch starts it again.
  const countdown = e => {
    let left = +e.dataset.countdown;
    const b = e.querySelector("b"), reset = () => { left = +e.dataset.countdown; };
    ["pointerdown", "keydown", "input"].forEach(k => addEventListener(k, reset));
    const timer = setInterval(() => {
      b.textContent = --left;
      if (left <= 0) { clearInterval(timer); location.replace(e.dataset.goto); }
    }, 1000);
  };

  const start = at => {
    const e = at.querySelector(".errors");
    if (e) e.focus();
    all("form[data-autosave]", autosave, at);
    all("[data-refresh]", refresh, at);
    all("[data-countdown]", countdown, at);
    all("[data-print]", b => { b.hidden = false; b.onclick = () => print(); }, at);
    if (matchMedia("(min-width: 60rem)").matches) all("details.filters", x => { x.open = true; }, at);
    if (!(window.CSS && CSS.supports("selector(:has(a))"))) all("form", f => { show(f); f.addEventListener("input", () => show(f)); }, at);
  };

  // data-confirm asks first; a form goes once.
  d.addEventListener("submit", e => {
    const f = e.target, by = e.submitter, ask = (by && by.dataset.confirm) || f.dataset.confirm;
    if (busy.has(f) || (ask && !confirm(ask))) return e.preventDefault();
    if (f.method !== "post") return;
    busy.add(f);
    if ("upload" in f.dataset && window.FormData) { e.preventDefault(); return upload(f, by); }
    if (by) by.setAttribute("aria-disabled", "true");
    setTimeout(() => { busy.delete(f); if (by) by.removeAttribute("aria-disabled"); }, 8000);
  });
  addEventListener("pageshow", e => e.persisted && location.reload());
  d.addEventListener("change", e => { if (e.target.matches("[data-now]")) e.target.form.requestSubmit(); });

  // data-key="a" on the desk: the key presses the control; j and k walk the rows.
  d.addEventListener("keydown", e => {
    if (!("keys" in root.dataset) || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input,select,textarea")) return;
    const k = e.key.toLowerCase(), hit = d.querySelector(`[data-key="${CSS.escape(k)}"]`);
    if (hit) { e.preventDefault(); return hit.matches("input") ? hit.focus() : hit.click(); }
    if (k !== "j" && k !== "k") return;
    const rows = [...d.querySelectorAll("[data-row]")], at = rows.indexOf(d.activeElement);
    const next = rows[k === "j" ? at + 1 : Math.max(at - 1, 0)];
    if (next) next.focus();
  });

  start(d);
})();
