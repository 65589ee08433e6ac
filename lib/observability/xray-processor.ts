import { createSocket, type Socket } from 'node:dgram';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { findEnv } from '../env';
import { toXrayDocument } from './xray-document';

/** @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon */
const HEADER = '{"format": "json", "version": 1}\n';

/**
 * Sends ended spans to the X-Ray daemon that `AWS_XRAY_DAEMON_ADDRESS` names as `<IP address>:<port>`, which Lambda sets; without it
 * they are dropped. One datagram a span, to an address on the same machine: there is no answer to wait for, and what cannot be sent
 * is lost, for no request should fail because nobody watches. `forceFlush` resolves when all of them have left the process, which
 * Lambda freezes as soon as the handler has answered.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function xrayProcessor(): SpanProcessor {
  const sending = new Set<Promise<void>>();
  let socket: Socket | undefined;

  function open(): Socket {
    const opened = createSocket('udp4').unref();
    opened.on('error', () => undefined);
    return opened;
  }

  function send(document: string, host: string, port: number): Promise<void> {
    return new Promise((resolve) => {
      socket ??= open();
      socket.send(document, port, host, () => resolve());
    });
  }

  async function flush(): Promise<void> {
    await Promise.all(sending);
  }

  return {
    onStart: () => undefined,
    onEnd(span) {
      const [, host, port] = /^([\d.]+):(\d+)$/.exec(findEnv('AWS_XRAY_DAEMON_ADDRESS') ?? '') ?? [];
      if (host === undefined) return;
      const sent = send(
        HEADER + JSON.stringify(toXrayDocument(span, findEnv('AWS_LAMBDA_FUNCTION_NAME'))),
        host,
        Number(port),
      )
        .catch(() => undefined)
        .finally(() => sending.delete(sent));
      sending.add(sent);
    },
    forceFlush: flush,
    shutdown: flush,
  };
}
