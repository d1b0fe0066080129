// Writes docs/conformance.md, the conformance statement, from the tables by which Bucky works. Needs the built packages.
//
//   node scripts/conformance.js          writes it
//   node scripts/conformance.js --check  fails when it is not what would be written
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { searchableAttributes } from '../packages/catalog/dist/index.js';
import { configSchema } from '../packages/cli/dist/config.js';
import { defaultReaderLimits, errorCodes, tagText, transferSyntaxes } from '../packages/dicom/dist/index.js';
import { uidTable } from '../packages/dicom/dist/dictionary/uid-table.js';
import { descriptionOf, routes, statusOf, templateOf } from '../packages/dicomweb/dist/index.js';
import { statements } from './conformance-statements.js';

const file = fileURLToPath(new URL('../docs/conformance.md', import.meta.url));
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const { version } = JSON.parse(read('packages/cli/package.json'));

/** A table in Markdown. */
function table(head, rows) {
  const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Refuses a statement whose test is not there. */
function checked([paragraph, what, path, title]) {
  if (!read(path).includes(title)) throw new Error(`There is no test "${title}" in ${path}, for ${paragraph}`);
  const shown = title === 'it' ? 'the whole file' : title;
  return [paragraph, what, `${shown} (\`${path}\`)`];
}

const transactions = routes.map((route) => {
  const { name, section = '–', takes = [], gives } = descriptionOf(route);
  const statuses = gives.map(({ status }) => status).join(', ');
  const types = [...new Set(gives.flatMap((one) => one.types ?? []))].join('; ');
  const method = route.method === 'GET' ? 'GET, HEAD' : route.method;
  return [name, section, method, `\`${templateOf(route.path)}\``, takes.join('; ') || '–', types || '–', statuses];
});

const parameters = routes.flatMap((route) => {
  const { name, query } = descriptionOf(route);
  return query.length === 0 ? [] : [[name, query.map((one) => `\`${one.name}\``).join(', ')]];
});

const syntaxes = [...transferSyntaxes.values()].map((one) => {
  const recoded = one.pixelData === 'native' && one.uid !== '1.2.840.10008.1.2.1';
  const sent = recoded ? 'as stored, or Explicit (or Implicit) VR Little Endian' : 'as stored';
  return [one.name, one.uid, 'yes', sent, one.mediaType];
});

const sopClasses = uidTable
  .split('\n')
  .map((line) => line.split('\t'))
  .filter(([, kind, name]) => kind === 'SOP Class' && / Storage\b/.test(name) && !/Commitment|Media|Query/.test(name))
  .map(([uid, , name]) => [name, uid]);

const levels = { study: 'Study', series: 'Series', instance: 'Instance' };
const attributes = searchableAttributes.map(({ keyword, tag, vr, level, required, matchColumn }) => [
  levels[level],
  keyword,
  `(${tagText(tag).slice(0, 4)},${tagText(tag).slice(4)})`,
  vr,
  required ? 'always' : 'with includefield',
  matchColumn === undefined ? 'as written' : vr === 'DT' ? 'as a time' : 'without case and accents',
]);

const limits = [
  'partBytes',
  'bufferedBytes',
  'inFlightBytes',
  'reservedBytes',
  'partsPerRequest',
  ...Object.keys(defaultReaderLimits),
];
const limitRows = limits.flatMap((name) => {
  const option = configSchema.shape[name];
  if (option === undefined) return [];
  const about = option.unwrap().meta();
  return [[`\`${name}\``, configSchema.parse({})[name].toLocaleString('en'), about.unit ?? '', about.sentence]];
});

const text = `# DICOM conformance statement

Bucky ${version}, after the template of PS3.2. The tables are made by \`scripts/conformance.js\` of those by which Bucky works, so that they cannot say anything else; CI fails when
this page is not what they give.

## Overview

Bucky is an archive. It is an origin server of DICOMweb (PS3.18) in the roles below, below the root \`/dicom-web\`; it has no DIMSE services.

${table(
  ['Service', 'PS3.18', 'User', 'Provider'],
  [
    ['Studies Service: Store (STOW-RS)', '10.5', 'no', 'yes'],
    ['Studies Service: Search (QIDO-RS)', '10.6', 'no', 'yes'],
    ['Studies Service: Retrieve (WADO-RS)', '10.4', 'no', 'yes, as far as no pixels have to be decoded'],
    ['URI Service (WADO-URI)', '9', 'no', 'yes, for application/dicom'],
    ['Capabilities', '8.9', 'no', 'yes'],
    ['Studies Service: Delete', '–', 'no', 'yes; it can be undone'],
    ['Storage of media (DICOMDIR)', 'PS3.10, PS3.11', 'reader (`bucky import`)', 'in a ZIP of a study or series'],
  ],
)}

## Transactions

${table(['Transaction', 'PS3.18', 'Method', 'Resource', 'Takes', 'Gives', 'Success'], transactions)}

A body of a store may be coded with gzip. Answers of searches and metadata are coded with gzip when that is accepted. Answers have strong ETags where they can be asked for again.

### Query parameters

${table(['Transaction', 'Parameters'], parameters)}

### Status codes of failures

${table(
  ['Code in `application/problem+json`', 'Status'],
  errorCodes.map((code) => [`\`${code}\``, statusOf[code]]),
)}

[errors.md](errors.md) says of each what it means and what to do.

### Reasons in the answer to a store (PS3.18 I.2)

${table(
  ['Reason', 'Where', 'Meaning'],
  [
    ['42752 (A700)', 'Failure Reason', 'a configured limit, or no room'],
    ['43264 (A900)', 'Failure Reason', 'the Study Instance UID is not that of the address'],
    ['49152 (C000)', 'Failure Reason', 'no DICOM, cut, or it does not say what it is'],
    ['272 (0110)', 'Failure Reason', 'a failure of ours'],
    [
      '45070 (B00E)',
      'Failure Reason, private',
      'other bytes, another study or series hold the SOP Instance UID: kept aside',
    ],
    ['45071 (B00F)', 'Warning Reason, private', 'stored; Patient ID, birth date or sex differ from those of the study'],
  ],
)}

## Storage

Every instance that says what it is is taken, whatever its SOP Class, public, private or retired, and kept byte for byte. What the dictionary of this version knows by name:

<details><summary>${sopClasses.length} Storage SOP Classes</summary>

${table(['SOP Class', 'UID'], sopClasses)}

</details>

### Transfer Syntaxes

${table(['Transfer Syntax', 'UID', 'Stored', 'Sent', 'Media type of frames'], syntaxes)}

Others are stored as well and sent as they are.

## Search

Matching (PS3.4 C.2.2.2): single value, list of UID, wildcard, range (DA, TM, DT; date and time of a pair taken together), universal, sequence (dotted keywords or tags). The Attributes below have a
column. Others of the dictionary, and private ones by tag, are matched on the metadata when the other keys leave few enough candidates.

${table(['Level', 'Attribute', 'Tag', 'VR', 'Returned', 'Matched'], attributes)}

Default order: newest Study Date and Time first, Series Number, Instance Number, then UID: a total order.

## Character sets

Read: all Defined Terms of Specific Character Set (PS3.3 C.12.1.1.2), with code extensions (ISO 2022), GB18030 and GBK. Undeclared bytes are UTF-8 when they are valid as that, else \`defaultCharacterSet\`.
Written: UTF-8 (ISO_IR 192) in JSON and XML; originals keep theirs.

## Limits

${table(['Setting', 'Default', 'Unit', 'What'], limitRows)}

## Security

No user can sign in yet: Bucky listens on loopback addresses only, refuses foreign Host headers, and writes by pages of other origins. An executable preamble leaves as zeros (PS3.10 7.1).

## Statements of PS3.18 and their tests

${table(['Paragraph', 'Statement', 'Test'], statements.map(checked))}
`;

if (process.argv.includes('--check')) {
  if (read('docs/conformance.md') === text) process.exit(0);
  console.error('docs/conformance.md is stale: run node scripts/conformance.js');
  process.exit(1);
}
writeFileSync(file, text);
