// What makes pages respond. Every page reads the same without it. The dialogs
// are in dialogs.js, which is loaded when one is asked for.
(() => {
"use strict";
const doc = document, root = doc.documentElement, base = root.dataset.root;
const one = (s, from = doc) => from.querySelector(s), all = (s, from = doc) => [...from.querySelectorAll(s)];
const make = (tag, props = {}, ...inside) => { const e = Object.assign(doc.createElement(tag), props); e.append(...inside); return e; };
const set = (e, attributes) => { for (const a in attributes) e.setAttribute(a, attributes[a]); return e; };
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem("workbook:" + key)) ?? {}; } catch { return {}; } },
  set(key, value) { try { localStorage.setItem("workbook:" + key, JSON.stringify(value)); } catch { /* private windows */ } },
};
const say = set(make("div", { className: "skip" }), { role: "status" });
doc.body.append(say);

// Colours: automatic, light, dark.
const theme = one("#theme");
const showTheme = () => set(theme, { "aria-label": "Colours: " + (root.dataset.theme || "automatic") });
theme.onclick = () => {
  const next = { light: "dark", dark: "" }[root.dataset.theme || ""] ?? "light";
  if (next) root.dataset.theme = next; else delete root.dataset.theme;
  try { next ? localStorage.setItem("theme", next) : localStorage.removeItem("theme"); } catch { /* private windows */ }
  showTheme();
  say.textContent = theme.getAttribute("aria-label");
};
showTheme();
one(".tools").hidden = false;

// Contents on small screens.
const side = one(".side"), menu = set(one(".menu"), { role: "button", "aria-expanded": false });
const unfold = (open) => { side.classList.toggle("open", open); set(menu, { "aria-expanded": open }); };
menu.onclick = (e) => {
  e.preventDefault();
  const open = !side.classList.contains("open");
  unfold(open);
  if (open) { scrollTo(0, 0); one("a", side)?.focus(); }
};
menu.onkeydown = (e) => { if (e.key == " ") menu.onclick(e); };
side.onclick = (e) => { if (e.target.closest("a")) unfold(false); };
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

// Code: copying, and numbers of lines, which link to them.
for (const fig of all("figure.code")) {
  const code = one("code", fig), b = make("button", { type: "button", className: "copy", textContent: "Copy" });
  b.onclick = async () => {
    const text = code.textContent;
    try { await navigator.clipboard.writeText(text); } catch {
      const area = make("textarea", { value: text }); doc.body.append(area); area.select(); doc.execCommand("copy"); area.remove();
    }
    b.textContent = say.textContent = "Copied";
    setTimeout(() => { b.textContent = "Copy"; say.textContent = ""; }, 1500);
  };
  (one("figcaption", fig) ?? fig).append(b);
  if (!fig.matches(".go[id]:not(:has(.numbered))")) continue;
  const count = code.textContent.trimEnd().split("\n").length;
  const numbers = set(make("span", { className: "nums", textContent: Array.from({ length: count }, (_, i) => i + 1).join("\n") }), { "aria-hidden": true });
  numbers.onclick = (e) => { location.hash = fig.id + "-L" + Math.min(count, 1 + Math.floor(e.offsetY * count / numbers.offsetHeight)); };
  code.before(numbers);
}
const line = make("span", { className: "at" });
const toLine = () => {
  line.remove();
  const [, id, n] = decodeURIComponent(location.hash).match(/^#(.+)-L(\d+)$/) ?? [], code = id && one("code", doc.getElementById(id) ?? line);
  if (!code) return;
  line.style.setProperty("--n", n - 1);
  code.before(line);
  line.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", toLine);
toLine();

// Predictions: choose first, then read what the answer says.
const chosen = store.get("predictions");
all(".choices[data-right]").forEach((list, n) => {
  const key = list.dataset.predict, right = +list.dataset.right, items = [...list.children];
  let answers = list;
  do answers = answers.nextElementSibling; while (answers && !answers.matches("h1, h2, h3, h4, h5, h6, details.answers"));
  const notes = answers ? [...(one("ol, ul", answers)?.children ?? [])] : [];
  list.classList.add("open");
  set(list, { role: "radiogroup", "aria-label": "Your prediction" });
  const show = (i) => {
    items.forEach((li, k) => {
      const is = k + 1 == right;
      li.classList.toggle("chosen", k == i);
      li.classList.toggle("right", is);
      li.classList.toggle("wrong", k == i && !is);
      one(".why", li)?.remove();
      if (k != i && !is) return;
      const why = make("span", { className: "why" }, make("b", { textContent: is ? "The run says so. " : "The run says otherwise. " }));
      if (notes[k]) for (const c of notes[k].cloneNode(true).childNodes) why.append(c.nodeName == "P" ? make("span", { innerHTML: c.innerHTML }) : c.cloneNode(true));
      li.append(why);
    });
    list.classList.remove("open");
  };
  items.forEach((li, k) => {
    const radio = make("input", { type: "radio", name: "predict" + n, value: k });
    li.append(make("label", {}, radio, ...li.childNodes));
    set(li, { role: "presentation" });
    radio.onchange = () => { show(k); chosen[key] = k; store.set("predictions", chosen); say.textContent = one(".why b", li).textContent; };
    if (chosen[key] === k) { radio.checked = true; show(k); }
  });
});

// What was read, kept in this browser by the address of the page.
const read = store.get("read"), place = (a) => a.getAttribute("href").slice(base.length);
const ticks = () => all(".book a:not(.away)").forEach((a) => a.classList.toggle("read", !!read[place(a)]));
ticks();
const end = one(".end");
if (end && here) new IntersectionObserver((seen, watch) => {
  if (!seen[0].isIntersecting || scrollY < 200) return;
  read[place(here)] = 1; store.set("read", read); ticks(); watch.disconnect();
}).observe(end);

// Keys.
let loading;
const open = (name) => {
  loading ??= new Promise((done, fail) => doc.head.append(set(make("link", { rel: "stylesheet" }), { href: base + "DIALOGS.CSS" }), make("script", { src: base + "DIALOGS.JS", onload: done, onerror: fail })));
  loading.then(() => window.workbook[name](), () => { loading = null; say.textContent = "This could not be loaded."; });
};
one("#find").onclick = () => open("search");
const jump = (step) => {
  const heads = all("article :is(h2,h3)[id]");
  const next = step > 0 ? heads.find((h) => h.getBoundingClientRect().top > 90) : heads.findLast((h) => h.getBoundingClientRect().top < 40);
  if (next) next.scrollIntoView(); else if (step < 0) scrollTo(0, 0);
};
const keys = {
  "/": () => open("search"), s: () => open("search"), "?": () => open("keys"), j: () => jump(1), k: () => jump(-1), t: theme.onclick,
  c: () => { if (menu.checkVisibility()) menu.click(); else (here ?? one(".book a"))?.focus(); },
  ArrowLeft: () => one("a[rel=prev]")?.click(), ArrowRight: () => one("a[rel=next]")?.click(),
};
addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not([type=radio]), textarea, select, dialog[open], [contenteditable]")) return;
  if (e.key.startsWith("Arrow") && e.target.closest("pre, .tw, .picture, input, [role=tablist]")) return;
  const act = keys[e.key];
  if (act) { e.preventDefault(); act(); }
});
})();
