// audit.mjs [--quick] SITE [PAGE...]: looks at every page of a built site with
// the tools that the field judges pages by, and fails where one of them finds
// anything. To mend a page, name it, and leave Lighthouse out with --quick.
//
//   html-validate  every file
//   axe            every page on a phone and on a desk, light and dark, with all
//                  that is folded open; the dialogs of one page too
//   Lighthouse     every page on a phone and on a desk, light and dark, 100 in each
//                  of its four categories
//
// Performance is a time: whatever else the machine does makes a page slower, so a
// page has the best of a few loads. What no load may change, the other categories,
// layout shifts and requests to elsewhere, must hold in the first one. A load is
// mostly waiting for a page to be quiet, so the first loads go two at a time. That can
// lower a performance, never raise it. Where it is below 100 the page is loaded
// again, alone.
//
// A phone is a processor that this one imitates by taking longer. How much longer
// is for the benchmark of Lighthouse to say, as its own documents advise: on a
// slow machine four times as long would be a phone that nobody has.
//
// Before that, a page with known faults must be found faulty by all three: a
// tool that has ceased to look finds nothing either.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import zlib from "node:zlib";
import { once } from "node:events";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { HtmlValidate } from "html-validate";
import puppeteer from "puppeteer-core";

const tries = 8; // loads of a page at most
const phoneIndex = 264; // of a cheap phone by the benchmark, from Chromium's CalibrationController.ts
const protocolTimeout = 600_000;
const quick = process.argv[2] == "--quick";
const [folder = "", ...only] = process.argv.slice(quick ? 3 : 2), site = path.resolve(folder);
if (!folder || !fs.existsSync(path.join(site, "index.html"))) {
  console.error("usage: node audit.mjs [--quick] SITE [PAGE...]");
  process.exit(2);
}

const broken = `<!DOCTYPE html><html><head><title>Faults</title></head><body><div id="a"><img src="x.png"><p style="color:#ccc">faint<div id="a">twice</div></body></html>`;

// The site as a static host serves it, which compresses a file once.
const bodies = new Map();
const compressed = (file) => bodies.get(file) ?? bodies.set(file, zlib.brotliCompressSync(fs.readFileSync(file))).get(file);
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8", ".png": "image/png" };
const server = http.createServer((q, r) => {
  const name = decodeURIComponent(new URL(q.url, "http://host").pathname);
  if (name == "/broken") return r.writeHead(200, { "content-type": types[".html"] }).end(broken);
  let file = path.join(site, path.normalize(name));
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) file = path.join(file, "index.html");
  if (!fs.existsSync(file)) return r.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
  const body = compressed(file);
  r.writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream", "content-encoding": "br", "content-length": body.length, "cache-control": "public, max-age=31536000" }).end(body);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${server.address().port}/`;

const pages = fs.readdirSync(site, { recursive: true }).map((f) => f.split(path.sep).join("/")).filter((f) => f.endsWith(".html") && (!only.length || only.includes(f))).sort();
const isMoved = (file) => fs.readFileSync(path.join(site, file), "utf8").includes('http-equiv="refresh"');
const whole = pages.filter((f) => !isMoved(f)); // a page that sends on is not read
const address = (file) => origin + file.replace(/(^|\/)index\.html$/, "$1");

const findings = [];
const finding = (where, what) => { findings.push(`${where}: ${what}`); console.log(`FAIL ${where}: ${what}`); };

// HTML.
const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "long-title": "off", // of its length, which is the author's
    "no-trailing-whitespace": "off", // in code it may be meant
  },
});
async function html(where, text) {
  const { results } = await validator.validateString(text, where);
  return results.flatMap((r) => r.messages).map((m) => `html-validate ${m.ruleId}, line ${m.line}: ${m.message}`);
}

// axe.
const forms = {
  phone: { width: 360, height: 760, isMobile: true, hasTouch: true, deviceScaleFactor: 1 },
  desk: { width: 1350, height: 940, deviceScaleFactor: 1 },
};
const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const media = (scheme) => [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }];
const prefer = (tab, scheme) => tab.emulateMediaFeatures(media(scheme));
const axeRules = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const axeColours = { type: "rule", values: ["color-contrast", "link-in-text-block"] }; // all that a scheme can change
async function axe(tab, runOnly = axeRules) {
  await tab.evaluate(`if (!window.axe) { ${axeSource} }`); // by the debugger: no policy of the page stands in its way
  return tab.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
    return violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ")}`));
  }, runOnly);
}
async function axePage(tab, file, form) {
  await tab.goto(address(file), { waitUntil: "load" });
  await tab.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  for (const scheme of ["light", "dark"]) {
    await prefer(tab, scheme);
    for (const f of await axe(tab, scheme == "light" ? axeRules : axeColours)) finding(`${file}, ${form}, ${scheme}`, f);
  }
}
async function axeDialogs(tab, file, scheme) {
  await prefer(tab, scheme);
  for (const [key, what] of [["/", "search"], ["?", "keys"]]) {
    await tab.goto(address(file), { waitUntil: "load" });
    await tab.keyboard.press(key);
    await tab.waitForSelector("dialog[open]");
    if (key == "/") { await tab.keyboard.type("socket"); await tab.waitForSelector("dialog li a"); }
    for (const f of await axe(tab)) finding(`${file}, the dialog of ${what}, ${scheme}`, f);
  }
}

// Lighthouse.
const categories = ["performance", "accessibility", "best-practices", "seo"];
let slowdown = 4; // of a phone
const startThread = (browser) => new Worker(new URL("load.mjs", import.meta.url), { workerData: { endpoint: browser.wsEndpoint(), categories, protocolTimeout } });
async function ask(thread, what) {
  thread.postMessage(what);
  return (await once(thread, "message"))[0];
}
async function calibrate(thread) {
  const index = await ask(thread, null);
  slowdown = Math.min(4, Math.max(1, index / phoneIndex));
  console.log(`Lighthouse: benchmark ${Math.round(index)}, so a phone takes ${slowdown.toFixed(1)} times as long`);
}
const load = (thread, url, form, scheme) => ask(thread, { url, form, media: media(scheme), slowdown });
const worst = (lhr, category) => lhr.categories[category].auditRefs.filter((a) => a.weight > 0).map((a) => lhr.audits[a.id]).filter((a) => a.score !== null && a.score < 1)
  .map((a) => `${a.id} ${a.displayValue ?? ""} ${(a.details?.items ?? []).slice(0, 3).map((i) => i.node?.snippet ?? i.url ?? i.description ?? "").join(" ")}`.trim()).join("; ");
// One more load of a page in one size, whose best is kept.
async function loadOnce(thread, seen) {
  const { file, form, scheme } = seen, where = `${file}, ${form}, ${scheme}, Lighthouse`;
  const lhr = await load(thread, address(file), form, scheme);
  seen.loads++;
  if (lhr.runtimeError) { finding(where, lhr.runtimeError.message); seen.done = true; return; }
  if (seen.loads == 1) {
    for (const c of categories.slice(1)) if (lhr.categories[c].score !== 1) finding(where, `${c} ${100 * lhr.categories[c].score}: ${worst(lhr, c)}`);
    if (lhr.audits["cumulative-layout-shift"].numericValue > 0.001) finding(where, `the layout shifts by ${lhr.audits["cumulative-layout-shift"].numericValue}`);
    for (const r of lhr.audits["network-requests"].details.items) if (!r.url.startsWith(origin) && !r.url.startsWith("data:")) finding(where, `a request to elsewhere: ${r.url}`);
  }
  if (!seen.best || lhr.categories.performance.score > seen.best.categories.performance.score) seen.best = lhr;
  const { score } = seen.best.categories.performance;
  seen.done = score === 1 || seen.loads == tries;
  if (seen.done && score !== 1) finding(where, `performance ${100 * score} at best of ${seen.loads}: ${worst(seen.best, "performance")}`);
}

const start = () => puppeteer.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true, protocolTimeout,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-component-update", "--disable-background-networking", "--no-first-run"],
});
const clock = () => { const since = performance.now(); return () => `${((performance.now() - since) / 1000).toFixed(1)} s`; };

async function everyTool(browser, thread) { // finds the faults of a page that has them
  const tab = await browser.newPage();
  await tab.goto(origin + "broken");
  const looked = [["html-validate", (await html("broken", broken)).length], ["axe", (await axe(tab)).length]];
  await tab.close();
  if (!quick) {
    const lhr = await load(thread, origin + "broken", "phone", "light");
    looked.push(["Lighthouse", categories.slice(1).every((c) => lhr.categories[c].score < 1)]);
  }
  for (const [tool, found] of looked) if (!found) finding("a page with faults", `${tool} finds nothing there`);
}
async function allHTML() {
  const took = clock();
  for (const file of pages) for (const f of await html(file, fs.readFileSync(path.join(site, file), "utf8"))) finding(file, f);
  console.log(`html-validate: ${pages.length} pages, ${took()}`);
}
async function allAxe(browsers) { // a browser for each size: a tab that changes it loads its page again
  const took = clock();
  await Promise.all(Object.entries(forms).map(async ([form, view], n) => {
    const tab = await browsers[n].newPage();
    tab.setDefaultTimeout(120_000);
    await axeDialogs(tab, whole.find((f) => f.includes("03-")) ?? whole[0], ["light", "dark"][n]);
    await tab.setViewport(view);
    for (const file of whole) await axePage(tab, file, form);
    await tab.close();
  }));
  console.log(`axe: ${whole.length} pages, 2 sizes, 2 schemes, ${took()}`);
}
async function allLighthouse(threads) {
  await calibrate(threads[0]);
  const took = clock();
  const all = whole.flatMap((file) => Object.keys(forms).flatMap((form) => ["light", "dark"].map((scheme) => ({ file, form, scheme, loads: 0 }))));
  const left = all.slice();
  await Promise.all(threads.map(async (thread) => { while (left.length > 0) await loadOnce(thread, left.shift()); }));
  const first = took(), again = all.filter((seen) => !seen.done);
  for (const seen of again) while (!seen.done) await loadOnce(threads[0], seen);
  console.log(`Lighthouse: ${whole.length} pages, 2 sizes, 2 schemes, ${all.reduce((sum, seen) => sum + seen.loads, 0)} loads, ${took()}; ${first} until ${again.length} were loaded again`);
}

// Lighthouse has the machine to itself.
const browsers = [await start(), await start()];
const threads = quick ? [] : browsers.map(startThread);
try {
  await everyTool(browsers[0], threads[0]);
  await allHTML();
  await allAxe(browsers);
  if (!quick) await allLighthouse(threads);
} finally {
  for (const t of threads) await t.terminate();
  for (const b of browsers) await b.close();
  server.close();
}
if (findings.length) { console.log(`${findings.length} findings`); process.exit(1); }
console.log("0 findings");
