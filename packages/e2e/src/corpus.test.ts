import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { corpus, hasCorpus, isMalformed, readCorpus, uidsOf, type CorpusFile } from './harness/corpus.js';
import { ask, askJson, firstText, instancePath, readParts, retrieve, stow, type Stored } from './harness/dicom-web.js';
import { sha256 } from './harness/instance.js';
import { vaultsUnderTest } from './harness/vaults.js';

const conflictReason = 45070;
const has = hasCorpus('the corpus');
const vaults = has ? vaultsUnderTest('the corpus') : [];

/** Files in the order in which they are sent, each with the path of the earlier one that has its SOP Instance UID. */
const sent = corpus.map((file, index) => {
  const uids = uidsOf(file);
  const earlier = corpus
    .slice(0, index)
    .find((other) => !isMalformed(other) && uids !== undefined && uidsOf(other)?.instanceUid === uids.instanceUid);
  return { file, uids, earlier };
});
const sound = sent.filter(({ file }) => !isMalformed(file));
const first = sound.filter(({ uids, earlier }) => uids !== undefined && earlier === undefined);
const later = sound.filter(({ earlier }) => earlier !== undefined);
const nameless = sound.filter(({ uids }) => uids === undefined);
const malformed = sent.filter(({ file }) => isMalformed(file));

/** Damaged files that say who they are and whose elements end with the file: odd, but whole. */
const readable: ReadonlySet<string> = new Set([
  'bad-vr-value',
  'cut-in-last-element-a', // the one of the two that ends where its last element does
  'dose-comment-last-element',
  'empty-pixel-data-odd-private-creators',
  'ge-private-be-as-ele',
  'ge-private-be',
  'implicit-vr-with-jpeg',
  'invalid-vr-length',
  'jls-item-tag-error',
  'last-frame-too-short',
  'missing-sequence-delimiter',
  'no-meta-explicit-be',
  'no-meta-explicit-le',
  'no-meta-group-length-2',
  'odd-length-pixel-data-ob',
  'oob-46341x46341',
  'us-65-frames-stray-sequence-delimiter',
]);

function isReadable(file: CorpusFile): boolean {
  return readable.has(file.path.slice('malformed/'.length, -'.dcm'.length));
}

function byPath<Row extends { readonly file: CorpusFile }>(rows: readonly Row[]): (readonly [string, Row])[] {
  return rows.map((row) => [row.file.path, row] as const);
}

(has ? describe : describe.skip).each(vaults.map((vault) => [vault.name, vault] as const))(
  'the corpus on a vault of kind %s',
  (_name, vault) => {
    let bucky: Bucky;
    const answers = new Map<string, Stored>();

    beforeAll(async () => {
      bucky = await startBucky({ env: await vault.open() });
      for (const { file } of [...sound, ...malformed]) {
        answers.set(file.path, await stow(bucky.dicomWeb, [await readCorpus(file)]));
      }
    });

    afterAll(async () => {
      expect(bucky.isRunning()).toBe(true);
      await bucky.stop();
      await vault.close();
    });

    it.each(byPath(first))('gives %s back as it was sent', async (_path, { file, uids }) => {
      expect(answers.get(file.path)).toMatchObject({ status: 200, referenced: [uids!.instanceUid], failed: [] });
      const answer = await retrieve(bucky.dicomWeb, uids!);
      expect(answer.status).toBe(200);
      const original = await readCorpus(file);
      const bare = original.subarray(128, 132).toString() !== 'DICM';
      // What came without preamble and File Meta Information leaves behind ones that were made for it.
      if (bare) expect(sha256(answer.body.subarray(-original.length))).toBe(file.sha256);
      else expect(sha256(answer.body)).toBe(file.sha256);
    });

    it.each(byPath(first.filter(({ file }) => frameHashes(file) !== undefined)))(
      'gives each frame of %s as it is stored',
      async (_path, { file, uids }) => {
        const hashes = frameHashes(file)!;
        const list = hashes.map((_, index) => index + 1).join(',');
        const answer = await ask(`${bucky.dicomWeb}/${instancePath(uids!)}/frames/${list}`, {
          headers: { Accept: `multipart/related; type="application/octet-stream"; transfer-syntax=${asStored(file)}` },
        });
        expect(answer.status).toBe(200);
        const parts = readParts(answer);
        const bodies = parts.map(({ body }) => (inPixelOrder.has(file.path) ? swapped(body) : body));
        expect(bodies.map((body) => sha256(body))).toEqual(hashes.map((hash, index) => hash ?? sha256(bodies[index]!))); // prettier-ignore
      },
    );

    it.each(byPath(first))('takes %s again without a word', async (_path, { file, uids }) => {
      const again = await stow(bucky.dicomWeb, [await readCorpus(file)]);
      expect(again).toMatchObject({ status: 200, referenced: [uids!.instanceUid], failed: [] });
    });

    it.each(byPath(later))('keeps %s aside, whose SOP Instance UID is taken', (_path, { file, uids, earlier }) => {
      const answer = answers.get(file.path)!;
      if (file.sha256 === earlier!.sha256) {
        expect(answer.status).toBe(200);
        return;
      }
      expect([202, 409]).toContain(answer.status);
      expect(answer.failed).toEqual([{ instanceUid: uids!.instanceUid, reason: conflictReason }]);
    });

    it.each(byPath(nameless))('refuses %s, which has not its three UIDs', (_path, { file }) => {
      const { status } = answers.get(file.path)!;
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    });

    it.each(byPath(malformed.filter(({ file }) => isReadable(file))))(
      'keeps %s, whose elements end with it',
      async (_path, { file }) => {
        const answer = answers.get(file.path)!;
        // Some have the SOP Instance UID of another file: kept aside is kept.
        if (answer.failed.some(({ reason }) => reason === conflictReason)) return;
        expect(answer).toMatchObject({ status: 200, failed: [] });
        const uids = await findUids(bucky, answer.referenced[0]!);
        const kept = await retrieve(bucky.dicomWeb, uids);
        expect(kept.status).toBe(200);
        const original = await readCorpus(file);
        expect(sha256(kept.body.subarray(-original.length))).toBe(file.sha256);
        const metadata = await askJson(`${bucky.dicomWeb}/${instancePath(uids)}/metadata`);
        expect(metadata).toHaveLength(1);
        for (const resource of ['frames/1', 'rendered', 'bulkdata/7FE00010']) {
          const { status } = await ask(`${bucky.dicomWeb}/${instancePath(uids)}/${resource}`);
          expect(status).toBeLessThan(500);
        }
      },
    );

    it.each(byPath(malformed.filter(({ file }) => !isReadable(file))))('refuses %s', (_path, { file }) => {
      const answer = answers.get(file.path)!;
      expect(answer.referenced).toEqual([]);
      expect(answer.failed.map(({ reason }) => reason)).not.toContain(conflictReason);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    });

    it.each(byPath(first.filter(({ file }) => file.patientNameUtf8 !== undefined)))(
      'finds %s by the name of its patient',
      async (_path, { file, uids }) => {
        const name = file.patientNameUtf8!;
        const [study] = await askJson(`${bucky.dicomWeb}/studies?StudyInstanceUID=${uids!.studyUid}`);
        const value = study!['00100010']?.Value?.[0] as Record<string, string>;
        const groups = [value['Alphabetic'], value['Ideographic'], value['Phonetic']];
        const [shared] = await askJson(`${bucky.dicomWeb}/${instancePath(uids!)}/metadata`);
        const own = shared!['00100010']?.Value?.[0] as Record<string, string>;
        expect([own['Alphabetic'], own['Ideographic'], own['Phonetic']]).toEqual(groupsOf(name));
        // A study of several files has the name of the first: search by what this study says.
        for (const group of groups.filter((text) => text !== undefined && text !== '')) {
          const found = await askJson(`${bucky.dicomWeb}/studies?PatientName=${encodeURIComponent(group!)}`);
          expect(found.map((row) => firstText(row, '0020000D'))).toContain(uids!.studyUid);
        }
      },
    );

    it('finds every instance that it took, and no other', async () => {
      const taken = new Set([...answers.values()].flatMap(({ referenced }) => referenced));
      const found = new Set<string>();
      for (let offset = 0; ; offset += 100) {
        const rows = await askJson(`${bucky.dicomWeb}/instances?limit=100&offset=${offset}`);
        for (const row of rows) found.add(firstText(row, '00080018')!);
        if (rows.length < 100) break;
      }
      expect([...found].sort()).toEqual([...taken].sort());
    });
  },
);

/** The three UIDs of an instance of which one is known. */
async function findUids(bucky: Bucky, instanceUid: string): Promise<Parameters<typeof instancePath>[0]> {
  const [row] = await askJson(`${bucky.dicomWeb}/instances?SOPInstanceUID=${instanceUid}`);
  return { studyUid: firstText(row!, '0020000D')!, seriesUid: firstText(row!, '0020000E')!, instanceUid };
}

/**
 * The index says that its hashes are of the bytes in the file, and for this file they are of the pixels: 8 bits each in
 * words of 16, big endian, so that every two bytes stand the other way round in the file, as pydicom reads them too.
 */
const inPixelOrder: ReadonlySet<string> = new Set(['images/us-ebe-palette-obxxxx1a-800-2-frames.dcm']);

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap16();
}

/** The transfer syntax to name for frames as they lie in the file: big endian ones are otherwise turned round. */
function asStored({ transferSyntaxUid }: CorpusFile): string {
  return transferSyntaxUid === '1.2.840.10008.1.2.2' ? transferSyntaxUid : '*';
}

function frameHashes(file: CorpusFile): readonly (string | null)[] | undefined {
  return file.pixels?.storedFrameSha256 ?? file.pixels?.encodedFrameSha256;
}

/** Component groups without what is empty at their ends, as DICOM JSON has them. @see PS3.18 F.2.2 */
function groupsOf(name: string): (string | undefined)[] {
  const groups = name.split('=').map((group) => group.replace(/\^+$/, ''));
  return [0, 1, 2].map((index) => (groups[index] === '' ? undefined : groups[index]));
}
