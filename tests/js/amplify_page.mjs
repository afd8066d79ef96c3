// Amplify v6, unmodified, as an app in a page has it. `stories.NAME(task)` runs one story and returns what the app saw;
// `configure(told)` is what the app does first, after each load of the page.
import { Amplify } from 'aws-amplify';
import { del, get, post } from 'aws-amplify/api';
import {
  autoSignIn, confirmResetPassword, confirmSignIn, confirmSignUp, confirmUserAttribute, deleteUser, fetchAuthSession, fetchDevices,
  fetchUserAttributes, forgetDevice, getCurrentUser, rememberDevice, resetPassword, setUpTOTP, signIn, signOut, signUp,
  updateMFAPreference, updatePassword, updateUserAttributes, verifyTOTPSetup,
} from 'aws-amplify/auth';

globalThis.configure = (told) => Amplify.configure({
  Auth: {
    Cognito: {
      userPoolId: told.userPoolId,
      userPoolClientId: told.clientId,
      userPoolEndpoint: told.endpoint,
      ...(told.identityPoolId
        ? { identityPoolId: told.identityPoolId, identityPoolEndpoint: told.endpoint, allowGuestAccess: true }
        : {}),
    },
  },
  API: { REST: { club: { endpoint: told.api, region: told.region, service: 'execute-api' } } },
});

/** What came of a promise: its value, or the error's name and message. */
const outcome = (promise) => promise.then((value) => value, (error) => ({ error: error.name, message: error.message }));

async function call(method, path, options) {
  try {
    const { statusCode, body } = await method({ apiName: 'club', path, options }).response;
    return { status: statusCode, body: await body.json() };
  } catch (error) {
    return { status: error.response?.statusCode ?? null, message: error.message };
  }
}

async function session(options) {
  const { tokens, credentials, identityId } = await fetchAuthSession(options);
  return {
    idToken: tokens?.idToken?.toString(),
    accessToken: tokens?.accessToken?.toString(),
    identityId,
    key: credentials?.accessKeyId,
    temporary: Boolean(credentials?.sessionToken),
  };
}

globalThis.stories = {
  signIn: ({ username, password, ...options }) => outcome(signIn({ username, password, options })),
  confirmSignIn: ({ answer }) => outcome(confirmSignIn({ challengeResponse: answer })),
  signUp: ({ username, password, email, autoSignIn }) =>
    outcome(signUp({ username, password, options: { userAttributes: { email }, autoSignIn } })),
  autoSignIn: () => outcome(autoSignIn()),
  confirmSignUp: ({ username, code }) => outcome(confirmSignUp({ username, confirmationCode: code })),
  resetPassword: ({ username }) => outcome(resetPassword({ username })),
  confirmResetPassword: ({ username, code, newPassword }) =>
    outcome(confirmResetPassword({ username, confirmationCode: code, newPassword })),
  updatePassword: ({ password, newPassword }) => outcome(updatePassword({ oldPassword: password, newPassword })),
  setUpTotp: () => outcome(setUpTOTP().then(({ sharedSecret }) => sharedSecret)),
  verifyTotp: ({ code }) => outcome(verifyTOTPSetup({ code }).then(() => updateMFAPreference({ totp: 'PREFERRED' }))),
  session: (options) => outcome(session(options)),
  whoami: async () => outcome(Promise.all([getCurrentUser(), fetchUserAttributes()])),
  get: ({ path, ...options }) => call(get, path, options),
  post: ({ path, ...options }) => call(post, path, options),
  del: ({ path, ...options }) => call(del, path, options),
  updateEmail: ({ email }) => outcome(updateUserAttributes({ userAttributes: { email } })),
  confirmEmail: ({ code }) => outcome(confirmUserAttribute({ userAttributeKey: 'email', confirmationCode: code })),
  rememberDevice: () => outcome(rememberDevice()),
  devices: () => outcome(fetchDevices().then((devices) => devices.map(({ id }) => id))),
  forgetDevice: () => outcome(forgetDevice()),
  deleteUser: () => outcome(deleteUser()),
  signOut: ({ everywhere }) => outcome(signOut({ global: everywhere })),
};
