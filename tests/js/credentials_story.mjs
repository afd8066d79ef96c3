// Runs a story of credentials in Node. stdin: {sdk: 'v2' | 'v3', signer: sigV4Client.js, task}; stdout: what happened.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { sdk, signer, task } = JSON.parse(fs.readFileSync(0, 'utf8'));
const tell = sdk === 'v3'
  ? (await import('./credentials_v3.mjs')).tellStory
  : require('./credentials_v2.js').bind(null, require('aws-sdk'), require(signer));
process.stdout.write(JSON.stringify(await tell(task)));
