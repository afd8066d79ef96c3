// Stories of an app that signs in with amazon-cognito-identity-js, unmodified; the same in Node and on a page.
// `tellStory(library, totp, task, Storage)` runs one and returns what happened; `totp(secret, steps)` is an authenticator app, `texted()` a telephone.
(() => {
  /** Call a method that takes (error, result). */
  const called = (self, method, ...args) =>
    new Promise((resolve, reject) => self[method](...args, (error, result) => (error ? reject(error) : resolve(result))));

  /** Call a method that takes {onSuccess, onFailure} last. */
  const heard = (self, method, ...args) =>
    new Promise((onSuccess, onFailure) => self[method](...args, { onSuccess, onFailure, inputVerificationCode: onSuccess }));

  /** An app: signs its user in, and answers whatever is asked on the way. */
  class App {
    constructor(library, totp, task, Storage) {
      Object.assign(this, { library, totp, task, seen: [] });
      this.pool = new library.CognitoUserPool({
        UserPoolId: task.poolId,
        ClientId: task.clientId,
        endpoint: task.endpoint,
        Storage,
      });
      this.user = new library.CognitoUser({ Username: task.username, Pool: this.pool, Storage });
    }

    signIn(password = this.task.password) {
      const { library, user, task, seen, totp } = this;
      return new Promise((resolve, reject) => {
        const callbacks = {
          onSuccess: (session) => resolve(session),
          onFailure: reject,
          newPasswordRequired: (attributes) => {
            seen.push("newPasswordRequired");
            delete attributes.email_verified;
            delete attributes.email;
            user.completeNewPasswordChallenge(task.newPassword, { name: "Jane" }, callbacks);
          },
          mfaSetup: () => {
            seen.push("mfaSetup");
            user.associateSoftwareToken({
              associateSecretCode: async (secret) => {
                task.secret = secret;
                user.verifySoftwareToken(await totp(secret, -1), "phone", callbacks);
              },
              onFailure: reject,
            });
          },
          selectMFAType: (name, { MFAS_CAN_CHOOSE: offered }) => {
            seen.push("selectMFAType", ...JSON.parse(offered).sort());
            user.sendMFASelectionAnswer(task.factor, callbacks);
          },
          mfaRequired: async (name, { CODE_DELIVERY_DESTINATION: to }) => {
            seen.push("mfaRequired", to);
            user.sendMFACode(await texted(), callbacks, "SMS_MFA");
          },
          totpRequired: async () => {
            seen.push("totpRequired");
            user.sendMFACode(await totp(task.secret, 0), callbacks, "SOFTWARE_TOKEN_MFA");
          },
        };
        user.authenticateUser(new library.AuthenticationDetails({ Username: task.username, Password: password }), callbacks);
      });
    }
  }

  const stories = {
    async login(app) {
      const session = await app.signIn();
      const again = await called(app.pool.getCurrentUser(), "getSession");
      const refreshed = await called(app.user, "refreshSession", session.getRefreshToken());
      const attributes = await called(app.user, "getUserAttributes");
      return {
        idToken: session.getIdToken().getJwtToken(),
        sameSession: again.getIdToken().getJwtToken() === session.getIdToken().getJwtToken(),
        refreshed: refreshed.getIdToken().decodePayload(),
        attributes: Object.fromEntries(attributes.map((one) => [one.getName(), one.getValue()])),
      };
    },

    /** What an app does when its page is loaded again. */
    async comeBack(app) {
      const user = app.pool.getCurrentUser();
      const session = user && (await called(user, "getSession"));
      return { username: user?.getUsername() ?? null, claims: session?.getIdToken().decodePayload() ?? null };
    },

    async plainPassword(app) {
      app.user.setAuthenticationFlowType("USER_PASSWORD_AUTH");
      return { claims: (await app.signIn()).getIdToken().decodePayload() };
    },

    /** Sign in, whatever is asked on the way. */
    async arrive(app) {
      return { claims: (await app.signIn()).getIdToken().decodePayload() };
    },

    async mfa(app) {
      await app.signIn();
      return { claims: (await app.signIn()).getIdToken().decodePayload() };
    },

    async device(app) {
      const first = await app.signIn();
      const key = app.user.deviceKey;
      const again = await app.signIn();
      const listed = await heard(app.user, "listDevices", 10, null);
      await heard(app.user, "forgetSpecificDevice", key);
      return {
        key,
        listed: listed.Devices.map((device) => device.DeviceKey),
        first: first.getAccessToken().decodePayload().device_key,
        again: again.getAccessToken().decodePayload().device_key,
      };
    },

    async signOut(app) {
      const session = await app.signIn();
      await heard(app.user, "globalSignOut");
      // Not refreshed here to see it refused: the library tries that for seconds, whatever the error.
      return { refreshToken: session.getRefreshToken().getToken(), left: app.pool.getCurrentUser()?.getUsername() ?? null };
    },

    async signUp(app) {
      const { library, task } = app;
      const attributes = [new library.CognitoUserAttribute({ Name: "email", Value: task.email })];
      const made = await called(app.pool, "signUp", task.username, task.password, attributes, null);
      const again = await called(app.user, "resendConfirmationCode");
      const early = await app.signIn().catch((error) => error);
      return { confirmed: made.userConfirmed, sub: made.userSub, again: again.CodeDeliveryDetails, early: early.code };
    },

    async confirm(app) {
      await called(app.user, "confirmRegistration", app.task.code, true);
      const session = await app.signIn();
      await called(app.user, "changePassword", app.task.password, app.task.newPassword);
      return { claims: session.getIdToken().decodePayload() };
    },

    forgot: (app) => heard(app.user, "forgotPassword"),

    async reset(app) {
      await heard(app.user, "confirmPassword", app.task.code, app.task.newPassword);
      return { claims: (await app.signIn(app.task.newPassword)).getIdToken().decodePayload() };
    },

    async changeEmail(app) {
      await app.signIn();
      await called(app.user, "updateAttributes", [{ Name: "email", Value: app.task.email }]);
      return {};
    },

    async verifyEmail(app) {
      await app.signIn();
      await heard(app.user, "verifyAttribute", "email", app.task.code);
      const data = await new Promise((resolve, reject) =>
        app.user.getUserData((error, found) => (error ? reject(error) : resolve(found)), { bypassCache: true }),
      );
      await called(app.user, "deleteUser");
      return { attributes: Object.fromEntries(data.UserAttributes.map(({ Name, Value }) => [Name, Value])) };
    },
  };

  async function tellStory(library, totp, task, Storage) {
    const app = new App(library, totp, task, Storage);
    try {
      return { seen: app.seen, ...(await stories[task.story](app)) };
    } catch (error) {
      return { error: error.code ?? error.name, message: error.message };
    }
  }

  if (typeof module === "object") module.exports = tellStory;
  else globalThis.tellStory = tellStory;
})();
