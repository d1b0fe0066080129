import { Client } from './client.js';
import { dicomWebWorks, type Works } from './dicom-web-works.js';
import { measure, middle, peakMemoryOf, type Figures } from './measure.js';
import { help, parseOptions, type Options } from './options.js';
import { startPlainServer, type AnswerBytes } from './plain-works.js';
import { writeTable } from './report.js';

/** Runs the benchmark with the arguments of the command line; returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
  if (options.help) {
    console.log(help);
    return 0;
  }
  const { url, pid, sizes } = options;
  const server = url === undefined ? undefined : await rounds(options, () => dicomWebWorks(url, sizes), pid);
  const limit = options.baseline ? await measurePlain(options) : undefined;
  const peak = pid === undefined ? undefined : peakMemoryOf(pid);
  if (options.json) console.log(JSON.stringify({ sizes, server, limit, peakMemory: peak }, undefined, 2));
  else print({ server, limit, peak });
  return 0;
}

function print({
  server,
  limit,
  peak,
}: {
  server: readonly Figures[] | undefined;
  limit: readonly Figures[] | undefined;
  peak: number | undefined;
}): void {
  // prettier-ignore
  const table = server === undefined ? writeTable(limit ?? []) : writeTable(server, limit);
  console.log(table);
  if (peak !== undefined) console.log(`\nPeak memory of the server: ${Math.round(peak / 1024 / 1024)} MiB`);
}

/** Measures each work once a round; every round has series of its own. */
async function rounds(options: Options, makeWorks: () => Works, pid: number | undefined): Promise<readonly Figures[]> {
  const figures: Figures[][] = [];
  for (let round = 1; round <= options.sizes.rounds; round += 1) {
    const { works, close } = makeWorks();
    for (const [index, work] of works.entries()) {
      console.error(`round ${round} of ${options.sizes.rounds}: ${work.name}, ${work.connections} connections`);
      (figures[index] ??= []).push(await measure(work, pid));
    }
    close();
  }
  return figures.map(middle);
}

async function measurePlain(options: Options): Promise<readonly Figures[]> {
  const plain = await startPlainServer(options.sizes, await answersOf(options.url), options.folder);
  try {
    return await rounds({ ...options }, () => ({ works: plain.works, close: () => undefined }), plain.pid);
  } finally {
    await plain.stop();
  }
}

/** Answers as long as the server's; without one, as long as Bucky's usually are. */
async function answersOf(url: string | undefined): Promise<AnswerBytes> {
  if (url === undefined) return { series: Buffer.alloc(500 * 3000, ' '), page: Buffer.alloc(30_000, ' ') };
  const client = new Client(1);
  const headers = { Accept: 'application/dicom+json' };
  const page = await client.ask(`${url}/studies?limit=101`, { headers, keep: true });
  const [first] = JSON.parse(page.body.toString()) as Record<string, { Value?: unknown[] }>[];
  const studyUid = String(first?.['0020000D']?.Value?.[0]);
  const series = await client.ask(`${url}/studies/${studyUid}/metadata`, { headers, keep: true });
  client.close();
  return { series: series.body, page: page.body };
}
