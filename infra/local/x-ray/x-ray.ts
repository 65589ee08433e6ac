/** The X-Ray room: keeps the last traces, of functions and of what the local cloud does itself, and shows them. */
import type { Clock } from '../clock';
import { type BeginSpan, openTracing } from '../tracing';
import { openDaemon } from './daemon';
import { Traces } from './traces';
import { answerTracesApi, type TracesAnswer } from './traces-api';

export { TRACES_PATH } from './traces-api';

export interface XRay {
  /** What functions find in `AWS_XRAY_DAEMON_ADDRESS`. */
  readonly daemonAddress: string;
  /** For the other rooms: begins a span that is kept when it has ended. */
  readonly beginSpan: BeginSpan;
  /** Answers `/_local/traces` and what is below it. Errors are answers too. */
  handleHttp(request: { method: string; path: string }): TracesAnswer;
  close(): Promise<void>;
}

/** Opens the room. `onNotice` hears of documents that could not be understood. */
export async function openXRay(options: { clock: Clock; onNotice: (line: string) => void }): Promise<XRay> {
  const traces = new Traces();
  const add = traces.add.bind(traces);
  const daemon = await openDaemon({ onSpan: add, onNotice: options.onNotice });
  return {
    daemonAddress: daemon.address,
    beginSpan: openTracing(options.clock, add),
    handleHttp: (request) => answerTracesApi(traces, request),
    close: daemon.close,
  };
}
