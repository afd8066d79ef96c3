// Loads a generated SDK as its page does, calls it, and prints what each promise gave.
// stdin: {folder, config, calls: [{method, params, body, bytes, additionalParams}]}; stdout: [{status, data} | {error, status, data}]
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const SCRIPTS = [
  'lib/axios/dist/axios.standalone.js', 'lib/CryptoJS/rollups/hmac-sha256.js', 'lib/CryptoJS/rollups/sha256.js',
  'lib/CryptoJS/components/hmac.js', 'lib/CryptoJS/components/enc-base64.js', 'lib/url-template/url-template.js',
  'lib/apiGatewayCore/sigV4Client.js', 'lib/apiGatewayCore/apiGatewayClient.js', 'lib/apiGatewayCore/simpleHttpClient.js',
  'lib/apiGatewayCore/utils.js', 'apigClient.js',
];

async function main() {
  const { folder, config, calls } = JSON.parse(fs.readFileSync(0, 'utf8'));
  for (const script of SCRIPTS) vm.runInThisContext(fs.readFileSync(path.join(folder, script), 'utf8'), script);
  const client = apigClientFactory.newClient(config);
  const results = [];
  for (const { method, params, body, bytes, additionalParams } of calls) {
    const sent = bytes ? new Uint8Array(bytes) : body;
    results.push(await client[method](params, sent, additionalParams).then(
      ({ status, data }) => ({ status, data }),
      (error) => ({ error: error.message, status: error.status, data: error.data }),
    ));
  }
  process.stdout.write(JSON.stringify(results));
}

main();
