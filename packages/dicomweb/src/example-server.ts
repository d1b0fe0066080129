import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { openArchive, type Archive } from '@bucky/archive';
// A test composes what it asks; the package itself knows only the archive.
// eslint-disable-next-line no-restricted-imports
import { openCatalog } from '@bucky/catalog';
import { localIdentity } from '@bucky/ledger';
// eslint-disable-next-line no-restricted-imports
import { memoryVault } from '@bucky/vault';
import { createDicomweb } from './create-dicomweb.js';

/** For tests: an answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** For tests: the services over a real archive. */
export interface ExampleServer {
  readonly archive: Archive;
  ask(
    path: string,
    options?: { method?: string; headers?: Readonly<Record<string, string>>; body?: Buffer },
  ): Promise<Answer>;
  /** Stores one Part 10 file and gives the status of the answer. */
  store(file: Buffer): Promise<number>;
  stop(): Promise<void>;
}

/** For tests: starts the services below `/dicom-web` on a port of its own. */
export async function exampleServer(): Promise<ExampleServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bucky-dicomweb-'));
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  const archive = await openArchive({ vault: memoryVault(), catalog, folder, policies: { reservedBytes: 0 } });
  const app = express();
  app.use(createDicomweb({ archive, root: '/dicom-web', identify: () => localIdentity }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const ask: ExampleServer['ask'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path: `/dicom-web${path}`, method, headers, agent: false });
      asked.once('error', reject);
      asked.once('response', (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () => {
          resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) });
        });
      });
      asked.end(body);
    });
  return {
    archive,
    ask,
    async store(file) {
      const headers = { 'Content-Type': 'application/dicom' };
      return (await ask('/studies', { method: 'POST', headers, body: file })).status;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await archive.close();
      await rm(folder, { recursive: true });
    },
  };
}
