// Lays out the npm packages that the generated JavaScript SDK carries, under the file names that its pages load.
//
//   npm ci && npm run build      writes src/gatewright/services/apigateway/sdk/lib/{axios,CryptoJS,url-template} and vendored.json
//   npm run check                writes nothing; fails where a committed file differs from what the lock file gives
//
// The built files are committed, so that a server needs no npm. Law: nothing here depends on the day or the machine.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const sdk = join(here, '../../src/gatewright/services/apigateway/sdk');
const read = (path) => readFileSync(join(here, 'node_modules', path), 'utf8').replace(/\r\n/g, '\n');
const version = (name) => JSON.parse(read(`${name}/package.json`)).version;

// Each package looks for CommonJS and AMD loaders first. The pages load plain scripts and expect globals, also beside such a
// loader; so a package sees none.
const asGlobal = (text) =>
  `(function (exports, module, define, require) {\n${text.trimEnd()}\n}).call(globalThis);\n`;

// A page loads several CryptoJS files, each of which must stand alone: the core is made once, by whichever comes first.
const crypto = (...files) => files.map((file) => {
  const text = asGlobal(read(`crypto-js/${file}.js`));
  return file === 'core' ? `if (typeof globalThis.CryptoJS === 'undefined') {\n${text}}\n` : text;
}).join('');

function urlTemplate() {
  const text = read('url-template/lib/url-template.js');
  if (!/^export function parseTemplate\(/m.test(text)) throw new Error('url-template no longer exports parseTemplate');
  const plain = text.replace(/^export function parseTemplate\(/m, 'function parseTemplate(');
  if (/^\s*(import|export)\b/m.test(plain)) throw new Error('url-template has further imports or exports');
  return `(function () {\n${plain.trimEnd()}\n\nglobalThis.uritemplate = parseTemplate;\n}());\n`;
}

const packages = {
  axios: {
    'lib/axios/dist/axios.standalone.js': () => asGlobal(read('axios/dist/axios.min.js').replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n')),
    'lib/axios/LICENSE.txt': () => read('axios/LICENSE'),
  },
  'crypto-js': {
    'lib/CryptoJS/rollups/hmac-sha256.js': () => crypto('core', 'sha256', 'hmac'),
    'lib/CryptoJS/rollups/sha256.js': () => crypto('core', 'sha256'),
    'lib/CryptoJS/components/hmac.js': () => crypto('core', 'hmac'),
    'lib/CryptoJS/components/enc-base64.js': () => crypto('core', 'enc-base64'),
    'lib/CryptoJS/LICENSE.txt': () => read('crypto-js/LICENSE'),
  },
  'url-template': {
    'lib/url-template/url-template.js': urlTemplate,
    'lib/url-template/LICENSE.txt': () => read('url-template/LICENSE'),
  },
};

const provenance = {};
const built = {};
for (const [name, files] of Object.entries(packages)) {
  const { license } = JSON.parse(read(`${name}/package.json`));
  provenance[name] = { version: version(name), license, files: {} };
  for (const [path, make] of Object.entries(files)) {
    const heading = path.endsWith('.js') ? `/* ${name} ${version(name)}, ${license}: see LICENSE.txt. Laid out by tools/sdk/build.mjs. */\n` : '';
    built[path] = heading + make();
    provenance[name].files[path] = createHash('sha256').update(built[path]).digest('hex');
  }
}
built['vendored.json'] = JSON.stringify(provenance, null, 2) + '\n';

let stale = 0;
for (const [path, text] of Object.entries(built)) {
  const target = join(sdk, path);
  if (process.argv.includes('--check')) {
    let committed = null;
    try { committed = readFileSync(target, 'utf8'); } catch { /* missing: reported below */ }
    if (committed !== text) { console.error(`differs: ${path}`); stale += 1; }
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    console.log(`${path}: ${text.length} characters`);
  }
}
process.exitCode = stale ? 1 : 0;
