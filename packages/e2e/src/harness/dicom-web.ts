import { randomUUID } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One part of a multipart answer. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A Data Set as DICOM JSON. @see PS3.18 F */
export type DicomJson = Readonly<Record<string, { readonly vr: string; readonly Value?: readonly unknown[]; readonly InlineBinary?: string; readonly BulkDataURI?: string } | undefined>>; // prettier-ignore

/** What is asked besides the address; `body` flows. */
export interface AskOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | AsyncIterable<Uint8Array>;
}

/** Asks by plain `node:http`, so that any method, path and header can be sent as it is. */
export function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const at = new URL(url);
  return new Promise((resolve, reject) => {
    // The path is taken from the text: URL would fold `..`, which is what some tests are about.
    const path = url.slice(url.indexOf('/', url.indexOf('://') + 3));
    const length = Buffer.isBuffer(body) ? { 'Content-Length': String(body.length) } : {};
    const outgoing = request({ host: at.hostname, port: at.port, path, method, headers: { ...length, ...headers } });
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks) });
      });
    });
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    else void send(outgoing, body).catch(reject);
  });
}

async function send(outgoing: ReturnType<typeof request>, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of body) {
    if (!outgoing.write(chunk)) await new Promise((resolve) => outgoing.once('drain', resolve));
  }
  outgoing.end();
}

/** Media type of a STOW request. */
export function stowType(boundary: string): string {
  return `multipart/related; type="application/dicom"; boundary=${boundary}`;
}

/** What stands before, between and after the parts of a STOW request. @see RFC 2046 5.1.1 */
export function frame(boundary: string): { readonly open: Buffer; readonly close: Buffer } {
  return {
    open: Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
    close: Buffer.from(`\r\n--${boundary}--\r\n`),
  };
}

/** Answer to a STOW request, its sequences taken apart. @see PS3.18 10.5.3, table I.2-1 */
export interface Stored {
  readonly status: number;
  readonly text: string;
  /** UIDs of what was taken. */
  readonly referenced: readonly string[];
  readonly failed: readonly { readonly instanceUid: string | undefined; readonly reason: number }[];
}

function items(json: DicomJson, tag: string): readonly DicomJson[] {
  return (json[tag]?.Value ?? []) as DicomJson[];
}

/** Text of the first value of an Attribute. */
export function firstText(json: DicomJson, tag: string): string | undefined {
  const value = json[tag]?.Value?.[0];
  return typeof value === 'string' ? value : undefined;
}

/** Stores Part 10 files by one request. */
export async function stow(
  dicomWeb: string,
  files: readonly Buffer[],
  options: { readonly studyUid?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Stored> {
  const boundary = randomUUID();
  const { open, close } = frame(boundary);
  const parts = files.flatMap((file, index) => [index === 0 ? open : Buffer.concat([Buffer.from('\r\n'), open]), file]);
  const path = options.studyUid === undefined ? 'studies' : `studies/${options.studyUid}`;
  const answer = await ask(`${dicomWeb}/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': stowType(boundary), Accept: 'application/dicom+json', ...options.headers },
    body: Buffer.concat([...parts, close]),
  });
  return readStored(answer);
}

/** Takes an answer to a STOW request apart. */
export function readStored({ status, body }: Answer): Stored {
  const text = body.toString('utf8');
  const json = text.startsWith('{"000') ? (JSON.parse(text) as DicomJson) : {};
  return {
    status,
    text,
    referenced: items(json, '00081199').map((item) => firstText(item, '00081155') ?? ''),
    failed: items(json, '00081198').map((item) => ({
      instanceUid: firstText(item, '00081155'),
      reason: Number(item['00081197']?.Value?.[0]),
    })),
  };
}

/** Asks for DICOM JSON; 204 is nothing. */
export async function askJson(url: string): Promise<readonly DicomJson[]> {
  const answer = await ask(url, { headers: { Accept: 'application/dicom+json' } });
  if (answer.status === 204) return [];
  if (answer.status !== 200) throw new Error(`${url} was answered with ${answer.status}: ${answer.body.toString()}`);
  return JSON.parse(answer.body.toString('utf8')) as DicomJson[];
}

/** Takes a multipart answer apart, strictly. @see RFC 2046 5.1 */
export function readParts(answer: Answer): readonly Part[] {
  const boundary = /boundary="?([^";]+)"?/i.exec(answer.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined) throw new Error('The answer has no boundary');
  const { body } = answer;
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: Part[] = [];
  let start = whole.indexOf(delimiter);
  for (;;) {
    const after = start + delimiter.length;
    if (start < 0) throw new Error('The multipart answer does not end with its close delimiter');
    if (whole.subarray(after, after + 2).toString() === '--') return parts;
    const next = whole.indexOf(delimiter, after);
    const headEnd = whole.indexOf('\r\n\r\n', after);
    if (next < 0 || headEnd < 0) throw new Error('A part of the multipart answer is cut');
    const lines = whole
      .subarray(after + 2, headEnd)
      .toString('latin1')
      .split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    parts.push({ headers, body: whole.subarray(headEnd + 4, next) });
    start = next;
  }
}

/** Path of an instance below the DICOMweb root. */
export function instancePath(uids: {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
}): string {
  // prettier-ignore
  return `studies/${uids.studyUid}/series/${uids.seriesUid}/instances/${uids.instanceUid}`;
}

/** Retrieves an instance as it is stored, as a single part. */
export function retrieve(dicomWeb: string, uids: Parameters<typeof instancePath>[0]): Promise<Answer> {
  return ask(`${dicomWeb}/${instancePath(uids)}`, { headers: { Accept: 'application/dicom; transfer-syntax=*' } });
}
