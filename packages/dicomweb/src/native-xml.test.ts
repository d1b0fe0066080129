import { expect, it } from '@jest/globals';
import { writeNativeXml } from './native-xml.js';

it('writes the Native DICOM Model, escaped', () => {
  const item = { '00081155': { vr: 'UI', Value: ['1.2'] }, '00081190': { vr: 'UR', Value: ['/a?b=<c>&"d"'] } };
  const xml = writeNativeXml({ '00081199': { vr: 'SQ', Value: [item] }, '00081197': { vr: 'US', Value: [272] } });
  expect(xml).toContain('<DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence"><Item number="1">');
  expect(xml).toContain('<Value number="1">/a?b=&lt;c&gt;&amp;&quot;d&quot;</Value>');
  expect(xml).toContain('<DicomAttribute tag="00081197" vr="US" keyword="FailureReason"><Value number="1">272</Value>');
});
