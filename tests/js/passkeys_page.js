// Passkeys with nothing but what a browser has. `stories.NAME(task)` runs one story and returns what the page saw.
async function ask(told, operation, body) {
  const response = await fetch(told.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.message), { name: answer.__type });
  return answer;
}

/** What came of a promise: its value, or the error's name and message. */
const outcome = (promise) => promise.then((value) => value, (error) => ({ error: error.name, message: error.message }));

async function register({ told, token }) {
  const { CredentialCreationOptions } = await ask(told, 'StartWebAuthnRegistration', { AccessToken: token });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(CredentialCreationOptions);
  const credential = await navigator.credentials.create({ publicKey });
  await ask(told, 'CompleteWebAuthnRegistration', { AccessToken: token, Credential: credential.toJSON() });
  return credential.id;
}

async function signIn({ told, username }) {
  const asked = await ask(told, 'InitiateAuth', {
    AuthFlow: 'USER_AUTH',
    ClientId: told.clientId,
    AuthParameters: { USERNAME: username, PREFERRED_CHALLENGE: 'WEB_AUTHN' },
  });
  if (asked.ChallengeName !== 'WEB_AUTHN') return { challenge: asked.ChallengeName };
  const options = JSON.parse(asked.ChallengeParameters.CREDENTIAL_REQUEST_OPTIONS);
  const credential = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
  });
  const done = await ask(told, 'RespondToAuthChallenge', {
    ClientId: told.clientId,
    ChallengeName: 'WEB_AUTHN',
    Session: asked.Session,
    ChallengeResponses: { USERNAME: username, CREDENTIAL: JSON.stringify(credential) },
  });
  return done.AuthenticationResult;
}

globalThis.stories = {
  register: (task) => outcome(register(task)),
  signIn: (task) => outcome(signIn(task)),
};
