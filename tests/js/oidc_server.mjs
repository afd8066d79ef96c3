// An OpenID Connect server that is not ours (npm `oidc-provider`), with one public client and its own login pages.
// Usage: node oidc_server.mjs PORT
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const jwk = (kind, options, extra) => {
  const { privateKey } = generateKeyPairSync(kind, options);
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', ...extra };
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { client_id: 'app', redirect_uris: ['http://127.0.0.1/callback'], id_token_signed_response_alg: 'RS256' },
    { client_id: 'other', redirect_uris: ['http://127.0.0.1/callback'], id_token_signed_response_alg: 'ES256' },
  ].map((client) => ({ ...client, application_type: 'native', token_endpoint_auth_method: 'none' })),
  jwks: {
    keys: [
      jwk('rsa', { modulusLength: 2048 }, { alg: 'RS256', kid: 'rsa-1' }),
      jwk('ec', { namedCurve: 'P-256' }, { alg: 'ES256', kid: 'ec-1' }),
    ],
  },
  cookies: { keys: ['a key of a test'] },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
