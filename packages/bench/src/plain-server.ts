import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The limit: a plain `node:http` server that does the same work without DICOM. A PUT is hashed, written and synced, file
 * and folder; a GET sends 512 KiB of a file by its range, or JSON that lies ready. Runs as a process of its own, so that
 * its processor time and memory can be told from the benchmark's.
 */
async function put(folder: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const file = await open(join(folder, nameOf(req)), 'w');
  const hash = createHash('sha256');
  try {
    for await (const chunk of req as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  const directory = await open(folder, 'r');
  await directory.sync();
  await directory.close();
  res.end(hash.digest('hex'));
}

async function getRange(folder: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '') ?? [];
  const length = Number(last) - Number(first) + 1;
  const file = await open(join(folder, nameOf(req)), 'r');
  try {
    const { buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, Number(first));
    res.writeHead(206, { 'Content-Length': String(length) });
    res.end(buffer);
  } finally {
    await file.close();
  }
}

function nameOf(req: IncomingMessage): string {
  return (req.url ?? '').replace(/[^\w.]/g, '_');
}

async function serve(folder: string): Promise<void> {
  const series = await readFile(join(folder, 'series.json'));
  const page = await readFile(join(folder, 'page.json'));
  const json = new Map([['/series', series], ['/series.gz', gzipSync(series)], ['/page', page]]); // prettier-ignore
  const server = createServer((req, res) => {
    const ready = json.get(req.url ?? '');
    if (ready !== undefined) {
      res.writeHead(200, { 'Content-Type': 'application/dicom+json', 'Content-Length': String(ready.length) });
      res.end(ready);
      return;
    }
    const answering = req.method === 'PUT' ? put(folder, req, res) : getRange(folder, req, res);
    answering.catch((error: unknown) => {
      res.writeHead(500).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
  });
}

await serve(process.argv[2]!);
