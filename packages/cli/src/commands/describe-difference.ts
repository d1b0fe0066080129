import { keywordOf, parseTag } from '@bucky/dicom';

interface Summary {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly size: number;
  readonly transferSyntaxUid: string;
  readonly source: string;
  readonly receivedAt: string;
  readonly pixelSha256?: string;
}

/** What `/api/conflicts/RECEIPT` answers. */
export interface Difference {
  readonly held?: Summary;
  readonly aside: Summary;
  readonly attributes: readonly { readonly tag: string; readonly held?: unknown; readonly aside?: unknown }[];
}

/** Characters of a value that are shown: enough to tell two apart. */
const shownLength = 160;

/** Writes how two files differ, for people. */
export function describeDifference({ held, aside, attributes }: Difference): string {
  const names = ['receipt', 'receivedAt', 'source', 'studyUid', 'seriesUid', 'transferSyntaxUid', 'size'] as const;
  const rows = names.map((name) => `  ${name.padEnd(18)} ${held?.[name] ?? '-'}  |  ${aside[name]}`);
  return [
    `holds the UID  |  aside`,
    ...rows,
    `  ${'pixels'.padEnd(18)} ${pixels(held, aside)}`,
    `${attributes.length} attributes differ${attributes.length === 0 ? '' : ':'}`,
    ...attributes.flatMap((one) => [
      `  (${one.tag.slice(0, 4)},${one.tag.slice(4)}) ${keywordOf(parseTag(one.tag)) ?? 'private'}`,
      `    held:  ${shown(one.held)}`,
      `    aside: ${shown(one.aside)}`,
    ]),
    '',
  ].join('\n');
}

function pixels(held: Summary | undefined, aside: Summary): string {
  if (held === undefined) return 'nothing holds the UID';
  if (held.pixelSha256 === undefined && aside.pixelSha256 === undefined) return 'neither has any';
  return held.pixelSha256 === aside.pixelSha256 ? 'the same bytes' : 'other bytes';
}

function shown(attribute: unknown): string {
  if (attribute === undefined) return '-';
  const { Value, InlineBinary, BulkDataURI } = attribute as Readonly<Record<string, unknown>>;
  const text = BulkDataURI === undefined ? JSON.stringify(Value ?? InlineBinary ?? '') : 'bulk data';
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}
