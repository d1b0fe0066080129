import { open } from 'node:fs/promises';

/** How much of a file is looked at before it is sent. */
export const headLength = 1024;

/** UID of a DICOMDIR: an index of files beside it, which are imported themselves. @see PS3.3 F.5 */
const mediaStorageDirectory = '1.2.840.10008.1.3.10';

/** Why a file is not worth sending; undefined when it may be DICOM. A ZIP is looked into. */
export type Unlike = 'empty' | 'DICOMDIR' | 'ZIP' | 'no DICOM header';

/** Reads the first bytes of a file. */
export async function readHead(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const head = Buffer.alloc(headLength);
    const { bytesRead } = await handle.read(head, 0, headLength, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Judges the first bytes of a file. What it lets through is judged by the archive. @see PS3.10 7.1 */
export function judgeHead(head: Uint8Array): Unlike | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (text === '') return 'empty';
  if (text.slice(128, 132) === 'DICM') {
    return text.includes(mediaStorageDirectory) && /1\.2\.840\.10008\.1\.3\.10(?![.\d])/.test(text)
      ? 'DICOMDIR'
      : undefined;
  }
  // A local header, or the end of a ZIP without entries. @see APPNOTE.TXT 4.3.7, 4.3.16
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) return 'ZIP';
  return beginsLikeDataSet(head) ? undefined : 'no DICOM header';
}

/** Files without preamble begin with an element of group 0002 or 0008, in either byte order. */
function beginsLikeDataSet(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const [first, second] = head;
  return (second === 0 && (first === 2 || first === 8)) || (first === 0 && (second === 2 || second === 8));
}

/** (0002,0002) UI in File Meta Information: tag (4), VR (2); length (2) and value follow. @see PS3.10 7.1 */
const mediaStorageSopClass = Buffer.from([0x02, 0x00, 0x02, 0x00, 0x55, 0x49]);

/** Reads the Media Storage SOP Class UID that stands in the first bytes of a file, where it has one. */
export function sopClassIn(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const at = bytes.indexOf(mediaStorageSopClass) + mediaStorageSopClass.length;
  if (at < mediaStorageSopClass.length) return undefined;
  return /^[\d.]{1,64}/.exec(bytes.toString('latin1', at + 2, at + 2 + 64))?.[0];
}
