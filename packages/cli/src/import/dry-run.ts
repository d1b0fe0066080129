import { BuckyError, uidName } from '@bucky/dicom';
import { beginningOf } from './beginning.js';
import { findFiles } from './find-files.js';
import type { FoundFile } from './found-file.js';
import type { Journal } from './journal.js';
import { headLength, sopClassIn } from './looks-like-dicom.js';
import { fateOfHead } from './send-file.js';

interface Count {
  readonly files: number;
  readonly bytes: number;
}

/** What an import would send. */
export interface DryRun {
  readonly wouldSend: Count;
  /** Of these, acknowledged by an earlier import: sent again only where the archive has lost them. */
  readonly sentBefore: Count;
  /** By the name of the SOP Class. */
  readonly kinds: Readonly<Record<string, Count>>;
  readonly notDicom: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly interrupted: boolean;
}

/** Looks at the head of every file that an import of `paths` would look at, and at nothing else; the archive is not asked. */
export async function dryRun(
  paths: readonly string[],
  options: { readonly inflatedRatio: number; readonly journal: Journal | undefined; readonly signal: AbortSignal },
): Promise<DryRun> {
  const { inflatedRatio, journal, signal } = options;
  const counts = { all: new Counts(), before: new Counts(), notDicom: new Counts(), failed: new Counts() };
  for await (const found of findFiles(paths, { inflatedRatio, onMore: () => undefined })) {
    if (signal.aborted) break;
    if (found.kind === 'failed') {
      counts.failed.add(found.reason, 0);
      continue;
    }
    const fate = await look(found);
    if ('kind' in fate) counts[fate.kind].add(fate.reason, 0);
    else counts.all.add(fate.sopClass, found.size);
    if (!('kind' in fate) && journal?.find(found.identity) !== undefined) counts.before.add('', found.size);
    found.release();
  }
  return {
    wouldSend: counts.all.total,
    sentBefore: counts.before.total,
    kinds: counts.all.counted,
    notDicom: counts.notDicom.numbers,
    failed: counts.failed.numbers,
    interrupted: signal.aborted,
  };
}

type Looked = { readonly sopClass: string } | { readonly kind: 'notDicom' | 'failed'; readonly reason: string };

async function look(file: FoundFile): Promise<Looked> {
  try {
    const head = file.head ?? (await headOf(file));
    const fate = fateOfHead(head);
    if (fate?.kind === 'notDicom' || fate?.kind === 'failed') return fate;
    const uid = sopClassIn(head);
    return { sopClass: uid === undefined ? 'without File Meta Information' : (uidName(uid) ?? uid) };
  } catch (error) {
    if (error instanceof BuckyError) return { kind: 'failed', reason: error.message };
    throw error;
  }
}

async function headOf(file: FoundFile): Promise<Buffer> {
  const { head, leave } = await beginningOf(file.open(), headLength);
  await leave();
  return head;
}

/** Counts files and bytes by a word. */
class Counts {
  readonly #counts = new Map<string, { files: number; bytes: number }>();

  add(word: string, bytes: number): void {
    const { files, bytes: before } = this.#counts.get(word) ?? { files: 0, bytes: 0 };
    this.#counts.set(word, { files: files + 1, bytes: before + bytes });
  }

  get total(): Count {
    const all = [...this.#counts.values()];
    const sum = (of: (count: Count) => number): number => all.reduce((total, one) => total + of(one), 0);
    return { files: sum(({ files }) => files), bytes: sum(({ bytes }) => bytes) };
  }

  get counted(): Record<string, Count> {
    return Object.fromEntries(this.#counts);
  }

  get numbers(): Record<string, number> {
    return Object.fromEntries([...this.#counts].map(([word, { files }]) => [word, files]));
  }
}

/** Says a dry run in words. */
export function describeDryRun(run: DryRun): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const kinds = Object.entries(run.kinds).sort(([, a], [, b]) => b.files - a.files);
  const reasons = (numbers: Readonly<Record<string, number>>): string[] =>
    Object.entries(numbers).map(([reason, number]) => `    ${number}  ${reason}\n`);
  const sum = (numbers: Readonly<Record<string, number>>): number =>
    Object.values(numbers).reduce((all, one) => all + one, 0);
  return [
    `would send     ${run.wouldSend.files}, ${megabytes(run.wouldSend.bytes)}\n`,
    ...kinds.map(([kind, { files, bytes }]) => `    ${files}  ${kind}, ${megabytes(bytes)}\n`),
    `sent before    ${run.sentBefore.files}, ${megabytes(run.sentBefore.bytes)}\n`,
    `not DICOM      ${sum(run.notDicom)}\n`,
    ...reasons(run.notDicom),
    `cannot be sent ${sum(run.failed)}\n`,
    ...reasons(run.failed),
    ...(run.interrupted ? ['Not everything was looked at.\n'] : []),
  ].join('');
}
