// Runs one story with amazon-cognito-identity-js, unmodified. In: a task as JSON on stdin. Out: what happened, as JSON.
const {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserAttribute,
  CognitoUserPool,
} = require("amazon-cognito-identity-js");
const { createHmac } = require("node:crypto");

/** The library's storage, kept by the process. */
class Memory {
  constructor() {
    this.items = {};
  }
  setItem(key, value) {
    this.items[key] = value;
  }
  getItem(key) {
    return this.items[key] ?? null;
  }
  removeItem(key) {
    delete this.items[key];
  }
  clear() {
    this.items = {};
  }
}

/** The code that an authenticator app shows for a seed. */
function totp(secret, steps) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const digest = createHmac("sha1", seed).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, "0");
}

/** Call a method that takes (error, result). */
const called = (self, method, ...args) =>
  new Promise((resolve, reject) => self[method](...args, (error, result) => (error ? reject(error) : resolve(result))));

function signIn(user, task, password, seen) {
  return new Promise((resolve, reject) => {
    const callbacks = {
      onSuccess: (session) => resolve(session),
      onFailure: reject,
      newPasswordRequired: (attributes, required) => {
        seen.push("newPasswordRequired");
        delete attributes.email_verified;
        delete attributes.email;
        user.completeNewPasswordChallenge(task.newPassword, { name: "Jane" }, callbacks);
      },
      mfaSetup: () => {
        seen.push("mfaSetup");
        user.associateSoftwareToken({
          associateSecretCode: (secret) => {
            task.secret = secret;
            user.verifySoftwareToken(totp(secret, -1), "phone", callbacks);
          },
          onFailure: reject,
        });
      },
      totpRequired: () => {
        seen.push("totpRequired");
        user.sendMFACode(totp(task.secret, 0), callbacks, "SOFTWARE_TOKEN_MFA");
      },
    };
    user.authenticateUser(new AuthenticationDetails({ Username: task.username, Password: password }), callbacks);
  });
}

const stories = {
  async login(task, pool, user, seen) {
    const session = await signIn(user, task, task.password, seen);
    const again = await called(pool.getCurrentUser(), "getSession");
    const refreshed = await called(user, "refreshSession", session.getRefreshToken());
    const attributes = await called(user, "getUserAttributes");
    return {
      seen,
      idToken: session.getIdToken().getJwtToken(),
      sameSession: again.getIdToken().getJwtToken() === session.getIdToken().getJwtToken(),
      refreshed: refreshed.getIdToken().decodePayload(),
      attributes: Object.fromEntries(attributes.map((one) => [one.getName(), one.getValue()])),
    };
  },

  async newPassword(task, pool, user, seen) {
    const session = await signIn(user, task, task.password, seen);
    return { seen, claims: session.getIdToken().decodePayload() };
  },

  async mfa(task, pool, user, seen) {
    await signIn(user, task, task.password, seen);
    const session = await signIn(user, task, task.password, seen);
    return { seen, claims: session.getIdToken().decodePayload() };
  },

  async device(task, pool, user, seen) {
    const first = await signIn(user, task, task.password, seen);
    const key = user.deviceKey;
    const again = await signIn(user, task, task.password, seen);
    return {
      seen,
      key,
      first: first.getAccessToken().decodePayload().device_key,
      again: again.getAccessToken().decodePayload().device_key,
    };
  },

  async signOut(task, pool, user, seen) {
    const session = await signIn(user, task, task.password, seen);
    await new Promise((resolve, reject) => user.globalSignOut({ onSuccess: resolve, onFailure: reject }));
    const refused = await called(user, "refreshSession", session.getRefreshToken()).catch((error) => error);
    return { seen, refused: refused.code };
  },

  async signUp(task, pool) {
    const attributes = [new CognitoUserAttribute({ Name: "email", Value: task.email })];
    const made = await called(pool, "signUp", task.username, task.password, attributes, null);
    return { confirmed: made.userConfirmed, sub: made.userSub };
  },

  async confirm(task, pool, user, seen) {
    await called(user, "confirmRegistration", task.code, true);
    const session = await signIn(user, task, task.password, seen);
    await called(user, "changePassword", task.password, task.newPassword);
    return { seen, claims: session.getIdToken().decodePayload() };
  },

  async forgot(task, pool, user) {
    return new Promise((resolve, reject) => user.forgotPassword({ onSuccess: resolve, onFailure: reject }));
  },

  async reset(task, pool, user, seen) {
    await new Promise((resolve, reject) =>
      user.confirmPassword(task.code, task.newPassword, { onSuccess: resolve, onFailure: reject }),
    );
    const session = await signIn(user, task, task.newPassword, seen);
    return { seen, claims: session.getIdToken().decodePayload() };
  },
};

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", async () => {
  const task = JSON.parse(input);
  const Storage = new Memory();
  const pool = new CognitoUserPool({
    UserPoolId: task.poolId,
    ClientId: task.clientId,
    endpoint: task.endpoint,
    Storage,
  });
  const user = new CognitoUser({ Username: task.username, Pool: pool, Storage });
  try {
    process.stdout.write(JSON.stringify(await stories[task.story](task, pool, user, [])));
  } catch (error) {
    process.stdout.write(JSON.stringify({ error: error.code ?? error.name, message: error.message }));
  }
});
