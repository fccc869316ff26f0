// What makes pages respond. Every page reads the same without it.
(() => {
"use strict";
const doc = document, root = doc.documentElement, base = root.dataset.root;
const one = (s, from = doc) => from.querySelector(s), all = (s, from = doc) => [...from.querySelectorAll(s)];
const make = (tag, props = {}, ...inside) => { const e = Object.assign(doc.createElement(tag), props); e.append(...inside); return e; };
const store = {
  get(key, otherwise) { try { return JSON.parse(localStorage.getItem("workbook:" + key)) ?? otherwise; } catch { return otherwise; } },
  set(key, value) { try { localStorage.setItem("workbook:" + key, JSON.stringify(value)); } catch { /* private windows */ } },
};
const say = make("div", { className: "skip", role: "status" });
say.setAttribute("role", "status");
doc.body.append(say);

// Colours: automatic, light, dark.
const theme = one("#theme"), fixed = root.dataset.theme;
const showTheme = () => theme.setAttribute("aria-label", "Colours: " + (root.dataset.theme || "automatic"));
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
const side = one(".side"), menu = one(".menu");
menu.setAttribute("role", "button");
menu.setAttribute("aria-expanded", "false");
menu.onclick = (e) => {
  e.preventDefault();
  const open = side.classList.toggle("open");
  menu.setAttribute("aria-expanded", open);
  if (open) { scrollTo(0, 0); one("a", side)?.focus(); }
};
menu.onkeydown = (e) => { if (e.key == " ") { e.preventDefault(); menu.click(); } };
side.addEventListener("click", (e) => { if (e.target.closest("a")) { side.classList.remove("open"); menu.setAttribute("aria-expanded", "false"); } });
const here = one(".book [aria-current]");
if (here) for (const box of [one(".book"), side]) if (box.scrollHeight > box.clientHeight) box.scrollTop = here.offsetTop - box.clientHeight / 3;

// The section that is being read.
const entries = new Map(all(".toc a").map((a) => [a.hash.slice(1), a]));
if (entries.size) {
  const heads = [...entries.keys()].map((id) => doc.getElementById(id)).filter(Boolean);
  let last, due;
  const mark = () => {
    due = 0;
    let now = heads[0];
    for (const h of heads) if (h.getBoundingClientRect().top < innerHeight * .3) now = h;
    if (now == last) return;
    entries.get(last?.id)?.classList.remove("on");
    entries.get(now.id).classList.add("on");
    last = now;
  };
  addEventListener("scroll", () => due ||= requestAnimationFrame(mark), { passive: true });
  mark();
}

// Copying code; links to lines.
for (const fig of all("figure.code")) {
  const b = make("button", { type: "button", className: "copy", textContent: "Copy" });
  b.onclick = async () => {
    const text = one("code", fig).textContent;
    try { await navigator.clipboard.writeText(text); } catch {
      const area = make("textarea", { value: text }); doc.body.append(area); area.select(); doc.execCommand("copy"); area.remove();
    }
    b.textContent = say.textContent = "Copied";
    setTimeout(() => { b.textContent = "Copy"; say.textContent = ""; }, 1500);
  };
  (one("figcaption", fig) ?? fig).append(b);
  fig.addEventListener("click", (e) => {
    const line = e.target.closest(".l[id]");
    if (line && e.clientX - line.getBoundingClientRect().left < 36 && !getSelection().toString()) location.hash = line.id;
  });
}

// Predictions: choose first, then read what the answer says.
const chosen = store.get("predictions", {});
all("ul.choices[data-right], ol.choices[data-right]").forEach((list, n) => {
  const key = list.dataset.predict, right = +list.dataset.right, items = [...list.children];
  const answers = one("details.answers", list.parentElement) && after(list, "details.answers");
  const notes = answers ? [...(one("ol, ul", answers)?.children ?? [])] : [];
  list.classList.add("open");
  list.setAttribute("role", "radiogroup");
  list.setAttribute("aria-label", "Your prediction");
  const show = (i) => {
    items.forEach((li, k) => {
      li.classList.toggle("chosen", k == i);
      li.classList.toggle("right", k + 1 == right);
      li.classList.toggle("wrong", k == i && k + 1 != right);
      one(".why", li)?.remove();
      if (k != i && k + 1 != right) return;
      const why = make("span", { className: "why" }, make("b", { textContent: k + 1 == right ? "The run says so. " : "The run says otherwise. " }));
      if (notes[k]) for (const c of notes[k].cloneNode(true).childNodes) why.append(c.nodeName == "P" ? make("span", { innerHTML: c.innerHTML }) : c.cloneNode(true));
      li.append(why);
    });
    list.classList.remove("open");
  };
  items.forEach((li, k) => {
    const radio = make("input", { type: "radio", name: "predict" + n, value: k });
    const label = make("label", {}, radio, ...li.childNodes);
    li.append(label);
    li.setAttribute("role", "presentation");
    radio.onchange = () => { show(k); chosen[key] = k; store.set("predictions", chosen); say.textContent = one(".why b", li).textContent; };
    if (chosen[key] === k) { radio.checked = true; show(k); }
  });
});
function after(from, selector) {
  for (let e = from.nextElementSibling; e && !/^H[1-6]$/.test(e.tagName); e = e.nextElementSibling) if (e.matches(selector)) return e;
}

// Tabs.
for (const set of all(".tabs")) {
  const panes = [...set.children], bar = make("div", { className: "tablist" });
  bar.setAttribute("role", "tablist");
  const pick = (i) => panes.forEach((p, k) => { p.hidden = k != i; bar.children[k].setAttribute("aria-selected", k == i); bar.children[k].tabIndex = k == i ? 0 : -1; });
  panes.forEach((p, i) => {
    const b = make("button", { type: "button", textContent: one(".tab-title", p).textContent, onclick: () => pick(i) });
    b.setAttribute("role", "tab");
    p.setAttribute("role", "tabpanel");
    p.setAttribute("aria-label", b.textContent);
    b.onkeydown = (e) => { const to = i + ({ ArrowLeft: -1, ArrowRight: 1 }[e.key] ?? 0); if (to != i && bar.children[to]) { e.stopPropagation(); pick(to); bar.children[to].focus(); } };
    bar.append(b);
  });
  set.prepend(bar);
  set.classList.add("live");
  pick(0);
}

// What was read, kept in this browser.
const main = one("main"), page = main.dataset.page, read = store.get("read", {});
const ticks = () => all(".book a[data-page]").forEach((a) => a.classList.toggle("read", !!read[a.dataset.page]));
ticks();
const end = one(".end");
if (end && page) new IntersectionObserver((seen, watch) => {
  if (!seen[0].isIntersecting || scrollY < 200) return;
  read[page] = 1; store.set("read", read); ticks(); watch.disconnect();
}).observe(end);

// Dialogs: search and keys.
const dialogs = {};
const dialog = (name, label, fill) => dialogs[name] ??= (() => {
  const d = make("dialog");
  d.setAttribute("aria-label", label);
  fill(d);
  d.onclick = (e) => { if (e.target == d) d.close(); };
  doc.body.append(d);
  return d;
})();
let index;
const load = () => index ??= new Promise((done, fail) => {
  window.workbookIndex = (pages, sections, words) => {
    const rows = (s) => s.split("\n").slice(0, -1).map((l) => l.split("\t"));
    let at = 0;
    done({ pages: rows(pages), sections: rows(sections).map(([d, id, title]) => ({ page: at += parseInt(d, 36), id, title })), words: words.split("\n") });
  };
  doc.head.append(make("script", { src: base + "assets/search.js", onerror: fail }));
});
const search = ({ pages, sections, words }, query) => {
  const scores = new Map(), terms = query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  terms.forEach((term, n) => {
    const found = new Map(), singular = term.replace(/s$/, "");
    let lo = 0, hi = words.length;
    while (lo < hi) { const mid = lo + hi >> 1; words[mid] < singular ? lo = mid + 1 : hi = mid; }
    const take = (line) => {
      const [word, list] = line.split(" ");
      const close = word == term ? 3 : word == singular || word == term + "s" ? 2 : .6;
      const hits = list.match(/[A-D][0-9a-z]*/g), rare = Math.log(1 + sections.length / hits.length);
      let at = 0;
      for (const h of hits) { at += parseInt(h.slice(1) || "0", 36); const s = close * rare * { A: 1, B: 1.6, C: 2.4, D: 5 }[h[0]]; if (s > (found.get(at) ?? 0)) found.set(at, s); }
    };
    for (let i = lo; words[i]?.startsWith(singular); i++) take(words[i]);
    if (!found.size && term.length > 3) for (const w of words) if (w.includes(singular)) take(w);
    for (const [s, v] of found) if (!n || scores.has(s)) scores.set(s, (scores.get(s) ?? 0) + v);
    for (const s of [...scores.keys()]) if (!found.has(s)) scores.delete(s);
  });
  return [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 20).map(([s]) => ({ ...sections[s], in: pages[sections[s].page] }));
};
const openSearch = () => {
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
      const hits = search(data, query);
      note.textContent = !query.trim() ? "" : hits.length ? "" : "Nothing found. Try fewer or other words.";
      list.replaceChildren(...hits.map((h) => make("li", {}, make("a", { href: base + h.in[0] + (h.id ? "#" + h.id : "") }, h.title, make("small", { textContent: h.in[1] })))));
    };
    d.onkeydown = (e) => {
      const links = all("a", list), at = links.indexOf(doc.activeElement);
      if (e.key == "ArrowDown") { e.preventDefault(); links[Math.min(at + 1, links.length - 1)]?.focus(); }
      if (e.key == "ArrowUp") { e.preventDefault(); at > 0 ? links[at - 1].focus() : box.focus(); }
      if (e.key == "Enter" && doc.activeElement == box) links[0]?.click();
    };
    list.onclick = (e) => { if (e.target.closest("a")) d.close(); };
    d.append(box, note, list);
  });
  load().catch(() => {});
  d.showModal();
  one("input", d).select();
};
const openKeys = () => {
  dialog("keys", "Keys", (d) => {
    const rows = [["/", "search the book"], ["←  →", "previous and next page"], ["j  k", "next and previous section"], ["c", "contents"], ["t", "colours"], ["?", "these keys"], ["Esc", "close"]];
    d.append(make("h2", { textContent: "Keys" }), make("dl", {}, ...rows.flatMap(([k, what]) => [make("dt", {}, make("kbd", { textContent: k })), make("dd", { textContent: what })])), make("p", { textContent: "Click a line number to link to that line." }));
    d.tabIndex = -1;
  }).showModal();
};
one("#find").onclick = openSearch;
const jump = (step) => {
  const heads = all("article :is(h2,h3)[id]"), top = 90;
  const next = step > 0 ? heads.find((h) => h.getBoundingClientRect().top > top) : heads.reverse().find((h) => h.getBoundingClientRect().top < 40);
  if (next) next.scrollIntoView(); else if (step < 0) scrollTo(0, 0);
};
const keys = {
  "/": openSearch, s: openSearch, "?": openKeys, j: () => jump(1), k: () => jump(-1), t: () => theme.click(),
  c: () => { if (getComputedStyle(menu).display != "none") menu.click(); else (here ?? one(".book a"))?.focus(); },
  ArrowLeft: () => one("a[rel=prev]")?.click(), ArrowRight: () => one("a[rel=next]")?.click(),
};
addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input:not([type=radio]), textarea, select, dialog[open], [contenteditable]")) return;
  if (e.key.startsWith("Arrow") && e.target.closest("pre, .tw, .picture, input, [role=tablist]")) return;
  const act = keys[e.key];
  if (act) { e.preventDefault(); act(); }
});
})();
