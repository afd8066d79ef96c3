// stdin: {method, url, headers, body, region, accessKeyId, secretAccessKey, sessionToken}; stdout: the signed headers, by aws4.
const fs = require('fs');
const aws4 = require('aws4');

const task = JSON.parse(fs.readFileSync(0, 'utf8'));
const url = new URL(task.url);
const signed = aws4.sign({
  service: 'execute-api',
  region: task.region,
  method: task.method,
  host: url.host,
  path: url.pathname + url.search,
  headers: task.headers,
  body: task.body || undefined,
}, task);
process.stdout.write(JSON.stringify(signed.headers));
