// Makes packages/server/viewer of @ohif/app: moved below /viewer/, without what is not served, compressed ahead of time.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Path below which the server answers with the viewer. */
const base = '/viewer/';

/** What is not served: models of AI tools, source maps, settings of other hosts. */
const leftOut = [/^ort\//, /\.map$/, /^_headers$/, /^_redirects$/, /^serve\.json$/];

/**
 * The dist is built for the root of a site; these rewrites move it. Each must find something in each file (`every`) or
 * in at least one: a new version of OHIF may spell things otherwise, and must then be looked at.
 */
const rewrites = [
  { files: /^index\.html$/, from: 'href="/', to: `href="${base}` },
  { files: /^index\.html$/, from: 'src="/', to: `src="${base}` },
  { files: /^index\.html$/, from: 'content="/', to: `content="${base}` },
  { files: /^index\.html$/, from: 'window.PUBLIC_URL="/"', to: `window.PUBLIC_URL="${base}"`, times: 2 },
  { files: /\.css$/, from: 'url(/', to: `url(${base}` },
  { files: /^manifest\.json$/, from: '"/assets/', to: `"${base}assets/` },
  { files: /\.js$/, from: '__webpack_require__.p = "/";', to: `__webpack_require__.p = "${base}";` },
  {
    files: /^app\.bundle\.[\da-f]+\.js$/,
    from: "browserImportFunction('/dicom-microscopy-viewer/",
    to: `browserImportFunction('${base}dicom-microscopy-viewer/`,
  },
];

/** Bundles with a public path of their own: one that is missed asks for its parts at the root of the site. */
const ownPublicPath = ['app', 'compute', 'histogram-worker', 'interpolation', 'polySeg', '136', '2299', '8097'];

const worthCompressing = /\.(?:js|css|html|json|svg|wasm|txt|xml|webapp)$/;
const smallestCompressed = 1024;

const sha256 = (bytes, encoding) => createHash('sha256').update(bytes).digest(encoding);

/** Applies the rewrites to the text of one file and counts what each replaced. */
function rewrite(name, text, counts) {
  let result = text;
  rewrites.forEach(({ files, from, to }, index) => {
    if (!files.test(name)) return;
    const parts = result.split(from);
    counts[index] += parts.length - 1;
    result = parts.join(to);
  });
  return result;
}

/** Throws when a rewrite replaced nothing, or not as often as it must. */
function checkCounts(counts) {
  rewrites.forEach(({ files, from, times }, index) => {
    const found = counts[index];
    if (found === 0 || (times !== undefined && found !== times)) {
      throw new Error(`prepare-viewer: ${JSON.stringify(from)} was found ${found} times in ${files}: OHIF has changed`);
    }
  });
}

/** Hashes of the inline scripts of a page, as its Content-Security-Policy names them. @see CSP Level 3 2.3.1 */
function inlineScriptHashes(html) {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text);
  if (scripts.length === 0) throw new Error('prepare-viewer: index.html holds no inline script: OHIF has changed');
  return [...new Set(scripts.map((text) => `sha256-${sha256(text, 'base64')}`))];
}

/** Paths of all files below a folder, with `/` between, in order. */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Writes the compressed twins of a file that are smaller than it; tells which. */
async function compress(path, bytes) {
  const brotliOptions = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  };
  const twins = [
    ['br', await promisify(brotliCompress)(bytes, brotliOptions)],
    ['gzip', await promisify(gzip)(bytes)],
  ].filter(([, twin]) => twin.length < bytes.length * 0.9);
  for (const [coding, twin] of twins) writeFileSync(`${path}.${coding}`, twin);
  return Object.fromEntries(twins.map(([coding, twin]) => [coding, twin.length]));
}

/** Runs `work` over `items`, as many at once as there are processors. */
async function inParallel(items, work) {
  const queue = [...items];
  const next = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(cpus().map(next));
}

/**
 * Makes the folder `target` of an OHIF dist at `source`; `appConfig` takes the place of its settings. Does nothing when it
 * was made of the same input before. The list `viewer.json` in `target` names each file; it is written last.
 */
export async function prepareViewer({ source, target, version, appConfig }) {
  const settings = readFileSync(appConfig);
  const made = sha256(
    [version, sha256(settings, 'hex'), sha256(readFileSync(fileURLToPath(import.meta.url)), 'hex')].join(),
    'hex',
  );
  const list = join(target, 'viewer.json');
  if (existsSync(list) && JSON.parse(readFileSync(list, 'utf8')).made === made) return { skipped: true };
  rmSync(target, { recursive: true, force: true });

  const names = filesBelow(source).filter((name) => !leftOut.some((pattern) => pattern.test(name)));
  const counts = rewrites.map(() => 0);
  const files = {};
  let scriptHashes = [];
  await inParallel(names, async (name) => {
    const path = join(target, name);
    mkdirSync(dirname(path), { recursive: true });
    const rewritten = rewrites.some((one) => one.files.test(name));
    let bytes = name === 'app-config.js' ? settings : readFileSync(join(source, name));
    if (rewritten && name !== 'app-config.js') bytes = Buffer.from(rewrite(name, bytes.toString('utf8'), counts));
    if (name === 'index.html') scriptHashes = inlineScriptHashes(bytes.toString('utf8'));
    if (rewritten) writeFileSync(path, bytes);
    else copyFileSync(join(source, name), path);
    const twins = worthCompressing.test(name) && bytes.length >= smallestCompressed ? await compress(path, bytes) : {};
    files[name] = { size: bytes.length, sha256: sha256(bytes, 'hex'), ...twins };
  });
  checkCounts(counts);
  checkPublicPaths(target, names);
  const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(list, JSON.stringify({ made, version, scriptHashes, files: sorted }));
  return { skipped: false };
}

/** Throws when a bundle that has a public path of its own has not been moved. */
function checkPublicPaths(target, names) {
  for (const bundle of ownPublicPath) {
    const name = names.find((one) => one.startsWith(`${bundle}.bundle.`) && one.endsWith('.js'));
    if (name === undefined || !readFileSync(join(target, name), 'utf8').includes(`__webpack_require__.p = "${base}"`)) {
      throw new Error(`prepare-viewer: the public path of ${bundle}.bundle was not found: OHIF has changed`);
    }
  }
}

/** Prepares the viewer that is installed, wherever npm put it; answers with a line to print. */
export async function prepareInstalledViewer() {
  const server = new URL('../packages/server/', import.meta.url);
  const packageJson = createRequire(new URL('package.json', server)).resolve('@ohif/app/package.json');
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8'));
  const { skipped } = await prepareViewer({
    source: join(dirname(packageJson), 'dist'),
    target: fileURLToPath(new URL('viewer', server)),
    version,
    appConfig: fileURLToPath(new URL('app-config.js', server)),
  });
  return `prepare: OHIF ${version} ${skipped ? 'is already' : 'was'} made ready in packages/server/viewer`;
}
