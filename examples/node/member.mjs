// A member signs in at a user pool, trades the token for temporary credentials at an identity pool, and calls the API, signed.
//
//   node prepare.mjs > config.json                              what this calls
//   curl -O "$AWS_ENDPOINT_URL/_gatewright/sigV4Client.mjs"     what this signs with
//   node member.mjs
import { readFileSync } from 'node:fs';
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers';
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import sigV4Client from './sigV4Client.mjs';

const config = JSON.parse(readFileSync('config.json', 'utf8'));

// 1. Who is it? The password never leaves this program: SRP proves that it is known.
function login(username, password) {
  const pool = new CognitoUserPool({
    UserPoolId: config.userPoolId,
    ClientId: config.clientId,
    endpoint: config.endpoint, // the one line that is not for AWS
  });
  const user = new CognitoUser({ Username: username, Pool: pool });
  return new Promise((resolve, reject) =>
    user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), {
      onSuccess: (session) => resolve(session.getIdToken().getJwtToken()),
      onFailure: reject,
    }),
  );
}

// 2. What may they do? The identity pool knows the user pool, and gives its users a role for a while.
function getAwsCredentials(userToken) {
  const { endpoint, region, identityPoolId, userPoolId } = config;
  return fromCognitoIdentityPool({
    identityPoolId,
    clientConfig: { endpoint, region },
    logins: { [`cognito-idp.${region}.amazonaws.com/${userPoolId}`]: userToken },
  })();
}

// 3. The call.
async function invokeApig(credentials, { path, method = 'GET', headers = {}, queryParams = {}, body }) {
  const signed = sigV4Client
    .newClient({
      accessKey: credentials.accessKeyId,
      secretKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken,
      region: config.region,
      endpoint: config.apiUrl,
    })
    .signRequest({ method, path, headers, queryParams, body });
  const results = await fetch(signed.url, { method, headers: signed.headers, body: signed.body, redirect: 'error' });
  if (results.status !== 200) throw new Error(await results.text());
  return results.json();
}

const { username, password } = config.member; // a real program asks for them
const credentials = await getAwsCredentials(await login(username, password));
console.log(JSON.stringify(await invokeApig(credentials, { path: '/mine', queryParams: { page: 1 } })));
