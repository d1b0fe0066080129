import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { skipped } from './repository.js';

const program = process.env['BUCKY_E2E_CHROMIUM'] ?? '/usr/bin/chromium';

/** WebGL without a graphics card, and nothing asked of the outside. */
const flags = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
];

/** Tells whether there is a browser, and says so when there is none. */
export function hasBrowser(what: string): boolean {
  const has = existsSync(program);
  if (!has) skipped(what, `there is no ${program}`);
  return has;
}

/** Starts the browser. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: program, args: flags });
}

/** A page, and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page;
  /** Answers of 400 and more, lost requests, requests to elsewhere, errors on the console, violated policies. */
  readonly complaints: string[];
  /** Keeps a picture, where a folder for them is named. */
  readonly keep: (name: string) => Promise<void>;
}

/** Opens a page in a fresh profile and watches it. */
export async function watchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400)
      complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  page.on('requestfailed', (request) => {
    // What the viewer itself takes back when it moves on is no failure.
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') complaints.push(`${why} ${request.url()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (/^(https?|wss?):/.test(url) && !url.startsWith(origin)) complaints.push(`asked elsewhere: ${url}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' || /content.security.policy|violates/i.test(text))
      complaints.push(`console: ${text}`);
  });
  return {
    page,
    complaints,
    keep: async (name) => {
      const folder = process.env['BUCKY_E2E_SCREENSHOTS'];
      if (folder === undefined) return;
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
  };
}

/** What is painted on one canvas. */
export interface Picture {
  readonly mean: number;
  /** Standard deviation of the brightness: 0 for one even colour. */
  readonly deviation: number;
  /** Share of pixels whose colours differ by more than 60. */
  readonly coloured: number;
  /** Changes with the picture. */
  readonly checksum: number;
}

const measure = `(source) => {
  const canvas = document.createElement('canvas');
  canvas.width = 256;
  canvas.height = 256;
  const context = canvas.getContext('2d');
  context.drawImage(source, 0, 0, 256, 256);
  const { data } = context.getImageData(0, 0, 256, 256);
  let sum = 0, squares = 0, coloured = 0, checksum = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
    const grey = (red + green + blue) / 3;
    sum += grey;
    squares += grey * grey;
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured += 1;
    checksum = (Math.imul(checksum, 31) + red * 65536 + green * 256 + blue) | 0;
  }
  const count = data.length / 4;
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)), coloured: coloured / count, checksum };
}`;

/** Measures every viewport of the viewer. */
export function viewports(page: Page): Promise<Picture[]> {
  return page.evaluate<Picture[]>(`[...document.querySelectorAll('[data-cy="viewport-pane"] canvas')].map(${measure})`);
}

/** Measures a part of the page as it is seen, whatever draws it. */
export async function seen(page: Page, selector: string): Promise<Picture> {
  const png = (await page.locator(selector).first().screenshot()).toString('base64');
  // Decoded on an empty page, as the policy of the viewer's need not allow it.
  const decoder = await page.context().newPage();
  try {
    return await decoder.evaluate<Picture>(
      `(async () => { const image = new Image(); image.src = 'data:image/png;base64,${png}'; await image.decode(); return (${measure})(image); })()`,
    );
  } finally {
    await decoder.close();
  }
}

/** Waits until what is measured pleases; returns it. Throws with what it last was. */
export async function until<Value>(
  page: Page,
  options: {
    readonly measure: () => Promise<Value>;
    readonly is: (value: Value) => boolean;
    readonly timeoutMs?: number;
  },
): Promise<Value> {
  // prettier-ignore
  const end = Date.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    const value = await options.measure();
    if (options.is(value)) return value;
    if (Date.now() > end) throw new Error(`It did not come to be; last seen: ${JSON.stringify(value)}`);
    await page.waitForTimeout(100);
  }
}
