import { randomUUID } from 'node:crypto';
import { Client } from './client.js';
import type { Work } from './measure.js';
import type { Sizes } from './sizes.js';
import { frameBytes, makeSlice, newSeries, pixels, type Series, type Slice } from './synthetic-ct.js';

/** Each kind of work, with the client whose connections it uses. */
export interface Works {
  readonly works: readonly Work[];
  readonly close: () => void;
}

const metadataType = { Accept: 'application/dicom+json' };

/** Sends one instance by STOW. @see PS3.18 10.5 */
async function store(client: Client, { url, slice }: { url: string; slice: Slice }): Promise<number> {
  const boundary = randomUUID();
  const open = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const close = Buffer.from(`\r\n--${boundary}--\r\n`);
  const body = [open, slice.head, ...Array.from({ length: slice.frames }, () => pixels), close];
  const headers = {
    'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
    ...metadataType,
  };
  const { status } = await client.ask(`${url}/studies`, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`An instance was answered with ${status}`);
  return slice.head.length + frameBytes * slice.frames;
}

function makeSeries(count: number): { series: Series; slices: readonly Slice[] } {
  const series = newSeries();
  return { series, slices: Array.from({ length: count }, (_, index) => makeSlice(series, index + 1)) };
}

/** What is measured of a DICOMweb server, in order: what is stored first is retrieved after. */
export function dicomWebWorks(url: string, sizes: Sizes): Works {
  const clients = new Map([1, 4, 6].map((connections) => [connections, new Client(connections)]));
  const { series, slices } = makeSeries(sizes.slices);
  const other = makeSeries(sizes.slices);
  const big = makeSlice(newSeries(), 1, (sizes.bigMib * 1024 * 1024) / frameBytes);
  const seriesUrl = `${url}/studies/${series.studyUid}/series/${series.seriesUid}`;
  const storing = (connections: number, from: readonly Slice[]): Work => ({
    name: 'store a slice',
    connections,
    count: from.length,
    run: (index) => store(clients.get(connections)!, { url, slice: from[index]! }),
  });
  const getting = (
    name: string,
    at: string,
    options: { count: number; connections?: number; headers?: Record<string, string> },
  ): Work => ({
    // prettier-ignore
    name,
    connections: options.connections ?? 1,
    count: options.count,
    run: async () => (await clients.get(options.connections ?? 1)!.ask(at, { headers: { ...metadataType, ...options.headers } })).bytes, // prettier-ignore
  });
  const frames = (connections: number): Work => ({
    name: 'retrieve a frame',
    connections,
    count: slices.length,
    run: async (index) => {
      const headers = { Accept: 'multipart/related; type=application/octet-stream; transfer-syntax=*' };
      const at = `${seriesUrl}/instances/${slices[index]!.instanceUid}/frames/1`;
      const { bytes } = await clients.get(connections)!.ask(at, { headers });
      if (bytes < frameBytes) throw new Error('A frame came back short');
      return bytes;
    },
  });
  const page = 'limit=101&offset=0&includefield=00081030%2C00080060%2C00080090%2C00100030';
  return {
    works: [
      storing(1, slices),
      storing(4, other.slices),
      { name: `store ${sizes.bigMib} MiB`, connections: 1, count: 1, run: () => store(clients.get(1)!, { url, slice: big }) }, // prettier-ignore
      getting('series metadata', `${seriesUrl}/metadata`, { count: sizes.metadataReads }),
      getting('series metadata, gzip', `${seriesUrl}/metadata`, { count: sizes.metadataReads, headers: { 'Accept-Encoding': 'gzip' } }), // prettier-ignore
      frames(1),
      frames(6),
      getting('search, first page', `${url}/studies?${page}`, { count: sizes.searches }),
      getting('search, Patient ID', `${url}/studies?${page}&PatientID=${series.patientId}`, { count: sizes.searches }),
      getting('search, name contains', `${url}/studies?${page}&PatientName=*${series.patientName.slice(-6)}*`, { count: sizes.searches }), // prettier-ignore
    ],
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}
