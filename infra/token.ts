import { findEnv } from '../lib/env';
import { SCOPES } from '../lib/service/contract';
import { fetchToken } from './demo-data';
import { parseCommandLine, parsePort } from './start-options';

/** `npm run token -- [--sub alice] [--scope "orders:read …"] [--port 3000]`: prints a token, and nothing else. */
async function main(): Promise<void> {
  const { values } = parseCommandLine({
    options: {
      sub: { type: 'string', default: 'alice' },
      scope: { type: 'string', default: SCOPES.join(' ') },
      port: { type: 'string', default: findEnv('PORT') ?? '3000' },
    },
  });
  const apiUrl = `http://127.0.0.1:${parsePort('--port', values.port)}`;
  console.log(await fetchToken(apiUrl, { sub: values.sub, scope: values.scope }));
}

main().catch((error: unknown) => {
  const reason =
    (error as Error).message === 'fetch failed'
      ? 'nothing listens there; run npm start first, or say --port'
      : (error as Error).message;
  console.error(`no token: ${reason}`);
  process.exitCode = 1;
});
