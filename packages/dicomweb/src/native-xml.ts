import type { DicomJsonObject } from '@bucky/archive';
import { keywordOf, parsePersonName, parseTag, tagOf, type PersonName } from '@bucky/dicom';

type JsonAttribute = DicomJsonObject[string];

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const namespace = 'http://dicom.nema.org/PS3.19/models/NativeDICOM';

/**
 * Writes a Data Set in the Native DICOM Model. It is made of DICOM JSON, which says the same in other words: null in a list
 * is a Value that is left out, and the others keep their numbers. @see PS3.19 A.1, PS3.18 F.4
 */
export function writeNativeXml(dataSet: DicomJsonObject): string {
  const model = `<NativeDicomModel xmlns="${namespace}" xml:space="preserve">`;
  return `${declaration}${model}${attributesText(dataSet)}</NativeDicomModel>`;
}

/** Lists Attributes in the order of their Tags, whatever JavaScript makes of them. */
export function byTag(dataSet: DicomJsonObject): [tag: string, attribute: JsonAttribute][] {
  return Object.entries(dataSet).sort(([one], [other]) => (one < other ? -1 : 1));
}

function attributesText(dataSet: DicomJsonObject): string {
  let text = '';
  for (const [tag, attribute] of byTag(dataSet)) {
    const names = `${tagText(dataSet, tag)} vr="${attribute.vr}"${keywordText(tag)}`;
    text += `<DicomAttribute ${names}>${contentText(attribute)}</DicomAttribute>`;
  }
  return text;
}

/** A private Attribute is known by who reserved its block, whose number is then written as 00. @see PS3.5 7.8.1, PS3.19 table A.1.5-2 */
function tagText(dataSet: DicomJsonObject, tag: string): string {
  const [group, block, element] = [tag.slice(0, 4), tag.slice(4, 6), tag.slice(6)];
  const isPrivate = block !== '00' && Number.parseInt(group, 16) % 2 === 1;
  const creator = isPrivate ? dataSet[`${group}00${block}`]?.Value?.[0] : undefined;
  if (typeof creator !== 'string') return `tag="${tag}"`;
  return `tag="${group}00${element}" privateCreator="${escaped(creator)}"`;
}

/** A repeating group has its own Tags, but one keyword for all; the Tag tells which is meant. */
function keywordText(tag: string): string {
  const keyword = keywordOf(parseTag(tag));
  return keyword === undefined || tagOf(keyword) === undefined ? '' : ` keyword="${keyword}"`;
}

function contentText({ vr, Value = [], InlineBinary, BulkDataURI }: JsonAttribute): string {
  if (BulkDataURI !== undefined) return `<BulkData uri="${escaped(BulkDataURI)}"/>`;
  if (InlineBinary !== undefined) return `<InlineBinary>${InlineBinary}</InlineBinary>`;
  return Value.map((value, index) => valueText(vr, value, index + 1)).join('');
}

function valueText(vr: string, value: unknown, number: number): string {
  if (vr === 'SQ') return `<Item number="${number}">${attributesText(value as DicomJsonObject)}</Item>`;
  if (value === null || value === undefined) return '';
  if (vr !== 'PN')
    return `<Value number="${number}">${escaped(typeof value === 'number' ? String(value) : (value as string))}</Value>`;
  const name = typeof value === 'object' ? value : parsePersonName(value as string);
  return `<PersonName number="${number}">${nameText(name)}</PersonName>`;
}

/** Components of a component group, in order. @see PS3.5 6.2.1 */
const components = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'];

function nameText(name: PersonName): string {
  const groups = [
    ['Alphabetic', name.Alphabetic],
    ['Ideographic', name.Ideographic],
    ['Phonetic', name.Phonetic],
  ] as const;
  return groups
    .filter(([, text = '']) => text !== '')
    .map(([group, text = '']) => `<${group}>${componentsText(text)}</${group}>`)
    .join('');
}

function componentsText(group: string): string {
  return group
    .split('^')
    .slice(0, components.length)
    .map((text, index) => (text === '' ? '' : `<${components[index]!}>${escaped(text)}</${components[index]!}>`))
    .join('');
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Characters that XML writes otherwise or has none for; with the flag u a surrogate is one that stands alone. @see XML 1.0 2.2 */
// eslint-disable-next-line no-control-regex -- those are meant
const special = /[&<>"\u0000-\u001f\ud800-\udfff\ufffe\uffff]/gu;

/** Line ends are written as references, as readers turn CR LF into LF. @see XML 1.0 2.11 */
function escaped(text: string): string {
  return text.replace(special, (one) => references[one] ?? '\ufffd');
}
