// Gets an identity (kept for the next visit), temporary credentials for it, and calls /demo, signed.
async function main() {
  const config = await (await fetch('config.json')).json();
  AWS.config.update({ region: config.region, endpoint: config.endpoint }); // without the endpoint this calls AWS
  const cognitoidentity = new AWS.CognitoIdentity();

  const known = localStorage.getItem(config.identityPoolId);
  const { IdentityId } = known
    ? { IdentityId: known }
    : await cognitoidentity.getId({ IdentityPoolId: config.identityPoolId }).promise();
  localStorage.setItem(config.identityPoolId, IdentityId);
  const { Credentials } = await cognitoidentity.getCredentialsForIdentity({ IdentityId }).promise();

  const apigClient = apigClientFactory.newClient({
    accessKey: Credentials.AccessKeyId,
    secretKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
    region: config.region,
  });
  const { status, data } = await apigClient.demoGet({}, {}, {});
  return `${status} ${JSON.stringify(data)}`;
}

main().then(
  (text) => { document.getElementById('answer').textContent = text; },
  (error) => { document.getElementById('answer').textContent = `Oops: ${error.status ?? ''} ${error.message}`; },
);
