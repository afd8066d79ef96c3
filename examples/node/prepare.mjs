// Makes what the examples call: an API whose method /demo is for visitors and members and /mine for members only, a user pool
// with one user, and an identity pool that gives each of them a role. Prints the configuration of the examples.
//
//   gatewright serve --dev &  eval "$(gatewright env --dev)"
//   npm install && node prepare.mjs > config.json
import { randomBytes } from 'node:crypto';
import AWS from 'aws-sdk';

const endpoint = process.env.AWS_ENDPOINT_URL; // unset: AWS itself, with your own keys
const region = process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
AWS.config.update({ endpoint, region });
const gateway = new AWS.APIGateway();
const idp = new AWS.CognitoIdentityServiceProvider();
const identity = new AWS.CognitoIdentity();
const iam = new AWS.IAM();
const { Account: account } = await new AWS.STS().getCallerIdentity().promise();

const ORIGIN = 'method.response.header.Access-Control-Allow-Origin';

/** A MOCK method that answers 200, a text, and headers. */
async function mock(place, authorizationType, text, headers = {}) {
  const asked = { 'application/json': '{"statusCode": 200}' };
  const declared = Object.fromEntries(Object.keys(headers).map((name) => [name, false]));
  await gateway.putMethod({ ...place, authorizationType }).promise();
  await gateway.putMethodResponse({ ...place, statusCode: '200', responseParameters: declared }).promise();
  await gateway.putIntegration({ ...place, type: 'MOCK', requestTemplates: asked }).promise();
  await gateway.putIntegrationResponse({
    ...place,
    statusCode: '200',
    responseParameters: headers,
    responseTemplates: { 'application/json': text },
  }).promise();
}

async function makeApi() {
  const { id: restApiId } = await gateway.createRestApi({ name: 'examples' }).promise();
  const { items } = await gateway.getResources({ restApiId }).promise();
  for (const pathPart of ['demo', 'mine']) {
    const { id: resourceId } = await gateway.createResource({ restApiId, parentId: items[0].id, pathPart }).promise();
    const place = { restApiId, resourceId };
    const hello = '{"message": "Hello, $context.identity.cognitoAuthenticationType $context.identity.cognitoIdentityId"}';
    await mock({ ...place, httpMethod: 'GET' }, 'AWS_IAM', hello, { [ORIGIN]: "'*'" });
    // What the console's "Enable CORS" makes: the browser asks beforehand, unsigned, and may send a signature then.
    await mock({ ...place, httpMethod: 'OPTIONS' }, 'NONE', '', {
      [ORIGIN]: "'*'",
      'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
      'method.response.header.Access-Control-Allow-Headers':
        "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
    });
  }
  // Refusals need the header too, or the browser hides them from the page.
  const readable = { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" };
  await gateway.putGatewayResponse({ restApiId, responseType: 'DEFAULT_4XX', responseParameters: readable }).promise();
  await gateway.createDeployment({ restApiId, stageName: 'dev' }).promise();
  return restApiId;
}

async function makeUserPool() {
  const { UserPool } = await idp.createUserPool({ PoolName: 'examples' }).promise();
  const UserPoolId = UserPool.Id;
  const { UserPoolClient } = await idp.createUserPoolClient({
    UserPoolId,
    ClientName: 'app',
    ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
  }).promise();
  const member = { username: 'jane', password: `Aa1-${randomBytes(12).toString('base64url')}` };
  await idp.adminCreateUser({ UserPoolId, Username: member.username, MessageAction: 'SUPPRESS' }).promise();
  await idp.adminSetUserPassword({
    UserPoolId, Username: member.username, Password: member.password, Permanent: true,
  }).promise();
  return { userPoolId: UserPoolId, clientId: UserPoolClient.ClientId, member };
}

/** The role of those whose `amr` is `authenticated`, or `unauthenticated`: they may call some paths of the API. */
async function makeRole(identityPoolId, amr, api, paths) {
  const service = 'cognito-identity.amazonaws.com';
  const statement = (fields) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...fields }] });
  const RoleName = `examples-${amr}-${api}`;
  const { Role } = await iam.createRole({
    RoleName,
    AssumeRolePolicyDocument: statement({
      Principal: { Federated: service },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${service}:aud`]: identityPoolId },
        'ForAnyValue:StringLike': { [`${service}:amr`]: amr },
      },
    }),
  }).promise();
  await iam.putRolePolicy({
    RoleName,
    PolicyName: 'invoke',
    PolicyDocument: statement({
      Action: 'execute-api:Invoke',
      Resource: paths.map((path) => `arn:aws:execute-api:${region}:${account}:${api}/dev/GET/${path}`),
    }),
  }).promise();
  return Role.Arn;
}

const api = await makeApi();
const people = await makeUserPool();
const { IdentityPoolId: identityPoolId } = await identity.createIdentityPool({
  IdentityPoolName: 'examples',
  AllowUnauthenticatedIdentities: true,
  CognitoIdentityProviders: [{
    ProviderName: `cognito-idp.${region}.amazonaws.com/${people.userPoolId}`,
    ClientId: people.clientId,
    ServerSideTokenCheck: true,
  }],
}).promise();
await identity.setIdentityPoolRoles({
  IdentityPoolId: identityPoolId,
  Roles: {
    unauthenticated: await makeRole(identityPoolId, 'unauthenticated', api, ['demo']),
    authenticated: await makeRole(identityPoolId, 'authenticated', api, ['demo', 'mine']),
  },
}).promise();

// By path, because not every resolver knows the stage's own name, {api}.execute-api.{region}.localhost.
const apiUrl = endpoint
  ? `${endpoint}/_aws/execute-api/${api}/dev`
  : `https://${api}.execute-api.${region}.amazonaws.com/dev`;
console.log(JSON.stringify({ endpoint, region, api, apiUrl, identityPoolId, ...people }, null, 2));
