import { BuckyError } from '../bucky-error.js';
import type { Attribute, DataSet } from '../data-set.js';
import type { InstanceIdentity } from '../part10.js';
import { tag } from '../tag.js';
import { isUid, type Uid } from '../uid.js';
import { tagInText } from './element-header.js';

const sopClassUidTag = tag(0x00080016);
const sopInstanceUidTag = tag(0x00080018);
const studyInstanceUidTag = tag(0x0020000d);
const seriesInstanceUidTag = tag(0x0020000e);

const names = [
  [sopClassUidTag, 'SOP Class UID'],
  [sopInstanceUidTag, 'SOP Instance UID'],
  [studyInstanceUidTag, 'Study Instance UID'],
  [seriesInstanceUidTag, 'Series Instance UID'],
] as const;

/** Reads the text of a UI without its padding; some pad with spaces. @see PS3.5 6.2, 9.1 */
export function readUidText(attribute: Attribute | undefined): string {
  if (attribute?.bytes === undefined) return '';
  let end = attribute.bytes.length;
  while (end > 0 && (attribute.bytes[end - 1] === 0 || attribute.bytes[end - 1] === 0x20)) end -= 1;
  return Buffer.from(attribute.bytes.subarray(0, end)).toString('latin1').trimStart();
}

/** Finds who an Instance is; nothing while one of the UIDs is missing or not valid. */
export function findIdentity(dataSet: DataSet, transferSyntaxUid: Uid): InstanceIdentity | undefined {
  const [sopClassUid, instanceUid, studyUid, seriesUid] = names.map(([at]) => readUidText(dataSet.get(at)));
  if (!isUid(studyUid!) || !isUid(seriesUid!) || !isUid(instanceUid!) || !isUid(sopClassUid!)) return undefined;
  return { studyUid, seriesUid, instanceUid, sopClassUid, transferSyntaxUid };
}

/** Makes the refusal of a Data Set without an identity, which names what is missing or not valid. */
export function unidentified(dataSet: DataSet): BuckyError {
  const wrong = names.flatMap(([at, name]) => {
    const text = readUidText(dataSet.get(at));
    if (isUid(text)) return [];
    return [`${name} ${tagInText(at)} is ${text === '' ? 'missing' : 'not a valid UID'}`];
  });
  return new BuckyError('unidentified', `The file does not say which instance it is: ${wrong.join(', ')}`);
}

/** Tells whether File Meta Information names another Instance or SOP Class than the Data Set, which counts. @see PS3.10 7.1 */
export function metaDiffers(meta: DataSet | undefined, { instanceUid, sopClassUid }: InstanceIdentity): boolean {
  const mediaStorageInstance = readUidText(meta?.get(tag(0x00020003)));
  const mediaStorageClass = readUidText(meta?.get(tag(0x00020002)));
  return (
    (mediaStorageInstance !== '' && mediaStorageInstance !== instanceUid) ||
    (mediaStorageClass !== '' && mediaStorageClass !== sopClassUid)
  );
}
