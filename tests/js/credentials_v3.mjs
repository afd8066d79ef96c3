// What seed 001 does after somebody has signed in, with aws-sdk v3: its credential provider and its signer, in Node and on a page.
// `tellStory(task)`: credentials of an identity pool for `logins` (none: a visitor), and a signed call.
// (The provider is in @aws-sdk/credential-providers too, with others that no page can have.)
import sha256 from '@aws-crypto/sha256-js';
import { fromCognitoIdentityPool } from '@aws-sdk/credential-provider-cognito-identity';
import { SignatureV4 } from '@smithy/signature-v4';

async function call(credentials, task, path) {
  const url = new URL(task.api + path);
  url.searchParams.set('q', 'a/é');
  const body = JSON.stringify({ name: 'é' });
  const signer = new SignatureV4({ service: 'execute-api', region: task.region, credentials, sha256: sha256.Sha256, applyChecksum: false });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  });
  delete headers.host; // a page may not set it, and fetch does
  const answer = await fetch(url, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json() };
}

export async function tellStory(task) {
  const logins = task.logins ? { logins: task.logins } : {};
  const provide = fromCognitoIdentityPool({
    identityPoolId: task.identityPoolId,
    clientConfig: { region: task.region, endpoint: task.endpoint },
    ...logins,
  });
  try {
    const credentials = await provide();
    const answers = {};
    for (const path of task.paths) answers[path] = await call(credentials, task, path);
    const renewed = await provide();
    return { identityId: credentials.identityId, answers, renewed: renewed.accessKeyId !== credentials.accessKeyId };
  } catch (error) {
    return { error: error.name, message: error.message };
  }
}

globalThis.tellStory = tellStory;
