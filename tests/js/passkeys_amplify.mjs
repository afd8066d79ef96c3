// Passkeys with Amplify v6, unmodified, as an app in a page has it. `stories.NAME(task)` runs one story.
import { Amplify } from 'aws-amplify';
import {
  associateWebAuthnCredential, autoSignIn, confirmSignIn, confirmSignUp, deleteWebAuthnCredential, fetchAuthSession, getCurrentUser,
  listWebAuthnCredentials, signIn, signOut, signUp,
} from 'aws-amplify/auth';

const configure = (told) => Amplify.configure({
  Auth: { Cognito: { userPoolId: told.userPoolId, userPoolClientId: told.clientId, userPoolEndpoint: told.endpoint } },
});

/** What came of a promise: its value, or the error's name and message. */
const outcome = (promise) => promise.then((value) => value, (error) => ({ error: error.name, message: error.message }));
const choice = (preferredChallenge) => ({ authFlowType: 'USER_AUTH', preferredChallenge });

globalThis.stories = {
  configure: async (told) => { configure(told); return null; },
  signUp: ({ username, password, email }) => outcome(signUp({
    username, password, options: { userAttributes: { email }, autoSignIn: { authFlowType: 'USER_AUTH' } },
  })),
  confirmSignUp: ({ username, code }) => outcome(confirmSignUp({ username, confirmationCode: code })),
  autoSignIn: () => outcome(autoSignIn()),
  associate: () => outcome(associateWebAuthnCredential()),
  list: () => outcome(listWebAuthnCredentials().then(({ credentials }) => credentials.map((one) => one.credentialId))),
  remove: ({ credentialId }) => outcome(deleteWebAuthnCredential({ credentialId })),
  signIn: ({ username }) => outcome(signIn({ username, options: choice('WEB_AUTHN') })),
  choose: ({ username }) => outcome(signIn({ username, options: choice() })),
  confirmSignIn: ({ answer }) => outcome(confirmSignIn({ challengeResponse: answer })),
  whoami: () => outcome(Promise.all([getCurrentUser(), fetchAuthSession()]).then(
    ([user, { tokens }]) => ({ sub: user.userId, token: tokens.accessToken.toString() }),
  )),
  signOut: () => outcome(signOut()),
};
