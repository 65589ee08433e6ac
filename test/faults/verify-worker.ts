import { answerRequest, type VerifyRequest } from './verify-request';
import { simulate } from './world/simulate';

// The program of one of several processes: it answers one request after another.
process.on('message', (request: VerifyRequest) => {
  void answerRequest(request, simulate).then((answer) => process.send?.(answer));
});
