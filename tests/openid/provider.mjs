// An OpenID provider on 127.0.0.1 for tests: one native client, its pages for signing in, rotating refresh tokens.
// Prints its issuer as a line of JSON when it listens; ends when its standard input ends.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [redirectPorts, accessSeconds] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), kid: 'tests', use: 'sig', alg: 'RS256' };
const SCOPE = 'chatlog/archive';
const RESOURCE = 'urn:chatlog:tests';

const listening = createServer();
listening.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${listening.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'chatlog-tests',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: redirectPorts.split(',').map((port) => `http://127.0.0.1:${port}/callback`),
        post_logout_redirect_uris: redirectPorts.split(',').map((port) => `http://127.0.0.1:${port}/signed-out`),
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['not a secret: tests only'] },
    claims: { openid: ['sub', 'email'] },
    conformIdTokenClaims: false,
    scopes: ['openid', SCOPE],
    pkce: { required: () => true },
    // Amazon Cognito gives one without being asked.
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: SCOPE, accessTokenFormat: 'jwt', accessTokenTTL: Number(accessSeconds) }),
      },
    },
    ttl: { AccessToken: Number(accessSeconds), IdToken: 300, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  });
  listening.on('request', provider.callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
