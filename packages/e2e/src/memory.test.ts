import { createHash, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { ask, frame, instancePath, readStored, stowType } from './harness/dicom-web.js';
import { instanceHead, newUid } from './harness/instance.js';
import { setting } from './harness/repository.js';

const mebibyte = 1024 * 1024;
const uploads = setting('BUCKY_E2E_BIG_COUNT', 8);
const size = setting('BUCKY_E2E_BIG_MIB', 64) * mebibyte;
const ceiling = 400 * mebibyte;

/** Pixels that differ from block to block, without keeping them. */
function* pixels(bytes: number, seed: number): Generator<Buffer> {
  const block = Buffer.alloc(256 * 1024, seed);
  for (let sent = 0; sent < bytes; sent += block.length) {
    block.writeDoubleLE(sent, 0);
    yield Buffer.from(block);
  }
}

interface Upload {
  readonly uids: { readonly studyUid: string; readonly seriesUid: string; readonly instanceUid: string };
  readonly seed: number;
}

function* body(upload: Upload, boundary: string, hash: ReturnType<typeof createHash>): Generator<Buffer> {
  const { open, close } = frame(boundary);
  yield open;
  const head = instanceHead({ ...upload.uids, pixelBytes: size });
  hash.update(head);
  yield head;
  for (const block of pixels(size, upload.seed)) {
    hash.update(block);
    yield block;
  }
  yield close;
}

/** Sends one instance that is made while it flows; returns the SHA-256 of what was sent. */
async function send(dicomWeb: string, upload: Upload): Promise<string> {
  const boundary = randomUUID();
  const hash = createHash('sha256');
  const answer = await ask(`${dicomWeb}/studies`, {
    method: 'POST',
    headers: { 'Content-Type': stowType(boundary), Accept: 'application/dicom+json' },
    body: toAsync(body(upload, boundary, hash)),
  });
  expect(readStored(answer)).toMatchObject({ status: 200, referenced: [upload.uids.instanceUid] });
  return hash.digest('hex');
}

// eslint-disable-next-line @typescript-eslint/require-await -- makes an asynchronous sequence of a synchronous one
async function* toAsync(blocks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* blocks;
}

/** SHA-256 of an instance that is retrieved, without keeping it. */
function hashOf(dicomWeb: string, upload: Upload): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = `${dicomWeb}/${instancePath(upload.uids)}`;
    const asked = request(url, { headers: { Accept: 'application/dicom; transfer-syntax=*' } }, (answer) => {
      const hash = createHash('sha256');
      answer.on('data', (chunk: Buffer) => hash.update(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve(hash.digest('hex'));
        else reject(new Error(`Answered with ${answer.statusCode!}`));
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}

describe(`${uploads} uploads of ${size / mebibyte} MiB at once`, () => {
  let bucky: Bucky;
  const sent = Array.from({ length: uploads }, (_, index): Upload => {
    return { uids: { studyUid: newUid(), seriesUid: newUid(), instanceUid: newUid() }, seed: index + 1 };
  });

  beforeAll(async () => {
    const { bavail, bsize } = await statfs(tmpdir());
    if (bavail * bsize < uploads * size * 1.2) throw new Error('There is not enough room for the uploads');
    bucky = await startBucky();
  });

  afterAll(async () => {
    await bucky.stop();
  });

  it('are all stored and come back, with the process below 400 MiB', async () => {
    const hashes = await Promise.all(sent.map((upload) => send(bucky.dicomWeb, upload)));
    const afterStore = await bucky.peakMemory();
    const back = await Promise.all(sent.map((upload) => hashOf(bucky.dicomWeb, upload)));
    const afterRetrieve = await bucky.peakMemory();
    console.log(`Peak memory: ${Math.round(afterStore / mebibyte)} MiB after the store, ${Math.round(afterRetrieve / mebibyte)} MiB after the retrieve`); // prettier-ignore
    expect(back).toEqual(hashes);
    expect(afterRetrieve).toBeLessThan(ceiling);
  }, 1_200_000);
});
