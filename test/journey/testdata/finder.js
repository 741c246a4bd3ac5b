// Finds something by what people see: control (link, button), details (folded), link,
// box (by its label), day (part of a date), option (of a question), tick, file
// (of a material). The third word names the part of the page, or the question.
(kind, words, third) => {
  const squeeze = s => (s || "").replace(/\s+/g, "");
  const want = squeeze(words);
  const shown = e => e.getClientRects().length > 0 && e.checkVisibility({ visibilityProperty: true });
  const plain = e => { // without words that only screen readers get
    const c = e.cloneNode(true);
    c.querySelectorAll(".away, .opt, .help, .why, .from, small").forEach(x => x.remove());
    return squeeze(c.textContent);
  };
  const names = e => [plain(e), squeeze(e.textContent), squeeze(e.getAttribute("aria-label")), squeeze(e.value)].filter(x => x);
  const fits = [n => n === want, n => n.startsWith(want), n => n.includes(want)];
  const inMain = e => e.closest("main") ? 0 : 1;
  // best: the closest fit; what is in main comes first.
  const best = (list, name = names) => {
    for (const fit of fits) {
      const hit = list.filter(e => name(e).some(fit)).sort((a, b) => inMain(a) - inMain(b))[0];
      if (hit) return hit;
    }
    return null;
  };
  const all = (sel, root = document) => [...root.querySelectorAll(sel)].filter(shown);
  // part: what stands under a heading; else the row or item that has the words.
  const part = title => {
    const t = squeeze(title);
    const under = all("h1, h2, h3, h4, legend, summary, th, caption").map(h => [h, squeeze(h.textContent)]).filter(([, n]) => n.includes(t))
      .sort(([a, n], [b, m]) => (n !== t) - (m !== t) || !n.startsWith(t) - !m.startsWith(t) || inMain(a) - inMain(b))[0];
    if (under) {
      const h = under[0], box = h.closest("section, fieldset, article, details, tr, li, .card, form") || h.parentElement;
      const rivals = [...box.querySelectorAll(h.tagName)].filter(x => x !== h && x.parentElement === h.parentElement);
      return rivals.length && h.nextElementSibling ? h.nextElementSibling : box;
    }
    return all("li, tr, section, .card").filter(e => squeeze(e.textContent).includes(t)).sort((a, b) => a.textContent.length - b.textContent.length)[0];
  };
  const at = e => {
    e.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const middle = () => { const r = e.getClientRects()[0]; return [r.left + r.width / 2, r.top + r.height / 2]; };
    let [x, y] = middle();
    // Two quick touches of one spot of the screen are a double touch, whatever is under them.
    for (const by of [80, -80]) if (Math.abs(y - globalThis.lastPressed) < 50) { scrollBy({ top: by, behavior: "instant" }); [x, y] = middle(); }
    globalThis.lastPressed = y;
    const top = document.elementFromPoint(x, y);
    if (!top || !(e.contains(top) || top.contains(e) || top.closest("label") === e.closest("label") && e.closest("label")))
      return { Error: "it is covered by " + (top ? top.outerHTML.slice(0, 120) : "nothing: it is outside the window") };
    return { X: x, Y: y, ID: e.id };
  };
  const widgetOf = label => label.control || document.getElementById(label.htmlFor) || label.querySelector("input, select, textarea");
  let root = document;
  if (kind !== "option" && kind !== "day" && third) {
    root = part(third);
    if (!root) return { Error: "no part of the page is called that" };
  }
  switch (kind) {
    case "control": {
      const e = best(all("a[href], button, input[type=submit]", root).filter(e => !e.disabled && !(e.classList.contains("away") || e.getAttribute("aria-hidden"))));
      return e ? at(e) : { Error: "nothing is called that" };
    }
    case "link": {
      const e = best(all("a[href]", root));
      return e ? { ID: e.href } : { Error: "no link is called that" };
    }
    case "box": {
      const l = best(all("label", root).filter(l => { const w = widgetOf(l); return w && !["radio", "checkbox", "file"].includes(w.type); }));
      if (!l) return { Error: "no box is labelled that" };
      return at(widgetOf(l));
    }
    case "details": {
      const e = best(all("summary", root));
      return e ? { ...at(e), On: e.parentElement.open } : { Error: "nothing to unfold is called that" };
    }
    case "named": {
      const e = best(all("input[aria-label], textarea[aria-label]", root), e => [squeeze(e.getAttribute("aria-label"))]);
      return e ? at(e) : { Error: "no box is named that" };
    }
    case "day": {
      const f = best(all("fieldset"), e => names(e.querySelector("legend") || document.createElement("i")));
      const boxes = f ? all(".ymd input", f) : [];
      return boxes[+third] ? at(boxes[+third]) : { Error: "no date is called that" };
    }
    case "tick": {
      const l = best(all("label", root).filter(l => (widgetOf(l) || {}).type === "checkbox"));
      if (!l) return { Error: "no tick box is labelled that" };
      return { ...at(l), On: widgetOf(l).checked };
    }
    case "option": {
      const q = squeeze(third);
      const fields = all("fieldset").filter(f => squeeze((f.querySelector("legend") || {}).textContent).startsWith(q));
      for (const f of fields) {
        const l = best(all("label", f).filter(l => ["radio", "checkbox"].includes((widgetOf(l) || {}).type)));
        if (l) return { ...at(l), On: widgetOf(l).checked };
      }
      for (const l of all("label").filter(l => plain(l).startsWith(q) || squeeze(l.textContent).startsWith(q))) {
        const s = widgetOf(l);
        if (!s || s.tagName !== "SELECT") continue;
        const i = [...s.options].findIndex(o => squeeze(o.textContent).includes(want));
        if (i < 0) return { Error: "the list has no such option: " + [...s.options].map(o => o.textContent).join(" | ") };
        return { ...at(s), On: s.selectedIndex === i, Past: i - s.selectedIndex };
      }
      return { Error: "no such question or option" };
    }
    case "slot": {
      const l = all("label").find(l => (widgetOf(l) || {}).type === "radio");
      return l ? at(l) : { Error: "there is nothing to choose" };
    }
    case "file": {
      const l = best(all("label").filter(l => (widgetOf(l) || {}).type === "file"));
      return l ? { ID: widgetOf(l).id } : { Error: "no material takes files by that name" };
    }
  }
  return { Error: "the journey asks for a kind of thing that does not exist" };
}
