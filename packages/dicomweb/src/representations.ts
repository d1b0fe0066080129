import { transcodableTo, transferSyntaxOf, type Uid } from '@bucky/dicom';
import { anyTransferSyntax, noTransferSyntax, type Offer } from './accept.js';

const implicitLittleEndian = '1.2.840.10008.1.2' as Uid; // constants of PS3.5 A.1, A.2
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid;

/** A way in which something stored can be had, and what of the `transfer-syntax` parameter asks for it. */
export interface Representation {
  readonly transferSyntaxUid: Uid;
  readonly transferSyntaxes: readonly string[];
  /** The bytes as they lie, or made anew from them. */
  readonly made: boolean;
}

/** How an Instance is stored. */
export interface Stored {
  readonly transferSyntaxUid: Uid;
  readonly misdeclared: boolean;
}

/**
 * Lists the ways in which an Instance can be had as a Part 10 file. Explicit VR Little Endian is the default where no pixel
 * needs decoding; what is encapsulated stays as it is stored until it can be decoded. `*` gives the original. Implicit VR
 * and big endian, which the standard does not want here, are given to who names them.
 * @see PS3.18 8.7.3, 8.7.3.5.2
 */
export function instanceRepresentations({ transferSyntaxUid: stored, misdeclared }: Stored): readonly Representation[] {
  const original = { transferSyntaxUid: stored, made: false };
  if (transcodableTo(stored).length === 0) return [{ ...original, transferSyntaxes: [...byDefault, stored] }];
  const isRight = !misdeclared;
  if (stored === explicitLittleEndian && isRight) {
    return [{ ...original, transferSyntaxes: [...byDefault, stored] }, madeAs(implicitLittleEndian)];
  }
  const representations = [
    madeAs(explicitLittleEndian, noTransferSyntax),
    { ...original, transferSyntaxes: isRight ? [anyTransferSyntax, stored] : [anyTransferSyntax] },
  ];
  return stored === implicitLittleEndian && isRight
    ? representations
    : [...representations, madeAs(implicitLittleEndian)];
}

const byDefault = [noTransferSyntax, anyTransferSyntax];

function madeAs(transferSyntaxUid: Uid, ...others: readonly string[]): Representation {
  return { transferSyntaxUid, transferSyntaxes: [...others, transferSyntaxUid], made: true };
}

/**
 * Lists the ways in which Frames can be had: native ones as little endian pixels, which are the same whatever the VRs around
 * them, and encapsulated ones as they are stored.
 * @see PS3.18 8.7.3.3
 */
export function frameRepresentations(stored: Uid): readonly Representation[] {
  const { pixelData, byteOrder } = transferSyntaxOf(stored);
  if (pixelData === 'encapsulated') {
    return [{ transferSyntaxUid: stored, transferSyntaxes: [...byDefault, stored], made: false }];
  }
  const made = byteOrder === 'big';
  const little = [
    { transferSyntaxUid: explicitLittleEndian, transferSyntaxes: [...byDefault, explicitLittleEndian], made },
    { transferSyntaxUid: implicitLittleEndian, transferSyntaxes: [implicitLittleEndian], made },
  ];
  return made ? [...little, { transferSyntaxUid: stored, transferSyntaxes: [stored], made: false }] : little;
}

/** Offers of representations, each in parts or, where there is only one, alone. */
export type RepresentationOffer = Representation & Offer & { readonly body: string; readonly multipart: boolean };

/** Makes offers: `types` in the order in which they are preferred; in parts before alone, as is the default. @see PS3.18 10.4.4 */
export function offersOf(
  representations: readonly Representation[],
  { types, alone }: { readonly types: readonly string[]; readonly alone: boolean },
): readonly RepresentationOffer[] {
  const each = types.flatMap((body) => representations.map((one) => ({ ...one, body })));
  const parts = each.map((one) => ({ ...one, name: 'multipart/related', type: one.body, multipart: true }));
  return alone ? [...parts, ...each.map((one) => ({ ...one, name: one.body, multipart: false }))] : parts;
}
