import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Root of the repository, from `dist/viewer/`. */
const root = new URL('../../../../', import.meta.url);

/** Bundles that must have a public path of their own. */
const bundles = ['app', 'compute', 'histogram-worker', 'interpolation', 'polySeg', '136', '2299', '8097'];

const scripts = '<script>window.PUBLIC_URL="/"</script><script>let a;window.PUBLIC_URL="/"</script>';

/** A dist with one of each thing that is rewritten; a test changes what it needs. */
export function fakeDist(): Map<string, string> {
  const files = new Map([
    [
      'index.html',
      `<meta content="/a.png">${scripts}<link href="/app.bundle.css"><script src="/app-config.js"></script>`,
    ],
    ['app.bundle.css', `@font-face { src: url(/a34f9d1faa5f3315.woff2) }${' '.repeat(2000)}`],
    ['manifest.json', '{ "src": "/assets/icon.png" }'],
    ['app-config.js', 'theirs'],
    ['0ddf166f7a343eda.wasm', 'wasm'.repeat(1000)],
    ['app.bundle.js.map', 'map'],
    ['ort/model.onnx', 'model'],
    ['assets/icon.png', 'icon'],
  ]);
  for (const name of bundles) files.set(`${name}.bundle.0123456789abcdef.js`, '__webpack_require__.p = "/";');
  const app = 'app.bundle.0123456789abcdef.js';
  files.set(app, `${files.get(app)!} browserImportFunction('/dicom-microscopy-viewer/x.js')`);
  return files;
}

/** What `scripts/prepare-viewer.js` exports, which is plain JavaScript as it runs before anything is compiled. */
interface PrepareViewer {
  prepareViewer: (options: {
    readonly source: string;
    readonly target: string;
    readonly version: string;
    readonly appConfig: string;
  }) => Promise<{ readonly skipped: boolean }>;
}

/** Writes a dist into a folder of its own and returns how to prepare it, and where it then lies. */
export async function writtenDist(files: ReadonlyMap<string, string>): Promise<{
  readonly source: string;
  readonly target: string;
  prepare: (version?: string) => Promise<{ skipped: boolean }>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'bucky-viewer-'));
  const source = join(folder, 'dist');
  const target = join(folder, 'viewer');
  for (const [name, text] of files) {
    await mkdir(dirname(join(source, name)), { recursive: true });
    await writeFile(join(source, name), text);
  }
  const appConfig = join(folder, 'our-config.js');
  await writeFile(appConfig, '// ours');
  const script = new URL('scripts/prepare-viewer.js', root);
  const { prepareViewer } = (await import(script.href)) as PrepareViewer;
  return { source, target, prepare: (version = '1.0.0') => prepareViewer({ source, target, version, appConfig }) };
}
