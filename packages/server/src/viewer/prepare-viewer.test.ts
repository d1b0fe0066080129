import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { fakeDist, writtenDist } from './fake-dist.js';
import { readViewerFiles } from './viewer-files.js';

describe('prepareViewer', () => {
  it('moves the viewer below /viewer/ and puts our settings in', async () => {
    const { target, prepare } = await writtenDist(fakeDist());
    await prepare();
    const text = (name: string): string => readFileSync(join(target, name), 'utf8');
    expect(text('index.html')).toContain('<link href="/viewer/app.bundle.css">');
    expect(text('index.html')).toContain('src="/viewer/app-config.js"');
    expect(text('index.html')).toContain('content="/viewer/a.png"');
    expect(text('index.html').match(/PUBLIC_URL="\/viewer\/"/g)).toHaveLength(2);
    expect(text('app.bundle.css')).toContain('url(/viewer/a34f');
    expect(text('manifest.json')).toContain('"/viewer/assets/icon.png"');
    expect(text('8097.bundle.0123456789abcdef.js')).toBe('__webpack_require__.p = "/viewer/";');
    expect(text('app.bundle.0123456789abcdef.js')).toContain(`('/viewer/dicom-microscopy-viewer/`);
    expect(text('app-config.js')).toBe('// ours');
  });

  it('leaves models and source maps out', async () => {
    const { target, prepare } = await writtenDist(fakeDist());
    await prepare();
    expect(existsSync(join(target, 'ort'))).toBe(false);
    expect(existsSync(join(target, 'app.bundle.js.map'))).toBe(false);
  });

  it('lists each file, with the hashes of the inline scripts as they were rewritten', async () => {
    const { target, prepare } = await writtenDist(fakeDist());
    await prepare();
    const viewer = readViewerFiles(target)!;
    const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    expect(viewer.scriptHashes).toEqual([
      hash('window.PUBLIC_URL="/viewer/"'),
      hash('let a;window.PUBLIC_URL="/viewer/"'),
    ]);
    for (const [name, file] of viewer.files) {
      const bytes = readFileSync(join(target, name));
      expect([name, file.size]).toEqual([name, bytes.length]);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.sha256);
    }
  });

  it('writes compressed twins of what is large and shrinks', async () => {
    const { target, prepare } = await writtenDist(fakeDist());
    await prepare();
    const wasm = 'wasm'.repeat(1000);
    const name = join(target, '0ddf166f7a343eda.wasm');
    expect(brotliDecompressSync(readFileSync(`${name}.br`)).toString()).toBe(wasm);
    expect(gunzipSync(readFileSync(`${name}.gzip`)).toString()).toBe(wasm);
    expect(existsSync(join(target, 'assets/icon.png.br'))).toBe(false);
  });

  it('does nothing the second time, and all again for another version', async () => {
    const { target, prepare } = await writtenDist(fakeDist());
    expect(await prepare()).toEqual({ skipped: false });
    writeFileSync(join(target, 'index.html'), 'marked');
    expect(await prepare()).toEqual({ skipped: true });
    expect(await prepare('1.0.1')).toEqual({ skipped: false });
    expect(readFileSync(join(target, 'index.html'), 'utf8')).not.toBe('marked');
  });

  it.each([
    ['index.html', 'href="/', 'href="./'],
    ['index.html', 'PUBLIC_URL="/"</script><script>', 'PUBLIC_URL=""</script><script>'],
    ['app.bundle.css', 'url(/', 'url(./'],
    ['manifest.json', '"/assets/', '"assets/'],
    ['app.bundle.0123456789abcdef.js', "('/dicom-", "('dicom-"],
    ['8097.bundle.0123456789abcdef.js', '.p = "/"', '.p = ""'],
  ])('fails, and leaves nothing that counts as made, when %s has no %s', async (name, from, to) => {
    const files = fakeDist();
    files.set(name, files.get(name)!.replace(from, to));
    const { target, prepare } = await writtenDist(files);
    await expect(prepare()).rejects.toThrow('OHIF has changed');
    expect(readViewerFiles(target)).toBeUndefined();
  });
});
