import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A place where functions wait, by `await fetch(url)`, until the test lets them go on. */
export async function aGate(): Promise<{
  url: string;
  /** Resolves when so many wait. */
  arrived(count: number): Promise<void>;
  /** Lets those go on that wait now, or only the first `count` of them. */
  open(count?: number): void;
  close(): void;
}> {
  const waiting: ServerResponse[] = [];
  let notice = () => {};
  const server = createServer((_request, response) => {
    waiting.push(response);
    notice();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrived: (count) =>
      new Promise((resolve) => {
        notice = () => waiting.length >= count && resolve();
        notice();
      }),
    open: (count = waiting.length) => {
      for (const response of waiting.splice(0, count)) response.end();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
