import { constants, crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Catalog, DeflatedMetadata } from '@bucky/catalog';
import { parseUid } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { retrieveMetadata } from './metadata.js';
import { joined } from './stored-bytes.js';

function deflated(value: unknown): DeflatedMetadata {
  const bytes = Buffer.from(JSON.stringify(value));
  return {
    deflated: deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }),
    length: bytes.length,
    crc32: crc32(bytes),
  };
}

/** An archive of which only metadata is asked. */
function holding(...batches: readonly unknown[][]): Archive {
  const catalog: Pick<Catalog, 'metadata' | 'metadataVersion'> = {
    metadata: async function* () {
      for (const batch of batches) yield await Promise.resolve(batch.map(deflated));
    },
    metadataVersion: () => Promise.resolve(batches.length === 0 ? undefined : { version: 'v' }),
  };
  return { catalog } as unknown as Archive;
}

const target = { studyUid: parseUid('1.2') };
const scope = { kind: 'everything' } as const;
const objects = Array.from({ length: 7 }, (_, index) => ({
  '00200013': { vr: 'IS', Value: [index] },
  text: 'é'.repeat(index * 99),
}));

describe('retrieveMetadata', () => {
  it.each(['gzip', 'identity'] as const)('gives nothing as %s before the catalog has answered', async (coding) => {
    const broken: Pick<Catalog, 'metadata' | 'metadataVersion'> = {
      // eslint-disable-next-line @typescript-eslint/require-await, require-yield -- it fails before it gives anything
      metadata: async function* () {
        throw new Error('The catalog does not answer');
      },
      metadataVersion: () => Promise.resolve({ version: 'v' }),
    };
    const { open } = await retrieveMetadata({ catalog: broken } as unknown as Archive, target, { scope, coding });
    await expect(open()[Symbol.asyncIterator]().next()).rejects.toThrow('The catalog does not answer');
  });

  it('joins what was deflated apart to exactly one gzip member', async () => {
    const { open } = await retrieveMetadata(holding(objects.slice(0, 3), objects.slice(3)), target, {
      scope,
      coding: 'gzip',
    });
    const bytes = Buffer.from(await joined(open()));
    expect(JSON.parse(gunzipSync(bytes).toString())).toEqual(objects);
    expect(bytes.indexOf(Buffer.from([0x1f, 0x8b, 8]), 1)).toBe(-1);
  });

  it('gives the same text without coding, under another version', async () => {
    const archive = holding(objects);
    const plain = await retrieveMetadata(archive, target, { scope, coding: 'identity' });
    const gzip = await retrieveMetadata(archive, target, { scope, coding: 'gzip' });
    expect(Buffer.from(await joined(plain.open())).toString()).toBe(gunzipSync(await joined(gzip.open())).toString());
    expect(plain.version).not.toBe(gzip.version);
  });

  it('refuses a target that holds nothing with not-found', async () => {
    await expect(retrieveMetadata(holding(), target, { scope, coding: 'gzip' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
