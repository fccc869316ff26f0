// What the first look at a page does without: the dialogs, what keys do, lines
// that are linked to, the answers to predictions, and what a browser has kept of
// earlier visits. Loaded when one of them is asked for first.
(() => {
"use strict";
const doc = document, base = doc.documentElement.dataset.root;
const one = (s, from = doc) => from.querySelector(s);
const make = (tag, props = {}, ...inside) => { const e = Object.assign(doc.createElement(tag), props); e.append(...inside); return e; };
const store = {
  get(key) { try { return JSON.parse(localStorage.getItem("workbook:" + key)) ?? {}; } catch { return {}; } },
  set(key, value) { try { localStorage.setItem("workbook:" + key, JSON.stringify(value)); } catch { /* private windows */ } },
};
const dialogs = {};
const dialog = (name, label, fill) => dialogs[name] ??= (() => {
  const d = make("dialog");
  d.setAttribute("aria-label", label);
  fill(d);
  d.onclick = (e) => { if (e.target == d) d.close(); };
  doc.body.append(d);
  return d;
})();

// The index is a script, which can be loaded from a disk too.
let index;
const load = () => index ??= new Promise((done, fail) => {
  window.workbookIndex = (pages, sections, words) => {
    const rows = (s) => s.split("\n").slice(0, -1).map((l) => l.split("\t"));
    let at = 0, before = "";
    done({
      pages: rows(pages),
      sections: rows(sections).map(([d, title, id]) => ({ page: at += parseInt(d, 36), title, id: id ?? title.toLowerCase().replace(/[^\w -]/g, "").replace(/ /g, "-") })),
      words: words.split("\n").slice(0, -1).map((l) => {
        const [word, list] = l.slice(1).split(" "), cut = word.endsWith("*");
        before = before.slice(0, parseInt(l[0], 36)) + (cut ? word.slice(0, -1) : word);
        return { word: before, list, cut };
      }),
    });
  };
  doc.head.append(make("script", { src: base + "assets/search.js", onerror: () => { index = null; fail(); } }));
});
const find = ({ pages, sections, words }, query) => {
  const scores = new Map(), terms = query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  terms.forEach((term, n) => {
    const found = new Map(), singular = term.replace(/s$/, "");
    let lo = 0, hi = words.length, more = false;
    while (lo < hi) { const mid = lo + hi >> 1; words[mid].word < singular ? lo = mid + 1 : hi = mid; }
    const take = ({ word, list, cut }) => {
      const close = word == term ? 3 : word == singular || word == term + "s" ? 2 : .6;
      const hits = list.match(/[A-C][0-9a-z]*/g), rare = Math.log(1 + sections.length / hits.length);
      let at = 0;
      for (const h of hits) { at += parseInt(h.slice(1) || "0", 36); const s = close * rare * { A: 1, B: 2.2, C: 5 }[h[0]]; if (s > (found.get(at) ?? 0)) found.set(at, s); }
      more ||= cut;
    };
    for (let i = lo; words[i]?.word.startsWith(singular); i++) take(words[i]);
    if (!found.size && term.length > 3) for (const w of words) if (w.word.includes(singular)) take(w);
    for (const [s, v] of found) if (!n || scores.has(s)) scores.set(s, (scores.get(s) ?? 0) + v);
    if (!more) for (const s of [...scores.keys()]) if (!found.has(s)) scores.delete(s);
  });
  return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 20).map(([s]) => ({ ...sections[s], in: pages[sections[s].page] }));
};

const search = () => {
  const d = dialog("search", "Search the book", (d) => {
    const box = make("input", { type: "text", placeholder: "Search the book", autocomplete: "off", spellcheck: false });
    box.setAttribute("aria-label", "Search the book");
    const list = make("ol"), note = make("p");
    note.setAttribute("role", "status");
    box.oninput = async () => {
      const query = box.value;
      const data = await load().catch(() => null);
      if (query != box.value) return;
      if (!data) { note.textContent = "The search index could not be loaded."; return; }
      const hits = find(data, query);
      note.textContent = !query.trim() || hits.length ? "" : "Nothing found. Try fewer or other words.";
      list.replaceChildren(...hits.map((h) => make("li", {}, make("a", { href: base + h.in[0] + (h.id ? "#" + h.id : "") }, h.title, make("small", { textContent: h.in[1] })))));
    };
    d.onkeydown = (e) => {
      const links = [...list.querySelectorAll("a")], at = links.indexOf(doc.activeElement);
      if (e.key == "ArrowDown") { e.preventDefault(); links[Math.min(at + 1, links.length - 1)]?.focus(); }
      if (e.key == "ArrowUp") { e.preventDefault(); at > 0 ? links[at - 1].focus() : box.focus(); }
      if (e.key == "Enter" && doc.activeElement == box) links[0]?.click();
    };
    list.onclick = (e) => { if (e.target.closest("a")) d.close(); };
    d.append(box, note, list);
  });
  load().catch(() => {});
  d.showModal();
  d.querySelector("input").select();
};

const keys = () => {
  dialog("keys", "Keys", (d) => {
    const rows = [["/", "search the book"], ["←  →", "previous and next page"], ["j  k", "next and previous section"], ["c", "contents"], ["t", "colours"], ["?", "these keys"], ["Esc", "close"]];
    d.append(make("h2", { textContent: "Keys" }), make("dl", {}, ...rows.flatMap(([k, what]) => [make("dt", {}, make("kbd", { textContent: k })), make("dd", { textContent: what })])), make("p", { textContent: "Click a line number to link to that line." }));
    d.tabIndex = -1;
  }).showModal();
};
// What the run says of choice i of a prediction, with the chapter's notes. It
// returns the verdict, which is also said aloud.
const answer = (list, i) => {
  let notes = list, verdict;
  do notes = notes.nextElementSibling; while (notes && !notes.matches("h1, h2, h3, h4, h5, h6, details.answers"));
  notes = notes?.querySelector("ol, ul")?.children ?? [];
  [...list.children].forEach((li, k) => {
    const is = k + 1 == list.dataset.right;
    li.classList.toggle("chosen", k == i);
    li.classList.toggle("right", is);
    li.classList.toggle("wrong", k == i && !is);
    li.querySelector(".why")?.remove();
    if (k != i && !is) return;
    const says = make("b", { textContent: is ? "The run says so. " : "The run says otherwise. " });
    const why = make("span", { className: "why" }, says);
    if (k == i) verdict = says.textContent;
    if (notes[k]) for (const c of notes[k].cloneNode(true).childNodes) why.append(c.nodeName == "P" ? make("span", { innerHTML: c.innerHTML }) : c.cloneNode(true));
    li.append(why);
  });
  list.classList.remove("open");
  return verdict;
};

// Contents on small screens, until one of them is chosen.
const unfold = () => {
  const side = one(".side"), menu = one(".menu"), open = side.classList.toggle("open");
  menu.setAttribute("aria-expanded", open);
  side.onclick = (e) => { if (open && e.target.closest("a")) unfold(); };
  side.onkeydown = (e) => { if (open && e.key == "Escape") { unfold(); menu.focus(); } };
  if (open) { scrollTo(0, 0); one("a", side)?.focus(); }
};

// The colours that come next.
const theme = () => {
  const data = doc.documentElement.dataset, next = { light: "dark", dark: "" }[data.theme || ""] ?? "light";
  if (next) data.theme = next; else delete data.theme;
  try { next ? localStorage.setItem("theme", next) : localStorage.removeItem("theme"); } catch { /* private windows */ }
  const label = "Colours: " + (next || "automatic");
  one("#theme").setAttribute("aria-label", label);
  return label;
};

// Copying where the address is not a safe one.
const copy = (text) => {
  const area = make("textarea", { value: text });
  doc.body.append(area);
  area.select();
  doc.execCommand("copy");
  area.remove();
};

const jump = (step) => {
  const heads = [...doc.querySelectorAll("article :is(h2,h3)[id]")];
  const next = step > 0 ? heads.find((h) => h.getBoundingClientRect().top > 90) : heads.findLast((h) => h.getBoundingClientRect().top < 40);
  if (next) next.scrollIntoView(); else if (step < 0) scrollTo(0, 0);
};
const acts = {
  "/": search, s: search, "?": keys, j: () => jump(1), k: () => jump(-1), t: () => one("#theme").click(),
  c: () => { const menu = one(".menu"); if (menu.checkVisibility()) menu.click(); else (one(".book [aria-current]") ?? one(".book a"))?.focus(); },
  ArrowLeft: () => one("a[rel=prev]")?.click(), ArrowRight: () => one("a[rel=next]")?.click(),
};
const press = (key) => acts[key]();

// The line that the address leads to stands out.
const mark = make("span", { className: "at" });
const line = () => {
  mark.remove();
  const [, id, n] = decodeURIComponent(location.hash).match(/^#(.+)-L(\d+)$/) ?? [], code = doc.getElementById(id)?.querySelector("code");
  if (!code) return;
  mark.style.setProperty("--n", n - 1);
  code.before(mark);
  mark.scrollIntoView({ block: "center" });
};

const predictions = store.get("predictions");
const choose = (list, i) => {
  predictions[list.dataset.predict] = i;
  store.set("predictions", predictions);
  return answer(list, i);
};

// What was read, by the address of the page, and predicted.
const recall = () => {
  const read = store.get("read");
  for (const a of doc.querySelectorAll(".book a:not(.away)")) a.classList.toggle("read", !!read[a.getAttribute("href").slice(base.length)]);
  for (const list of doc.querySelectorAll(".choices[data-right]")) {
    const i = predictions[list.dataset.predict], li = list.children[i];
    if (!li) continue;
    one("input", li).checked = true;
    answer(list, i);
  }
};

// Code, tables and pictures are stops of the Tab key where they scroll.
let stopped;
const stops = () => {
  if (stopped) return;
  stopped = new ResizeObserver((list) => { for (const { target: e } of list) e.tabIndex = e.scrollWidth > e.clientWidth ? 0 : -1; });
  for (const e of doc.querySelectorAll("pre, .tw, .picture")) stopped.observe(e);
};
window.workbook = { search, keys, unfold, theme, copy, press, line, choose, recall, stops };
})();
