import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An AWS endpoint of a test, on a free port of this computer. */
export interface FakeAws {
  readonly requests: readonly ReceivedRequest[];
  /** How the requests from now on are answered. */
  answer(how: (response: ServerResponse) => void): void;
  /** Forgets the requests so far. */
  forget(): void;
  close(): Promise<void>;
}

/** Starts the endpoint, and names it to the functions by the environment. It answers 200 with `{}` unless told. */
export async function startFakeAws(): Promise<FakeAws> {
  const requests: ReceivedRequest[] = [];
  let how = (response: ServerResponse): void => void response.end('{}');
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url: path, headers } = request;
      requests.push({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') });
      how(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    requests,
    answer: (next) => {
      how = next;
    },
    forget: () => {
      requests.length = 0;
      how = (response) => void response.end('{}');
    },
    close: async () => {
      delete process.env.AWS_ENDPOINT_URL;
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
