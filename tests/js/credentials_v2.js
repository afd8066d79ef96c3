// What seed 001 does after somebody has signed in, with aws-sdk v2 and sigV4Client.js, in Node and on a page.
// `tellStory(AWS, sigV4Client, task)`: credentials of an identity pool for `logins` (none: a visitor), and a signed call.
(() => {
  async function tellStory(AWS, sigV4Client, task) {
    AWS.config.update({ region: task.region, endpoint: task.endpoint });
    AWS.config.credentials = new AWS.CognitoIdentityCredentials({
      IdentityPoolId: task.identityPoolId,
      ...(task.logins ? { Logins: task.logins } : {}),
    });
    try {
      await AWS.config.credentials.getPromise();
      const { accessKeyId, secretAccessKey, sessionToken, identityId } = AWS.config.credentials;
      const client = sigV4Client.newClient({
        accessKey: accessKeyId,
        secretKey: secretAccessKey,
        sessionToken,
        region: task.region,
        endpoint: task.api,
      });
      const answers = {};
      for (const path of task.paths) {
        const signed = client.signRequest({ method: "POST", path, queryParams: { q: "a b/é" }, body: { name: "é" } });
        const answer = await fetch(signed.url, { method: "POST", headers: signed.headers, body: signed.body });
        answers[path] = { status: answer.status, body: await answer.json() };
      }
      await AWS.config.credentials.refreshPromise();
      return { identityId, answers, renewed: AWS.config.credentials.accessKeyId !== accessKeyId };
    } catch (error) {
      return { error: error.originalError?.code ?? error.code, message: error.originalError?.message ?? error.message };
    }
  }

  if (typeof module === "object") module.exports = tellStory;
  else globalThis.tellStory = tellStory;
})();
