import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from './client.js';
import type { Works } from './dicom-web-works.js';
import type { Work } from './measure.js';
import type { Sizes } from './sizes.js';
import { frameBytes, makeSlice, newSeries, pixels } from './synthetic-ct.js';

/** A running plain server and its work. */
export interface PlainServer extends Works {
  readonly pid: number;
  stop(): Promise<void>;
}

/** JSON answers as long as those of the DICOMweb server. */
export interface AnswerBytes {
  readonly series: Buffer;
  readonly page: Buffer;
}

/** Starts the plain server on a temporary folder below `folder`. */
export async function startPlainServer(sizes: Sizes, answers: AnswerBytes, folder = tmpdir()): Promise<PlainServer> {
  const data = await mkdtemp(join(folder, 'bucky-bench-'));
  await writeFile(join(data, 'series.json'), answers.series);
  await writeFile(join(data, 'page.json'), answers.page);
  const server = fork(fileURLToPath(new URL('./plain-server.js', import.meta.url)), [data]);
  const port = await new Promise<number>((resolve, reject) => {
    server.once('message', (message) => {
      resolve(Number(message));
    });
    server.once('exit', (code) => {
      reject(new Error(`The plain server ended with ${code ?? 'a signal'}`));
    });
  });
  const { works, close } = plainWorks(`http://127.0.0.1:${port}`, sizes);
  return {
    works,
    close,
    pid: server.pid!,
    async stop() {
      close();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The same works in the same order as those of a DICOMweb server. */
function plainWorks(url: string, sizes: Sizes): Works {
  const clients = new Map([1, 4, 6].map((connections) => [connections, new Client(connections)]));
  const { head } = makeSlice(newSeries(), 1);
  const putting = (
    name: string,
    connections: number,
    options: { count: number; frames: number; at: string },
  ): Work => ({
    // prettier-ignore
    name,
    connections,
    count: options.count,
    run: async (index) => {
      const body = [head, ...Array.from({ length: options.frames }, () => pixels)];
      await clients.get(connections)!.ask(`${url}/${options.at}${index}`, { method: 'PUT', body });
      return head.length + frameBytes * options.frames;
    },
  });
  const getting = (name: string, path: string, count: number): Work => ({
    name,
    connections: 1,
    count,
    run: async () => (await clients.get(1)!.ask(url + path)).bytes,
  });
  const frames = (connections: number): Work => ({
    name: 'retrieve a frame',
    connections,
    count: sizes.slices,
    run: async (index) => {
      const Range = `bytes=${head.length}-${head.length + frameBytes - 1}`;
      return (await clients.get(connections)!.ask(`${url}/a${index}`, { headers: { Range } })).bytes;
    },
  });
  return {
    works: [
      putting('store a slice', 1, { count: sizes.slices, frames: 1, at: 'a' }),
      putting('store a slice', 4, { count: sizes.slices, frames: 1, at: 'b' }),
      putting(`store ${sizes.bigMib} MiB`, 1, { count: 1, frames: (sizes.bigMib * 1024 * 1024) / frameBytes, at: 'c' }),
      getting('series metadata', '/series', sizes.metadataReads),
      getting('series metadata, gzip', '/series.gz', sizes.metadataReads),
      frames(1),
      frames(6),
      getting('search, first page', '/page', sizes.searches),
      getting('search, Patient ID', '/page', sizes.searches),
      getting('search, name contains', '/page', sizes.searches),
    ],
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}
