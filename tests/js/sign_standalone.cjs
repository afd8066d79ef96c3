// Signs with the sigV4Client.js that the product serves. stdin: {file, tasks: [{config, request, bytes}]}, where `date` of a
// request is ISO text and `bytes` base64 for its body; stdout: [{url, headers, body} | {error}].
const fs = require('fs');

const { file, tasks } = JSON.parse(fs.readFileSync(0, 'utf8'));
const sigV4Client = require(file);
const results = tasks.map(({ config, request, bytes }) => {
  try {
    const date = request.date ? new Date(request.date) : undefined;
    const body = bytes === undefined ? request.body : new Uint8Array(Buffer.from(bytes, 'base64'));
    return sigV4Client.newClient(config).signRequest({ ...request, date, body });
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(results));
