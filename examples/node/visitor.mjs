// A visitor calls a guarded API without signing in: refused unsigned, let in with temporary credentials of an identity pool.
//
//   node prepare.mjs > config.json                              what this calls
//   curl -O "$AWS_ENDPOINT_URL/_gatewright/sigV4Client.mjs"     what this signs with
//   node visitor.mjs
import { readFileSync } from 'node:fs';
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import sigV4Client from './sigV4Client.mjs';

const { endpoint, region, apiUrl, identityPoolId } = JSON.parse(readFileSync('config.json', 'utf8'));

const show = async (what, answer) => console.log(`${what}: ${answer.status} ${await answer.text()}`);

await show('unsigned', await fetch(`${apiUrl}/demo`));

const credentials = await fromCognitoIdentityPool({ identityPoolId, clientConfig: { endpoint, region } })();
const client = sigV4Client.newClient({
  accessKey: credentials.accessKeyId,
  secretKey: credentials.secretAccessKey,
  sessionToken: credentials.sessionToken,
  region,
  endpoint: apiUrl,
});

for (const path of ['/demo', '/mine']) {
  const signed = client.signRequest({ method: 'GET', path });
  await show(`visitor, ${path}`, await fetch(signed.url, { headers: signed.headers, redirect: 'error' }));
}
