// load.mjs: the thread of audit.mjs that loads pages with Lighthouse, in the browser
// that it is told. Lighthouse keeps a load in variables of its modules, so that two
// loads side by side need two threads.
//
// Whatever a score is made of stays as Lighthouse has it: the throttling, the audits,
// and how long a page must be quiet before it counts as loaded. What no score is made
// of is left out. It was more than a quarter of a load.
import { parentPort, workerData } from "node:worker_threads";
import lighthouse, { defaultConfig, desktopConfig } from "lighthouse";
import { pageFunctions } from "lighthouse/core/lib/page-functions.js";
import puppeteer from "puppeteer-core";

const { endpoint, categories, protocolTimeout } = workerData;
const browser = await puppeteer.connect({ browserWSEndpoint: endpoint, protocolTimeout });

// An audit without a weight cannot lower a score. That of the cache for going back even
// loads the page again. The list of requests has no weight either, but is read.
const weighed = new Set(categories.flatMap((c) => defaultConfig.categories[c].auditRefs).filter((a) => a.weight > 0).map((a) => a.id));
const audits = defaultConfig.audits.map((a) => (a.path ?? a).split("/").pop());
const skipAudits = audits.filter((id) => !weighed.has(id) && id != "network-requests");
for (const id of weighed) if (!audits.includes(id)) throw new Error(`Lighthouse has no audit ${id}`);

// The benchmark is a second of work for the report of each load. It is for calibrate alone.
const benchmark = `(${pageFunctions.computeBenchmarkIndex})()`;
pageFunctions.computeBenchmarkIndex = () => 0;

async function calibrate() { // the median of a few
  const tab = await browser.newPage(), indices = [];
  for (let i = 0; i < 5; i++) indices.push(await tab.evaluate(benchmark));
  await tab.close();
  return indices.sort((a, b) => a - b)[2];
}
async function load({ url, form, media, slowdown }) {
  const tab = await browser.newPage();
  try {
    await tab.emulateMediaFeatures(media);
    const config = form == "desk" ? desktopConfig : { ...defaultConfig, settings: { throttling: { cpuSlowdownMultiplier: slowdown } } };
    const { lhr } = await lighthouse(url, { logLevel: "error", onlyCategories: categories, skipAudits, disableFullPageScreenshot: true }, config, tab);
    return { runtimeError: lhr.runtimeError, categories: lhr.categories, audits: lhr.audits };
  } finally { await tab.close(); }
}
parentPort.on("message", async (page) => parentPort.postMessage(await (page ? load(page) : calibrate())));
