import type { DataSet } from '../data-set.js';
import type { FrameTable } from '../frame-table.js';
import type { Oddity } from '../part10.js';
import type { Tag } from '../tag.js';
import type { TransferSyntax } from '../transfer-syntax.js';
import { uint32 } from './element-header.js';
import { FragmentCollector } from './fragment-collector.js';
import { NativeCollector } from './native-collector.js';
import { bitsOfFrame, isPixelTag, numberOfFrames } from './pixel-attributes.js';
import type { ReaderBudget } from './reader-limits.js';

/** Watches for Pixel Data at the root of a Data Set, of which the first counts, and makes its frame table. */
export class PixelWatch {
  readonly #dataSet: DataSet;
  readonly #budget: ReaderBudget;
  readonly #oddities: Set<Oddity>;
  readonly #syntax: TransferSyntax;
  #extendedOffsets: readonly number[] = [];
  #begun = false;
  #frameTable: FrameTable | undefined;

  constructor(
    dataSet: DataSet,
    about: { readonly budget: ReaderBudget; readonly oddities: Set<Oddity>; readonly syntax: TransferSyntax },
  ) {
    this.#dataSet = dataSet;
    this.#budget = about.budget;
    this.#oddities = about.oddities;
    this.#syntax = about.syntax;
  }

  get hasBegun(): boolean {
    return this.#begun;
  }

  get frameTable(): FrameTable | undefined {
    return this.#frameTable;
  }

  /** Takes 64-bit offsets of Frames, little endian as all encapsulated data. @see PS3.3 C.7.6.3.1.8 */
  takeExtendedOffsets(bytes: Uint8Array): void {
    const offsets: number[] = [];
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      offsets.push(uint32(bytes, at, true) + 2 ** 32 * uint32(bytes, at + 4, true));
    }
    this.#extendedOffsets = offsets;
  }

  /** Begins a value of known length; nothing when it is not Pixel Data. */
  beginNative(at: Tag, offset: number, length: number): NativeCollector | undefined {
    if (this.#begun || !isPixelTag(at)) return undefined;
    this.#begun = true;
    if (this.#syntax.known && this.#syntax.pixelData === 'encapsulated') this.#oddities.add('wrong-transfer-syntax');
    const frameBits = bitsOfFrame(this.#dataSet, at);
    const frames = numberOfFrames(this.#dataSet);
    const whole = frameBits === 0 ? 0 : Math.min(frames, Math.floor((8 * length) / frameBits));
    if (frameBits === 0) this.#oddities.add('frames-not-told-apart');
    else if (whole < frames) this.#oddities.add('short-pixel-data');
    return new NativeCollector(offset, { frameBits, count: whole, budget: this.#budget });
  }

  endNative(frames: NativeCollector): void {
    this.#frameTable = frames.finish();
  }

  /** Begins a value in fragments; nothing when it is not Pixel Data. */
  beginFragments(at: Tag): FragmentCollector | undefined {
    if (this.#begun || !isPixelTag(at)) return undefined;
    this.#begun = true;
    if (this.#syntax.pixelData === 'native') this.#oddities.add('wrong-transfer-syntax');
    return new FragmentCollector(this.#budget);
  }

  endFragments(fragments: FragmentCollector, basicOffsets: readonly number[]): void {
    const { video } = this.#syntax;
    const frames = video ? 1 : numberOfFrames(this.#dataSet);
    const table = fragments.finish({
      numberOfFrames: frames,
      video,
      basicOffsets,
      extendedOffsets: this.#extendedOffsets,
    });
    if (table === undefined) this.#oddities.add('frames-not-told-apart');
    else if (table.numberOfFrames < frames) this.#oddities.add('short-pixel-data');
    this.#frameTable = table ?? fragments.empty();
  }
}
