// stdin: {method, url, headers, body, region, accessKeyId, secretAccessKey, sessionToken}; stdout: the signed headers, by aws4fetch.
import fs from 'node:fs';
import { AwsClient } from 'aws4fetch';

const task = JSON.parse(fs.readFileSync(0, 'utf8'));
const client = new AwsClient({ ...task, service: 'execute-api' });
const signed = await client.sign(task.url, { method: task.method, headers: task.headers, body: task.body || undefined });
process.stdout.write(JSON.stringify(Object.fromEntries(signed.headers)));
