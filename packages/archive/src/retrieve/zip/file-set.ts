import { createHash } from 'node:crypto';
import { constants, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import type { DeflatedMetadata, LocatedInstance, Target } from '@bucky/catalog';
import { BuckyError, DicomdirWriter, parseUid, type DicomJson, type Scope, type Uid } from '@bucky/dicom';
import type { Archive } from '../../archive.js';
import { retrieveInstances, type RetrievedInstance } from '../instance.js';

/** An Instance with its place in a file-set. */
export interface FileOfSet {
  readonly instance: RetrievedInstance;
  /** Its File ID: components of eight capitals, digits or `_`, as media want them. @see PS3.10 8.2, PS3.11 D.3 */
  readonly fileId: readonly string[];
}

export interface FileSet {
  readonly files: readonly FileOfSet[];
  readonly dicomdir: Uint8Array;
}

/** Instances that one ZIP holds at most: what is known of each stays in memory, some 2 kB, until it is sent. */
export const mostFiles = 50_000;

/** How often a file-set is tried whose Instances come and go while it is read. */
const attempts = 3;

const sopInstanceUid = '00080018';
const inflate = promisify<Uint8Array, { finishFlush: number }, Buffer>(inflateRaw);

/** Makes a file-set of a study or series. Throws `not-found`, `limit`, and `busy` while Instances go. @see PS3.10 8 */
export async function makeFileSet(archive: Archive, target: Target, scope: Scope): Promise<FileSet> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const files = await gather(archive, target, scope);
    if (files.length === 0) throw new BuckyError('not-found', 'There is no such study or series here');
    const dicomdir = await describe(files, archive.catalog.metadata(target, scope));
    if (dicomdir !== undefined) return { files, dicomdir };
  }
  throw new BuckyError('busy', 'Instances went away while they were listed');
}

async function gather(archive: Archive, target: Target, scope: Scope): Promise<FileOfSet[]> {
  const files: FileOfSet[] = [];
  let seriesUid: Uid | undefined;
  let [series, number] = [0, 0];
  for await (const instance of retrieveInstances(archive, target, scope)) {
    if (files.length === mostFiles) {
      throw new BuckyError('limit', `More than ${mostFiles} instances do not fit in one ZIP: ask for its series`);
    }
    if (instance.located.seriesUid !== seriesUid) [series, number] = [series + 1, 0];
    ({ seriesUid } = instance.located);
    number += 1;
    files.push({ instance, fileId: ['DICOM', eightDigits(series), eightDigits(number)] });
  }
  return files;
}

function eightDigits(number: number): string {
  return String(number).padStart(8, '0');
}

/** Writes the DICOMDIR out of the metadata of the files, in their order; undefined when that of one is gone. */
async function describe(
  files: readonly FileOfSet[],
  metadata: AsyncIterable<readonly DeflatedMetadata[]>,
): Promise<Uint8Array | undefined> {
  const places = new Map(files.map(({ instance }, index) => [instance.located.instanceUid as string, index]));
  const writer = new DicomdirWriter({ instanceUid: derivedUid(files.map(({ instance }) => instance.located)) });
  let next = 0;
  for await (const batch of metadata) {
    for (const { deflated } of batch) {
      const json = await inflate(deflated, { finishFlush: constants.Z_SYNC_FLUSH });
      const object = JSON.parse(json.toString()) as DicomJson; // our own writing
      const place = places.get(String(object[sopInstanceUid]?.Value?.[0]));
      if (place === undefined) continue; // came later than the list
      if (place !== next) return undefined;
      const { fileId, instance } = files[place]!;
      writer.add({ ...instance.located, fileId, metadata: object });
      next += 1;
    }
  }
  return next === files.length ? writer.finish() : undefined;
}

/** Makes a UID out of what it names, so that the same Instances have the same. @see PS3.5 B.2 */
function derivedUid(instances: readonly LocatedInstance[]): Uid {
  const digest = createHash('sha256');
  for (const { instanceUid, sha256 } of instances) digest.update(`${instanceUid} ${sha256}\n`);
  const uuid = digest.digest().subarray(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x80; // version 8: made by a rule of one's own. @see RFC 9562 5.8
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return parseUid(`2.25.${BigInt(`0x${uuid.toString('hex')}`)}`);
}
