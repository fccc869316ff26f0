// Content tabs, on pages that have some. Without this script, each pane stands
// below its title.
(() => {
"use strict";
for (const set of document.querySelectorAll(".tabs")) {
  const panes = [...set.children], bar = document.createElement("div");
  bar.className = "tablist";
  bar.setAttribute("role", "tablist");
  const pick = (i) => panes.forEach((p, k) => { p.hidden = k != i; bar.children[k].setAttribute("aria-selected", k == i); bar.children[k].tabIndex = k == i ? 0 : -1; });
  panes.forEach((p, i) => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = p.querySelector(".tab-title").textContent;
    b.onclick = () => pick(i);
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
})();
