// What makes pages respond. Every page reads the same without it. What the first
// look at a page does without is in later.js, which is loaded when it is asked for.
(() => {
"use strict";
const doc = document, root = doc.documentElement, base = root.dataset.root;
const one = (s, from = doc) => from.querySelector(s), all = (s, from = doc) => [...from.querySelectorAll(s)];
const make = (tag, props = {}, ...inside) => { const e = Object.assign(doc.createElement(tag), props); e.append(...inside); return e; };
const set = (e, attributes) => { for (const a in attributes) e.setAttribute(a, attributes[a]); return e; };
const say = set(make("div", { className: "skip" }), { role: "status" });
doc.body.append(say);

let loading;
const later = (name, ...of) => {
  loading ??= new Promise((done, fail) => doc.head.append(make("link", { rel: "stylesheet", href: base + "LATER.CSS" }), make("script", { src: base + "LATER.JS", onload: done, onerror: fail })));
  return loading.then(() => workbook[name](...of), () => { loading = null; return say.textContent = "This could not be loaded."; });
};

// Colours: automatic, light, dark.
set(one("#theme"), { "aria-label": "Colours: " + (root.dataset.theme || "automatic") }).onclick = async () => say.textContent = await later("theme");
one(".tools").hidden = false;

// Contents on small screens.
const side = one(".side"), menu = set(one(".menu"), { role: "button", "aria-expanded": false });
menu.onclick = (e) => { e.preventDefault(); later("unfold"); };
menu.onkeydown = (e) => { if (e.key == " ") menu.onclick(e); };
const here = one(".book [aria-current]");
if (here) for (const box of [one(".book"), side]) if (box.scrollHeight > box.clientHeight) box.scrollTop = here.offsetTop - box.clientHeight / 3;

// The section that is being read.
const entries = new Map(all(".toc a").map((a) => [doc.getElementById(a.hash.slice(1)), a]));
if (entries.size) {
  const heads = [...entries.keys()].filter(Boolean);
  let last, due;
  const mark = () => {
    due = 0;
    const now = heads.findLast((h) => h.getBoundingClientRect().top < innerHeight * .3) ?? heads[0];
    if (now == last) return;
    entries.get(last)?.classList.remove("on");
    entries.get(last = now).classList.add("on");
  };
  addEventListener("scroll", () => due ||= requestAnimationFrame(mark), { passive: true });
  mark();
}

// Code: copying, its name and the numbers of lines, which link to them.
for (const fig of all("figure.code")) {
  const code = one("code", fig), b = make("button", { type: "button", className: "copy", textContent: "Copy" });
  b.onclick = async () => {
    try { await navigator.clipboard.writeText(code.textContent); } catch { await later("copy", code.textContent); }
    b.textContent = say.textContent = "Copied";
    setTimeout(() => { b.textContent = "Copy"; say.textContent = ""; }, 1500);
  };
  (one("figcaption", fig) ?? fig).append(b);
  if (fig.id) one(".name", fig).href = "#" + fig.id;
  if (!fig.matches(".go[id]:not(:has(.numbered))")) continue;
  const count = code.textContent.trimEnd().split("\n").length;
  const numbers = set(make("span", { className: "nums", textContent: Array.from({ length: count }, (_, i) => i + 1).join("\n") }), { "aria-hidden": true });
  numbers.onclick = (e) => { location.hash = fig.id + "-L" + Math.min(count, 1 + Math.floor(e.offsetY * count / numbers.offsetHeight)); };
  code.before(numbers);
}
const toLine = () => { if (loading || /-L\d+$/.test(location.hash)) later("line"); };
addEventListener("hashchange", toLine);
toLine();

// Predictions: choose first, then read what the answer says.
all(".choices[data-right]").forEach((list, n) => {
  list.classList.add("open");
  set(list, { role: "radiogroup", "aria-label": "Your prediction" });
  [...list.children].forEach((li, k) => {
    const radio = make("input", { type: "radio", name: "predict" + n });
    li.append(make("label", {}, radio, ...li.childNodes));
    set(li, { role: "presentation" });
    radio.onchange = async () => say.textContent = await later("choose", list, k);
  });
});

// What was read and predicted, kept in this browser.
try { if (localStorage["workbook:read"] || localStorage["workbook:predictions"]) later("recall"); } catch { /* private windows */ }
const end = one(".end");
if (end && here) new IntersectionObserver(([seen], watch) => {
  if (!seen.isIntersecting || scrollY < 200) return;
  here.classList.add("read");
  watch.disconnect();
  try { localStorage["workbook:read"] = JSON.stringify({ ...JSON.parse(localStorage["workbook:read"] ?? "{}"), [here.getAttribute("href").slice(base.length)]: 1 }); } catch { /* private windows */ }
}).observe(end);

// Keys.
one("#find").onclick = () => later("search");
addEventListener("keydown", (e) => {
  if (e.key == "Tab") later("stops");
  if (!/^([/?sjktc]|Arrow(Left|Right))$/.test(e.key) || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not([type=radio]), textarea, select, dialog[open], [contenteditable]")) return;
  if (e.key[1] && e.target.closest("pre, .tw, .picture, input, [role=tablist]")) return;
  e.preventDefault();
  later("press", e.key);
});
})();
