// Opens pages in Chromium and holds them against the rules of axe-core.
//
//   node test/axe/run.mjs < input.json
//
// Input, on standard input:
//
//   {"pages": [{"url": "http://127.0.0.1:8080/", "view": "phone",
//               "cookies": [{"name": "session", "value": "…"}]}, …],
//    "views": {"wide": {"width": 1920, "height": 1080, "zoom": 1, "cookies": []}}}
//
// “desktop” (1366 px), “phone” (390 px, touch) and “zoomed” (200 %) are there
// from the start; a page without a view is seen in “desktop”. Cookies of a
// view and of a page belong to the page's host.
//
// Output, on standard output: {"pages": [{"url", "view", "title", "status",
// "violations": [{"rule", "impact", "help", "nodes": [{"target", "html",
// "summary"}]}]}], "problems": ["…"]}.
//
// Exit code: 0 nothing serious; 1 a serious or critical violation; 2 a page
// could not be looked at, or the input is wrong. What could not be looked at
// never counts as good.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// WCAG 2.2 A and AA, and what axe-core itself calls good practice.
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const grave = new Set(['serious', 'critical']);
const builtInViews = {
  desktop: { width: 1366, height: 768 },
  phone: { width: 390, height: 844, touch: true },
  zoomed: { width: 1366, height: 768, zoom: 2 },
};

// contextFor opens a fresh profile in the size of a view. Zooming to 200 % is
// for a page the same as half the width on a screen of twice the density.
async function contextFor(browser, view, cookies, url) {
  const zoom = view.zoom ?? 1;
  const context = await browser.newContext({
    viewport: { width: Math.round(view.width / zoom), height: Math.round(view.height / zoom) },
    deviceScaleFactor: zoom,
    hasTouch: view.touch ?? false,
    isMobile: view.touch ?? false,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  });
  const { origin } = new URL(url);
  await context.addCookies(cookies.map((c) => ({ name: c.name, value: c.value, url: origin })));
  return context;
}

// inspect looks at one page. The script of axe-core is evaluated through the
// debugger, so the page's own Content-Security-Policy stays in force.
async function inspect(browser, page, views) {
  const view = views[page.view];
  if (!view) throw new Error(`no view is called ${page.view}`);
  const cookies = [...(view.cookies ?? []), ...(page.cookies ?? [])];
  const context = await contextFor(browser, view, cookies, page.url);
  try {
    const tab = await context.newPage();
    const response = await tab.goto(page.url, { waitUntil: 'load', timeout: 30_000 });
    await tab.evaluate(axeSource);
    const found = await tab.evaluate(
      (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }),
      tags,
    );
    const violations = found.violations.map((v) => ({
      rule: v.id,
      impact: v.impact,
      help: v.help,
      nodes: v.nodes.map((n) => ({ target: n.target.flat().join(' '), html: n.html, summary: n.failureSummary })),
    }));
    violations.push(...await reflow(tab));
    return { url: page.url, view: page.view, title: await tab.title(), status: response?.status() ?? 0, violations };
  } finally {
    await context.close();
  }
}

// reflow: a page must not need scrolling sideways (WCAG 1.4.10); a wide table
// scrolls inside its own box. axe-core has no rule for it.
async function reflow(tab) {
  const { content, window: width } = await tab.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  if (content <= width + 1) return [];
  return [{
    rule: 'reflow',
    impact: 'serious',
    help: 'The page must not scroll sideways',
    nodes: [{ target: 'html', html: '', summary: `The content is ${content} px wide in a window of ${width} px.` }],
  }];
}

function readInput() {
  const input = JSON.parse(readFileSync(0, 'utf8'));
  if (!Array.isArray(input.pages) || input.pages.length === 0) throw new Error('the input names no pages');
  for (const page of input.pages) {
    const { hostname } = new URL(page.url);
    if (!/^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname)) throw new Error(`${page.url} is not on this machine`);
    page.view ??= 'desktop';
  }
  return { pages: input.pages, views: { ...builtInViews, ...input.views } };
}

async function main() {
  const executablePath = process.env.TONGBAN_TEST_CHROMIUM;
  if (!executablePath) throw new Error('TONGBAN_TEST_CHROMIUM is not set: run this under go run ./test/env');
  const { pages, views } = readInput();
  const args = (process.env.TONGBAN_TEST_CHROMIUM_FLAGS ?? '').split(' ').filter((f) => f && f !== '--headless');
  const browser = await chromium.launch({ executablePath, args, headless: true });
  const report = { pages: [], problems: [] };
  try {
    for (const page of pages) {
      try {
        report.pages.push(await inspect(browser, page, views));
      } catch (err) {
        report.problems.push(`${page.url} (${page.view}): ${err.message}`);
      }
    }
  } finally {
    await browser.close();
  }
  process.stdout.write(JSON.stringify(report, null, 1) + '\n');
  if (report.problems.length > 0) return 2;
  return report.pages.some((p) => p.violations.some((v) => grave.has(v.impact))) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (err) {
  process.stderr.write(`axe: ${err.message}\n`);
  process.exitCode = 2;
}
