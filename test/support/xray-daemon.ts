import { createSocket } from 'node:dgram';
import { once } from 'node:events';

type Document = Record<string, unknown>;

/** Listens as the X-Ray daemon does, at the address that the environment then names. */
export interface XrayDaemon {
  /** The documents that came, in their order; waits for those that are on the way until there are `count`. */
  received(count: number): Promise<Document[]>;
  /** Forgets what came. */
  forget(): void;
  close(): void;
}

/** Starts it, and sets `AWS_XRAY_DAEMON_ADDRESS` for as long as it runs. */
export async function startXrayDaemon(): Promise<XrayDaemon> {
  const socket = createSocket('udp4');
  const documents: Document[] = [];
  socket.on('message', (datagram) => {
    const [header = '', document = ''] = datagram.toString('utf8').split('\n');
    if (JSON.stringify(JSON.parse(header)) !== '{"format":"json","version":1}') throw new Error(`got ${header}`);
    documents.push(JSON.parse(document) as Document);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${socket.address().port}`;
  return {
    async received(count) {
      while (documents.length < count) await once(socket, 'message');
      return [...documents];
    },
    forget: () => {
      documents.length = 0;
    },
    close: () => {
      delete process.env.AWS_XRAY_DAEMON_ADDRESS;
      socket.close();
    },
  };
}
