import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));

/** An element of Explicit VR Little Endian. */
function element(at: number, vr: string, value: string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(at >>> 16, 0);
  header.writeUInt16LE(at & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(Buffer.byteLength(value), 6);
  return Buffer.concat([header, Buffer.from(value)]);
}

it('runs the example of README.md', () => {
  const [, example = ''] = /```js\n([^]*?)```/.exec(readFileSync(join(packageFolder, 'README.md'), 'utf8')) ?? [];
  const folder = mkdtempSync(join(packageFolder, 'dist', 'readme-')); // within the package, where its name is known
  try {
    writeFileSync(join(folder, 'example.mjs'), example);
    writeFileSync(
      join(folder, 'file.dcm'),
      Buffer.concat([
        element(0x00080005, 'CS', 'ISO_IR 192'),
        element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7\0'),
        element(0x00080018, 'UI', '1.2.3.4\0'),
        element(0x00100010, 'PN', 'Müller^Hans'),
        element(0x0020000d, 'UI', '1.2.3.5\0'),
        element(0x0020000e, 'UI', '1.2.3.6\0'),
      ]),
    );
    const output = execFileSync(process.execPath, [join(folder, 'example.mjs'), join(folder, 'file.dcm')], {
      encoding: 'utf8',
    });
    const [first, second = ''] = output.split('\n');
    expect(first).toBe('1.2.3.4 Müller^Hans');
    expect(JSON.parse(second)).toMatchObject({ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Hans' }] } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
