// The three steps: sign in at the user pool, trade the token for credentials at the identity pool, call the API, signed.
const { AuthenticationDetails, CognitoUser, CognitoUserPool } = AmazonCognitoIdentity;
const element = (id) => document.getElementById(id);
let config;
let userPool;

function login(username, password) {
  const user = new CognitoUser({ Username: username, Pool: userPool });
  const details = new AuthenticationDetails({ Username: username, Password: password });
  return new Promise((resolve, reject) => user.authenticateUser(details, { onSuccess: resolve, onFailure: reject }));
}

/** The ID token of whoever is signed in; a token that has expired is refreshed on the way. */
function getUserToken(currentUser) {
  return new Promise((resolve, reject) =>
    currentUser.getSession((error, session) => (error ? reject(error) : resolve(session.getIdToken().getJwtToken()))),
  );
}

async function getAwsCredentials(userToken) {
  const authenticator = `cognito-idp.${config.region}.amazonaws.com/${config.userPoolId}`;
  AWS.config.update({ region: config.region, endpoint: config.endpoint });
  AWS.config.credentials = new AWS.CognitoIdentityCredentials({
    IdentityPoolId: config.identityPoolId,
    Logins: { [authenticator]: userToken },
  });
  await AWS.config.credentials.getPromise();
}

async function invokeApig({ path, method = 'GET', headers = {}, queryParams = {}, body }) {
  await getAwsCredentials(await getUserToken(userPool.getCurrentUser()));
  const signed = sigV4Client
    .newClient({
      accessKey: AWS.config.credentials.accessKeyId,
      secretKey: AWS.config.credentials.secretAccessKey,
      sessionToken: AWS.config.credentials.sessionToken,
      region: config.region,
      endpoint: config.apiUrl,
    })
    .signRequest({ method, path, headers, queryParams, body });
  const results = await fetch(signed.url, { method, headers: signed.headers, body: signed.body, redirect: 'error' });
  if (results.status !== 200) throw new Error(await results.text());
  return results.json();
}

function show(text) {
  const signedIn = userPool.getCurrentUser() !== null;
  element('login').hidden = signedIn;
  element('call').hidden = element('logout').hidden = !signedIn;
  element('answer').textContent = text;
}

const told = (promise) => promise.then(show, (error) => show(`Oops: ${error.message}`));

async function main() {
  config = await (await fetch('config.json')).json();
  userPool = new CognitoUserPool({
    UserPoolId: config.userPoolId,
    ClientId: config.clientId,
    endpoint: config.endpoint, // without it this calls AWS
  });
  element('login').onsubmit = (event) => {
    event.preventDefault();
    const { username, password } = event.target.elements;
    told(login(username.value, password.value).then(() => 'Signed in.'));
  };
  element('call').onclick = () => told(invokeApig({ path: '/mine' }).then(JSON.stringify));
  element('logout').onclick = () => {
    userPool.getCurrentUser().signOut();
    show('Signed out.');
  };
  show('');
}

main();
