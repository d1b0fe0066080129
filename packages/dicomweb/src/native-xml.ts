import { XMLBuilder } from 'fast-xml-parser';
import type { DicomJsonObject } from '@bucky/archive';
import { keywordOf, parseTag } from '@bucky/dicom';

// Deprecated for a package of its own, which is what this one wraps: one dependency less to name.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressBooleanAttributes: false });

/** Writes a small Data Set as XML: text values and Sequences, which is all that a store answers. @see PS3.19 A.1 */
export function writeNativeXml(dataSet: DicomJsonObject): string {
  const model = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    NativeDicomModel: {
      '@xmlns': 'http://dicom.nema.org/PS3.19/models/NativeDICOM',
      '@xml:space': 'preserve',
      DicomAttribute: attributesOf(dataSet),
    },
  };
  return builder.build(model);
}

function attributesOf(dataSet: DicomJsonObject): object[] {
  return Object.entries(dataSet).map(([tag, { vr, Value = [] }]) => {
    const keyword = keywordOf(parseTag(tag));
    const attribute = { '@tag': tag, '@vr': vr, ...(keyword === undefined ? {} : { '@keyword': keyword }) };
    if (vr === 'SQ') {
      const items = Value as readonly DicomJsonObject[]; // what a Sequence holds. @see PS3.18 F.2.2
      return {
        ...attribute,
        Item: items.map((item, index) => ({ '@number': index + 1, DicomAttribute: attributesOf(item) })),
      };
    }
    return { ...attribute, Value: Value.map((value, index) => ({ '@number': index + 1, '#text': String(value) })) };
  });
}
