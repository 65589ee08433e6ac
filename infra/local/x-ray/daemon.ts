import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { EndedSpan } from '../tracing';
import { parseSegmentDocument } from './segment-document';

const HOST = '127.0.0.1';

/** What stands in for the X-Ray daemon, which runs beside every function. */
export interface Daemon {
  /** For `AWS_XRAY_DAEMON_ADDRESS`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Listens at a free UDP port for segment documents: one a datagram, below a line that says so. What cannot be understood is told
 * to `onNotice`, and nobody else: whoever sent it gets no answer either way.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export async function openDaemon(options: {
  onSpan: (span: EndedSpan) => void;
  onNotice: (line: string) => void;
}): Promise<Daemon> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => {
    try {
      for (const span of parseDatagram(datagram.toString('utf8'))) options.onSpan(span);
    } catch (error) {
      options.onNotice(`lost: a segment document for X-Ray: ${(error as Error).message}`);
    }
  });
  socket.bind(0, HOST);
  await once(socket, 'listening');
  socket.on('error', (error) => options.onNotice(`lost: segment documents for X-Ray: ${error.message}`));
  // The servers are what keeps the process alive.
  socket.unref();
  return {
    address: `${HOST}:${socket.address().port}`,
    close: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
}

function parseDatagram(text: string): EndedSpan[] {
  const [line, ...rest] = text.split('\n');
  const { format, version } = JSON.parse(line ?? '') as { format?: unknown; version?: unknown };
  if (format !== 'json' || version !== 1) throw new Error(`the first line must be of version 1 in json, got ${line}`);
  return parseSegmentDocument(rest.join('\n'));
}
