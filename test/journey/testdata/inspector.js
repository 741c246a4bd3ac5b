// Says what the page is, and names the faults that no page may have.
() => {
  const faults = [], d = document, root = d.documentElement, body = d.body ? d.body.innerText : "";
  if (!d.title.trim()) faults.push("the page has no title");
  if (!root.lang) faults.push("the page has no language");
  const h1 = d.querySelectorAll("h1").length;
  if (h1 !== 1) faults.push("the page has " + h1 + " main headings");
  if (root.scrollWidth > root.clientWidth + 1) {
    const wide = [...d.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 3)
      .map(e => e.tagName + "." + e.className + " " + (e.textContent || "").trim().slice(0, 30));
    faults.push("the page scrolls sideways: " + root.scrollWidth + " in " + root.clientWidth + " " + wide.join(" / "));
  }
  for (const bad of ["<no value>", "{{", "}}", "%!", "[object ", "undefined", "NaN", "&lt;", "&amp;", "&#", "ZgotmplZ", "0001-01-01", "1970-01-01", "1970年", "<nil>", "<a ", "<div", "<span"])
    if (body.includes(bad)) faults.push("the page shows “" + bad + "” near “" + body.slice(Math.max(0, body.indexOf(bad) - 30), body.indexOf(bad) + 30).replace(/\s+/g, " ") + "”");
  const ids = {};
  d.querySelectorAll("[id]").forEach(e => { ids[e.id] = (ids[e.id] || 0) + 1; });
  for (const [id, n] of Object.entries(ids)) if (n > 1) faults.push(n + " elements have the id " + id);
  d.querySelectorAll("img").forEach(e => { if (e.complete && !e.naturalWidth) faults.push("a picture is missing: " + e.src); });
  return { Faults: faults, Text: body, Path: location.pathname + location.search, Elder: root.hasAttribute("data-elder"),
    Outline: [...d.querySelectorAll("h1, h2, summary")].map(e => e.textContent.trim()).join(" | ") };
}
