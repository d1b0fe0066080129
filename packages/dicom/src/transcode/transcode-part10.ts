import type { Bytes } from '../bytes.js';
import { writeFileMeta } from '../header-writer.js';
import { ByteCursor } from '../reader/byte-cursor.js';
import type { Coding } from '../reader/element-header.js';
import { parseFileHead } from '../reader/file-head-parser.js';
import { Inflater } from '../reader/inflater.js';
import type { Parsing } from '../reader/pass-value.js';
import { ReaderBudget, type ReaderLimits } from '../reader/reader-limits.js';
import { sniffCoding, sniffLength } from '../reader/sniff-coding.js';
import { transferSyntaxOf } from '../transfer-syntax.js';
import type { Uid } from '../uid.js';
import { DataSetTranscoder } from './data-set-transcoder.js';
import { ElementSink } from './element-sink.js';

/** Deflated bytes taken at once: at most about a thousand times as many come out and are held. */
const deflatedStep = 4096;

// Constants of PS3.5 A.1 to A.3 and A.5.
const implicitLittleEndian = '1.2.840.10008.1.2' as Uid;
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid;
const deflatedLittleEndian = '1.2.840.10008.1.2.1.99' as Uid;
const explicitBigEndian = '1.2.840.10008.1.2.2' as Uid;

const targets: readonly Uid[] = [explicitLittleEndian, implicitLittleEndian];

/** Native ones whose pixels lie in the file itself. */
const native: ReadonlySet<Uid> = new Set([
  implicitLittleEndian,
  explicitLittleEndian,
  deflatedLittleEndian,
  explicitBigEndian,
]);

/**
 * Lists the Transfer Syntaxes that {@link transcodePart10} makes of a stored one, other than it: none for encapsulated
 * pixels, which would have to be decoded. @see PS3.5 A.1 to A.3, A.5
 */
export function transcodableTo(stored: Uid): readonly Uid[] {
  if (!native.has(stored)) return [];
  return targets.filter((uid) => uid !== stored);
}

/** What a file is, and what it is to become. */
export interface Transcoding {
  readonly sopClassUid: Uid;
  readonly instanceUid: Uid;
  /** The Transfer Syntax as the reader found it, whatever File Meta Information says. */
  readonly stored: Uid;
  /** One of {@link transcodableTo}, or `stored` itself where only File Meta Information is to be put right. */
  readonly target: Uid;
  readonly limits?: Partial<ReaderLimits>;
}

/**
 * Writes a Part 10 file anew in another native Transfer Syntax as it flows: new File Meta Information, the same Attributes
 * and values. Throws `corrupt` and `limit`, which no file gives that was read before.
 * @see PS3.10 7.1, PS3.18 8.7.3.5.2
 */
export async function* transcodePart10(bytes: Bytes, about: Transcoding): Bytes {
  const { stored, target, sopClassUid, instanceUid } = about;
  if (!targets.includes(target) || !native.has(stored)) throw new TypeError(`Cannot make ${target} of ${stored}`);
  yield writeFileMeta({ sopClassUid, instanceUid, transferSyntaxUid: target });
  const chunks: Uint8Array[] = [];
  const passage = new Passage(about, (chunk) => chunks.push(chunk));
  const step = transferSyntaxOf(stored).deflated ? deflatedStep : Infinity;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += step) {
      passage.push(step < chunk.length ? chunk.subarray(at, at + step) : chunk);
      yield* chunks.splice(0);
    }
  }
  passage.finish();
  yield* chunks.splice(0);
}

/** A file on its way: head, then Data Set, inflated when it is deflated. */
class Passage {
  readonly #about: Transcoding;
  readonly #sink: ElementSink;
  readonly #budget: ReaderBudget;
  readonly #file = new ByteCursor();
  /** Bytes of the Data Set: the file's own, or inflated ones. */
  #dataSet = this.#file;
  #inflater: Inflater | undefined;
  #steps: Parsing;
  #isPastHead = false;

  constructor(about: Transcoding, give: (chunk: Uint8Array) => void) {
    this.#about = about;
    this.#sink = new ElementSink(give);
    this.#budget = new ReaderBudget(about.limits ?? {});
    this.#steps = this.#passHead();
  }

  push(chunk: Uint8Array): void {
    if (this.#inflater !== undefined) {
      this.#inflater.push(chunk);
      return;
    }
    this.#file.append(chunk);
    this.#run();
    this.#file.settle();
  }

  finish(): void {
    this.#file.ended = true;
    this.#run();
    this.#inflater?.finish();
    this.#dataSet.ended = true;
    this.#run();
    this.#sink.flush();
  }

  /** Runs the steps as far as the bytes go; after the head of the file those of the Data Set. */
  #run(): void {
    if (this.#steps.next().done !== true || this.#isPastHead) return;
    this.#isPastHead = true;
    this.#steps = this.#passDataSet();
    if (!transferSyntaxOf(this.#about.stored).deflated) {
      this.#run();
      return;
    }
    const inflated = new ByteCursor();
    this.#dataSet = inflated;
    this.#inflater = new Inflater(this.#budget, (bytes) => {
      inflated.append(bytes);
      this.#run();
      inflated.settle();
    });
    this.#inflater.push(this.#file.take(this.#file.available));
  }

  *#passHead(): Parsing {
    yield* parseFileHead({ cursor: this.#file, budget: this.#budget, oddities: new Set() });
  }

  *#passDataSet(): Parsing {
    const cursor = this.#dataSet;
    while (!cursor.has(sniffLength) && !cursor.ended) yield;
    const coding = sniffCoding(cursor) ?? transferSyntaxOf(this.#about.stored);
    const target = transferSyntaxOf(this.#about.target);
    if (isSameCoding(coding, target)) yield* this.#copy(cursor);
    else yield* new DataSetTranscoder(cursor, coding, { sink: this.#sink, explicitVr: target.explicitVr }).run();
  }

  *#copy(cursor: ByteCursor): Parsing {
    for (;;) {
      this.#sink.value(cursor.take(cursor.available));
      if (cursor.ended) return;
      yield;
    }
  }
}

function isSameCoding(one: Coding, other: Coding): boolean {
  return one.byteOrder === other.byteOrder && one.explicitVr === other.explicitVr;
}
