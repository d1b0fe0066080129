import { BuckyError } from './bucky-error.js';
import type { InstanceIdentity, Oddity, Part10 } from './part10.js';
import { ByteCursor } from './reader/byte-cursor.js';
import { DataSetParser } from './reader/data-set-parser.js';
import type { Coding } from './reader/element-header.js';
import { parseFileHead, type FileHead } from './reader/file-head-parser.js';
import { findIdentity, metaDiffers, unidentified } from './reader/identity.js';
import { Inflater } from './reader/inflater.js';
import type { Parsing } from './reader/pass-value.js';
import { overLimit, ReaderBudget, type ReaderLimits } from './reader/reader-limits.js';
import { sniffCoding, sniffLength } from './reader/sniff-coding.js';
import { transferSyntaxOf, type TransferSyntax } from './transfer-syntax.js';
import type { Uid } from './uid.js';

/**
 * Reads a Part 10 file that is pushed into it in pieces of any size, in one pass and in bounded memory: attributes, frame
 * table, bulk entries with their CRC-32. What it refuses it refuses with `not-dicom`, `corrupt`, `limit` or
 * `unidentified`; it takes no more after that.
 * @see PS3.10 7
 */
export class Part10Reader {
  readonly #budget: ReaderBudget;
  readonly #oddities = new Set<Oddity>();
  /** Bytes of the file. */
  readonly #file = new ByteCursor();
  #steps: Parsing;
  #isDone = false;
  #head: FileHead | undefined;
  #dataSetOffset = 0;
  #syntax: TransferSyntax | undefined;
  /** Bytes of the Data Set: the file's own, or inflated ones. */
  #dataSetBytes = this.#file;
  #inflater: Inflater | undefined;
  #parser: DataSetParser | undefined;
  #identity: InstanceIdentity | undefined;
  #size = 0;
  #failure: Error | undefined;

  constructor(limits: Partial<ReaderLimits> = {}) {
    this.#budget = new ReaderBudget(limits);
    this.#steps = this.#parseHead();
  }

  /** Who the Instance is, as soon as that has been read: a few KB into most files. */
  get identity(): InstanceIdentity | undefined {
    return this.#identity;
  }

  /** Data Elements, items, fragments and Frames so far, as the limit counts them: each takes some 250 bytes of memory. */
  get elements(): number {
    return this.#budget.elements;
  }

  /** Whether Pixel Data has begun, behind which little is kept. */
  get isPastHeader(): boolean {
    return this.#parser?.isPastHeader ?? false;
  }

  /** Reads on. The chunk is not held once this returns. Throws `not-dicom`, `corrupt`, `limit` and `unidentified`. */
  push(chunk: Uint8Array): void {
    this.#size += chunk.length;
    this.#guard(() => {
      this.#feed(chunk);
      this.#identify();
    });
  }

  /** Ends the file and tells what it was. Throws `not-dicom`, `corrupt`, `limit` and `unidentified`. */
  finish(): Part10 {
    return this.#guard(() => {
      this.#file.ended = true;
      this.#run(this.#file);
      if (this.#inflater !== undefined) {
        this.#inflater.finish();
        this.#dataSetBytes.ended = true;
        this.#run(this.#dataSetBytes);
      }
      return this.#result();
    });
  }

  /** Once it has failed, a reader says so again whatever it is asked. */
  #guard<Result>(action: () => Result): Result {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return action();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error('The reader failed', { cause: error });
      throw error;
    }
  }

  #feed(chunk: Uint8Array): void {
    if (this.#inflater !== undefined) {
      this.#inflater.push(chunk);
      return;
    }
    this.#file.append(chunk);
    this.#run(this.#file);
    this.#file.settle();
  }

  /** Runs the steps as far as the bytes go; after the head of the file those of the Data Set. */
  #run(cursor: ByteCursor): void {
    if (this.#isDone) return;
    if (this.#steps.next().done !== true) return;
    if (this.#parser !== undefined) {
      this.#isDone = true;
      return;
    }
    this.#beginDataSet(cursor);
  }

  *#parseHead(): Parsing {
    const source = { cursor: this.#file, budget: this.#budget, oddities: this.#oddities };
    this.#head = yield* parseFileHead(source);
    this.#dataSetOffset = this.#file.position;
  }

  #beginDataSet(cursor: ByteCursor): void {
    const uid = this.#head?.transferSyntaxUid;
    const declared = uid && transferSyntaxOf(uid);
    this.#steps = this.#parseDataSet(declared);
    if (declared?.deflated !== true) {
      this.#run(cursor);
      return;
    }
    const inflated = new ByteCursor(this.#dataSetOffset);
    this.#dataSetBytes = inflated;
    this.#inflater = new Inflater(this.#budget, (bytes) => {
      inflated.append(bytes);
      this.#run(inflated);
      inflated.settle();
    });
    this.#inflater.push(cursor.take(cursor.available));
  }

  *#parseDataSet(declared: TransferSyntax | undefined): Parsing {
    const cursor = this.#dataSetBytes;
    while (!cursor.has(sniffLength) && !cursor.ended) yield;
    const coding = this.#chooseCoding(declared, sniffCoding(cursor));
    this.#syntax =
      declared !== undefined && isCodedSo(declared, coding) ? declared : transferSyntaxOf(uidOfCoding(coding));
    const about = { budget: this.#budget, oddities: this.#oddities, syntax: this.#syntax };
    this.#parser = new DataSetParser(cursor, coding, about);
    yield* this.#parser.run();
  }

  /** What the first element shows counts more than what File Meta Information says: it is how the bytes are. */
  #chooseCoding(declared: TransferSyntax | undefined, sniffed: Coding | undefined): Coding {
    if (declared === undefined) {
      if (sniffed !== undefined) return sniffed;
      if (this.#head?.meta === undefined) {
        throw new BuckyError(
          'not-dicom',
          'The file has neither File Meta Information nor a data set that shows its encoding',
        );
      }
      return { byteOrder: 'little', explicitVr: true };
    }
    if (sniffed === undefined) return declared;
    const agrees = sniffed.byteOrder === declared.byteOrder && sniffed.explicitVr === declared.explicitVr;
    if (!agrees && declared.known) this.#oddities.add('wrong-transfer-syntax');
    return sniffed;
  }

  #identify(): void {
    if (this.#identity !== undefined || this.#parser === undefined || this.#syntax === undefined) return;
    const { dataSet } = this.#parser;
    this.#identity = findIdentity(dataSet, this.#syntax.uid);
    if (this.#identity !== undefined) return;
    // Whoever receives a large file waits for its identity, so it must come before what is large.
    if (this.#parser.isPastHeader) throw unidentified(dataSet);
    const { headerBytes } = this.#budget.limits;
    if (this.#dataSetBytes.position > headerBytes) throw overLimit('headerBytes', headerBytes);
  }

  #result(): Part10 {
    const { parser, syntax, head } = { parser: this.#parser!, syntax: this.#syntax!, head: this.#head! };
    this.#identify();
    const identity = this.#identity;
    if (identity === undefined) throw unidentified(parser.dataSet);
    if (metaDiffers(head.meta, identity)) this.#oddities.add('meta-differs-from-data-set');
    return {
      identity,
      size: this.#size,
      dataSet: parser.dataSet,
      meta: head.meta,
      dataSetOffset: this.#dataSetOffset,
      deflated: syntax.deflated,
      frameTable: parser.frameTable,
      bulkEntries: parser.bulkEntries,
      oddities: [...this.#oddities],
    };
  }
}

/** Tells whether a declared Transfer Syntax can stand: a native one says no more than how the elements are coded. */
function isCodedSo(declared: TransferSyntax, { byteOrder, explicitVr }: Coding): boolean {
  if (!declared.known || declared.pixelData === 'encapsulated' || declared.deflated) return true;
  return byteOrder === declared.byteOrder && explicitVr === declared.explicitVr;
}

function uidOfCoding({ byteOrder, explicitVr }: Coding): Uid {
  if (!explicitVr) return '1.2.840.10008.1.2' as Uid; // constants of PS3.5 A.1 to A.3
  return (byteOrder === 'little' ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2.2') as Uid;
}
