import { readdir, readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { hasBrowser, seen, startBrowser, until, viewports, watchedPage, type WatchedPage } from './harness/browser.js';
import { startBucky, type Bucky } from './harness/bucky.js';
import { askJson, firstText, stow } from './harness/dicom-web.js';
import { corpus, hasCorpus, readCorpus } from './harness/corpus.js';
import { repositoryPath } from './harness/repository.js';

const painted = 12;
/** Files of the corpus whose decoders run in a worker under the policy: each another transfer syntax. */
const compressed = [
  'images/ct-jls-lossless-wg04-ct1-one-fragment-bot.dcm',
  'images/mr-j2k-lossless-small-64.dcm',
  'derived/ct-htj2k-lossless-wg04-ct1-signed16.dcm',
  'images/ct-rle-wg04-ct1.dcm',
];
const hasCompressed = hasCorpus('compressed pictures in the viewer');

(hasBrowser('the viewer') ? describe : describe.skip)('the viewer', () => {
  let bucky: Bucky;
  let browser: Browser;
  let watched: WatchedPage;
  const studyOf = new Map<string, string>();

  beforeAll(async () => {
    // Sealed soon, so that Chromium is seen to read sealed metadata too.
    bucky = await startBucky({ env: { BUCKY_SEAL_AFTER_SECONDS: '1' } });
    const names = (await readdir(repositoryPath('fixtures'))).filter((name) => name.endsWith('.dcm'));
    const files = await Promise.all(names.map((name) => readFile(repositoryPath(`fixtures/${name}`))));
    expect(await stow(bucky.dicomWeb, files)).toMatchObject({ status: 200, failed: [] });
    for (const row of await askJson(`${bucky.dicomWeb}/studies`)) {
      studyOf.set(firstText(row, '00100020')!, firstText(row, '0020000D')!);
    }
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await bucky.stop();
  });

  beforeEach(async () => {
    watched = await watchedPage(browser, bucky.url);
  });

  afterEach(async () => {
    await watched.page.context().close();
    expect(watched.complaints).toEqual([]);
  });

  async function open(patientId: string, more = ''): Promise<void> {
    await watched.page.goto(`${bucky.url}viewer/viewer?StudyInstanceUIDs=${studyOf.get(patientId)!}${more}`);
  }

  const firstPainted = () =>
    until(watched.page, {
      measure: () => viewports(watched.page),
      is: (pictures) => pictures.length > 0 && pictures[0]!.deviation > painted,
    });

  /** Opens the series that has no picture of its own in the list beside the viewport. */
  async function openDocument(): Promise<void> {
    const thumbnail = watched.page.locator('[data-cy="study-browser-thumbnail-no-image"]').first();
    await thumbnail.waitFor({ timeout: 60_000 });
    await thumbnail.dblclick();
  }

  it('lists the studies, newest first', async () => {
    const { page, keep } = watched;
    await page.goto(bucky.url);
    await page.waitForURL('**/viewer/**');
    const rows = page.locator('[data-cy="study-list-results"] tr[role="button"], tbody tr');
    await until(page, { measure: () => rows.count(), is: (count) => count >= 4 });
    const text = await page.locator('body').innerText();
    const names = ['Müller, Jürgen', 'Yamada, Tarou', 'Nguyễn, Thị Hoa', 'Søndergård, Åse'];
    expect(names.map((name) => text.indexOf(name)).every((at, index, all) => at > (all[index - 1] ?? -1))).toBe(true);
    await keep('list');
  });

  it.each([
    ['patientName=ng', 'Nguyễn, Thị Hoa'],
    // OHIF goes over what it got once more, letter for letter: that `sondergard` finds her shows only in a search of ours.
    [`patientName=${encodeURIComponent('søndergård')}`, 'Søndergård, Åse'],
    ['mrn=bucky-0002', 'Yamada, Tarou'],
    ['accession=BK1001', 'Müller, Jürgen'],
    ['description=head', 'Yamada, Tarou'],
    ['modalities=US', 'Nguyễn, Thị Hoa'],
    ['startDate=20261101&endDate=20261103', 'Yamada, Tarou'],
  ])('filters the list by %s', async (query, only) => {
    const { page } = watched;
    await page.goto(`${bucky.url}viewer/?${query}`);
    const body = page.locator('body');
    const names = ['Müller, Jürgen', 'Yamada, Tarou', 'Nguyễn, Thị Hoa', 'Søndergård, Åse'];
    await until(page, {
      measure: async () => {
        const text = await body.innerText();
        return names.filter((name) => text.includes(name));
      },
      is: (shown) => shown.length === 1 && shown[0] === only,
    });
  });

  it('filters the list by what is typed', async () => {
    const { page, keep } = watched;
    await page.goto(`${bucky.url}viewer/`);
    await page.getByText('Yamada, Tarou').first().waitFor();
    // That of the patient: the first of the list.
    await page.locator('input').first().fill('müller');
    await page.getByText('Yamada, Tarou').first().waitFor({ state: 'detached' });
    expect(await page.getByText('Müller, Jürgen').count()).toBeGreaterThan(0);
    await keep('list-filtered');
  });

  it('paints the CT, and another slice when it is scrolled', async () => {
    const { page, keep } = watched;
    await open('BUCKY-0001');
    const [before] = await firstPainted();
    await keep('ct');
    await page.locator('[data-cy="viewport-pane"] canvas').first().hover();
    await page.mouse.wheel(0, 400);
    const [after] = await until(page, {
      measure: () => viewports(page),
      is: ([picture]) => picture!.deviation > painted && picture!.checksum !== before!.checksum,
    });
    expect(after!.coloured).toBe(0);
    await page.keyboard.press('End');
    await until(page, { measure: () => viewports(page), is: ([picture]) => picture!.checksum !== after!.checksum });
    await keep('ct-scrolled');
  });

  it('shows the CT in three planes', async () => {
    const { page, keep } = watched;
    await open('BUCKY-0001', '&hangingprotocolid=mpr');
    // Planes that the volume has not filled yet look alike, so that three different ones are waited for, not looked at once.
    await until(page, {
      measure: () => viewports(page),
      is: (all) =>
        all.length === 3 &&
        all.every(({ deviation }) => deviation > painted) &&
        new Set(all.map(({ checksum }) => checksum)).size === 3,
    });
    await keep('ct-mpr');
  });

  it('paints the MR', async () => {
    await open('BUCKY-0002');
    await firstPainted();
    await watched.keep('mr');
  });

  it('paints the ultrasound in colour, and plays it', async () => {
    const { page, keep } = watched;
    await open('BUCKY-0003');
    const [still] = await until(page, {
      measure: () => viewports(page),
      is: ([picture]) => picture !== undefined && picture.deviation > painted && picture.coloured > 0.001,
    });
    await keep('us');
    await page.locator('[data-cy="viewport-pane"] canvas').first().hover();
    await page.locator('[data-cy="cine-player-play-pause"]').first().click();
    await until(page, { measure: () => viewports(page), is: ([picture]) => picture!.checksum !== still!.checksum });
    await keep('us-later');
  });

  it('paints the radiograph', async () => {
    await open('BUCKY-0004');
    await firstPainted();
    await watched.keep('dx');
  });

  it('shows the structured report', async () => {
    const { page, keep } = watched;
    await open('BUCKY-0001');
    await firstPainted();
    await openDocument();
    await page.getByText('Leberzyste').first().waitFor({ timeout: 60_000 });
    expect(await page.getByText('Läsion').count()).toBeGreaterThan(0);
    await keep('sr');
  });

  it('shows the PDF', async () => {
    const { page, keep } = watched;
    await open('BUCKY-0004');
    await firstPainted();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/rendered')),
      openDocument(),
    ]);
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'application/pdf']);
    await page.locator('object[type="application/pdf"]').first().waitFor();
    // White paper with text on it: bright, and not even.
    await until(page, {
      measure: () => seen(page, 'object[type="application/pdf"]'),
      is: ({ mean, deviation }) => mean > 60 && deviation > painted,
    });
    await keep('pdf');
  });

  (hasCompressed ? it : it.skip).each(compressed)('decodes %s', async (path) => {
    const file = corpus.find((one) => one.path === path)!;
    // They share a SOP Instance UID: each goes to a Bucky of its own.
    const own = await startBucky();
    try {
      expect(await stow(own.dicomWeb, [await readCorpus(file)])).toMatchObject({ status: 200 });
      const other = await watchedPage(browser, own.url);
      await other.page.goto(`${own.url}viewer/viewer?StudyInstanceUIDs=${file.studyInstanceUid!}`);
      await until(other.page, {
        measure: () => viewports(other.page),
        is: ([picture]) => picture !== undefined && picture.deviation > painted,
      });
      await other.keep(path.split('/')[1]!.replace('.dcm', ''));
      expect(other.complaints).toEqual([]);
      await other.page.context().close();
    } finally {
      await own.stop();
    }
  });
});
