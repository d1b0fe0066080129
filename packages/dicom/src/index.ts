export { BuckyError, errorCodes, type ErrorCode } from './bucky-error.js';
export { inFront, oneChunk, type ByteRange, type Bytes } from './bytes.js';
export { combineCrc32 } from './crc32.js';
export { DataSet, type Attribute, type BulkValue } from './data-set.js';
export { DicomdirWriter, type DicomdirInstance } from './dicomdir/dicomdir-writer.js';
export type { DicomJson, DicomJsonAttribute } from './dicomdir/encode-dicom-json.js';
export { readFileIds } from './dicomdir/read-dicomdir.js';
export { decodeFrameTable, type Fragment, type FrameLocation, type FrameTable } from './frame-table.js';
export { suggestName } from './nearest-name.js';
export { writeFileMeta } from './header-writer.js';
export type { BulkEntry, InstanceIdentity, Oddity, Part10 } from './part10.js';
export { Part10Reader } from './part10-reader.js';
export { defaultReaderLimits, type ReaderLimits } from './reader/reader-limits.js';
export type { Scope } from './scope.js';
export { swapWords } from './swap-words.js';
export { tag, tagText, type Tag } from './tag.js';
export { transcodableTo, transcodePart10, type Transcoding } from './transcode/transcode-part10.js';
export { transferSyntaxes, transferSyntaxOf, type TransferSyntax } from './transfer-syntax.js';
export { trimEnd } from './trim-end.js';
export { isUid, parseUid, type Uid } from './uid.js';
export { isVr, longLength, pixelWordLength, wordLength, type Vr } from './vr.js';
export {
  dictionaryEntry,
  dictionaryVr,
  keywordOf,
  parseTag,
  tagOf,
  uidName,
  type DictionaryEntry,
} from './dictionary/dictionary.js';
export { bigintsOf, numberOf, numbersOf, tagsOf, textOf, textsOf } from './attribute-values.js';
export { characterSet, characterSetOf, isCharacterSet, type CharacterSet, type TextOptions } from './character-set.js';
export { dicomJsonPieces, writeDicomJson, type DicomJsonOptions } from './dicom-json.js';
export { foldText } from './fold-text.js';
export { formatPersonName, parsePersonName, personNameQuery, type PersonName } from './person-name.js';
export {
  parseDate,
  parseDateRange,
  parseDateTime,
  parseDateTimeRange,
  parseTime,
  parseTimeRange,
  type TextRange,
} from './date-time.js';
