// Verifies tokens with aws-jwt-verify, unmodified. stdin: {issuer, style, keys, userPoolId, tasks: [{token, tokenUse, clientId, groups}]},
// where `keys` is the address of the pool's key set; stdout: how often that was fetched, and [{claims} | {error}].
import fs from 'node:fs';
import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';

const told = JSON.parse(fs.readFileSync(0, 'utf8'));
let fetched = 0;
// The library's own fetcher speaks https only; a fetcher of one's own is what its documentation offers instead.
const fetcher = {
  fetch: async (uri) => {
    fetched += 1;
    const answer = await fetch(told.style === 'aws' ? told.keys : uri);
    return answer.arrayBuffer();
  },
};
const jwksCache = new SimpleJwksCache({ fetcher });

const verifier = told.style === 'aws'
  ? CognitoJwtVerifier.create({ userPoolId: told.userPoolId, tokenUse: null, clientId: null }, { jwksCache })
  : JwtVerifier.create({ issuer: told.issuer, audience: null, jwksUri: told.keys }, { jwksCache });

async function verify({ token, ...wanted }) {
  const claims = await verifier.verify(token, told.style === 'aws' ? wanted : {});
  if (told.style !== 'aws') validateCognitoJwtFields(claims, wanted);
  return claims;
}

const results = [];
for (const task of told.tasks) {
  results.push(await verify(task).then((claims) => ({ claims }), (error) => ({ error: error.constructor.name })));
}
process.stdout.write(JSON.stringify([fetched, results]));
