import { open } from 'node:fs/promises';

/** How much of a file is looked at before it is sent. */
const headLength = 1024;

/** UID of a DICOMDIR: an index of files beside it, which are imported themselves. @see PS3.3 F.5 */
const mediaStorageDirectory = '1.2.840.10008.1.3.10';

/** Why a file is not worth sending; undefined when it may be DICOM. */
export type Unlike = 'empty' | 'DICOMDIR' | 'no DICOM header';

/** Looks at the head of a file. What it lets through is judged by the archive. */
export async function unlikeDicom(path: string): Promise<Unlike | undefined> {
  const handle = await open(path);
  try {
    const head = Buffer.alloc(headLength);
    const { bytesRead } = await handle.read(head, 0, headLength, 0);
    return judgeHead(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Judges the first bytes of a file. @see PS3.10 7.1 */
export function judgeHead(head: Uint8Array): Unlike | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (text === '') return 'empty';
  if (text.slice(128, 132) === 'DICM') {
    return text.includes(mediaStorageDirectory) && /1\.2\.840\.10008\.1\.3\.10(?![.\d])/.test(text)
      ? 'DICOMDIR'
      : undefined;
  }
  return beginsLikeDataSet(head) ? undefined : 'no DICOM header';
}

/** Files without preamble begin with an element of group 0002 or 0008, in either byte order. */
function beginsLikeDataSet(head: Uint8Array): boolean {
  if (head.length < 8) return false;
  const [first, second] = head;
  return (second === 0 && (first === 2 || first === 8)) || (first === 0 && (second === 2 || second === 8));
}
