import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiClient, orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type Command, commands } from '../support/command';

const ROOT = resolve(__dirname, '../..');

const { run, start, stopAll } = commands();

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-commands-'));
});
afterEach(async () => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
});

describe('npm start', () => {
  it('says where the system is, how to place an order, and that it is ready', async () => {
    const command = start('--memory');

    const { api, aws } = await command.ready();

    expect(command.output).toContain(`curl -i ${api}/v1/orders`);
    expect(command.output).toContain(aws);
    const demo = await new ApiClient(api).call('GET', '/v1/inventory/MUG-01');
    expect(demo.json).toMatchObject({ name: 'Mug', available: 100 });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly on %s', async (signal) => {
    const command = start('--memory', '--no-seed');
    await command.ready();

    expect(await command.stop(signal)).toBe(0);
  });

  it('ends with the npm that runs it, also when the signal stops there', async () => {
    const args = ['start', '--silent', '--', '--template', assemblyDirectory('dev'), '--port', '0', '--aws-port', '0'];
    const npm = spawn('npm', [...args, '--data', directory, '--no-seed'], {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let output = '';
      const api = await new Promise<string>((found) =>
        npm.stdout?.on('data', (data) => {
          output += data;
          const match = /ready api=(\S+)/.exec(output);
          if (match) found(match[1] as string);
        }),
      );

      npm.kill('SIGTERM');
      const isUp = () =>
        fetch(`${api}/health`).then(
          () => true,
          () => false,
        );
      const giveUpAt = Date.now() + 20_000;
      while ((await isUp()) && Date.now() < giveUpAt) await new Promise((tick) => setTimeout(tick, 50));

      expect(await isUp()).toBe(false);
      // Its data is free again too.
      await start('--data', directory, '--no-seed').ready();
    } finally {
      endGroup(npm.pid);
    }
  });

  it('keeps its state in the data directory, over a stop and a start', async () => {
    const first = start('--data', directory);
    const before = new ApiClient((await first.ready()).api);
    const { orderId } = (await before.placeOrder(orderBody())).json;
    await first.stop('SIGTERM');

    const again = new ApiClient((await start('--data', directory).ready()).api);

    const settled = async () => {
      const { json } = await again.call('GET', `/v1/orders/${orderId}`);
      return json.status as string;
    };
    while ((await settled()) === 'PENDING') await new Promise((tick) => setTimeout(tick, 50));
    expect(await settled()).toBe('CONFIRMED');
    expect((await again.stockOf('MUG-01')).available).toBe(99);
  });

  it('forgets it with --fresh, and has no demo data with --no-seed', async () => {
    const first = start('--data', directory);
    await first.ready();
    await first.stop('SIGTERM');

    const fresh = new ApiClient((await start('--data', directory, '--fresh', '--no-seed').ready()).api);

    expect((await fresh.call('GET', '/v1/inventory/MUG-01')).status).toBe(404);
  });

  describe('refuses in one line, with exit code 1,', () => {
    const refusal = async (command: Command) => ({
      code: await command.ended,
      lines: command.output.trim().split('\n'),
    });

    it.each(['--port', '--aws-port'])('a %s that is taken', async (flag) => {
      const other = createServer().listen(0, '127.0.0.1');
      await new Promise((listening) => other.once('listening', listening));
      const { port } = other.address() as AddressInfo;

      const { code, lines } = await refusal(start('--memory', flag, String(port)));
      other.close();

      expect(lines).toEqual([`port ${port} is already in use on 127.0.0.1; choose another with ${flag}`]);
      expect(code).toBe(1);
    });

    it('a port that is none', async () => {
      const { code, lines } = await refusal(start('--memory', '--port', '70000'));

      expect(lines).toEqual(['--port must be a port from 0 to 65535, got 70000']);
      expect(code).toBe(1);
    });

    it('a flag that it does not know', async () => {
      const { code, lines } = await refusal(start('--memory', '--prot', '1'));

      expect(lines[0]).toContain("Unknown option '--prot'");
      expect(code).toBe(1);
    });

    it('a data directory that is a file', async () => {
      const file = join(directory, 'file');
      writeFileSync(file, '');

      const { code, lines } = await refusal(start('--data', file));

      expect(lines).toEqual([
        expect.stringMatching(new RegExp(`^data directory ${file} cannot be used: .*; choose another with --data$`)),
      ]);
      expect(code).toBe(1);
    });

    it('a data directory below one that cannot be written to', async () => {
      const closed = join(directory, 'closed');
      mkdirSync(closed);
      chmodSync(closed, 0o500);
      // Nobody stops root from writing; in /proc, nobody can.

      const { code, lines } = await refusal(start('--data', join(process.getuid?.() === 0 ? '/proc' : closed, 'data')));

      expect(lines).toEqual([
        expect.stringMatching(/^data directory .* cannot be used: .*; choose another with --data$/),
      ]);
      expect(code).toBe(1);
    });

    it('a data directory that another process uses', async () => {
      await start('--data', directory, '--no-seed').ready();

      const { code, lines } = await refusal(start('--data', directory, '--fresh'));

      expect(lines).toEqual([expect.stringContaining('already in use by another process')]);
      expect(code).toBe(1);
    });

    it('a --template without a cloud assembly', async () => {
      const { code, lines } = await refusal(start('--memory', '--template', directory));

      expect(lines).toEqual([expect.stringContaining(directory)]);
      expect(code).toBe(1);
    });

    it('a template with a resource that the local cloud does not know', async () => {
      const assembly = join(directory, 'cdk.out');
      cpSync(assemblyDirectory('dev'), assembly, { recursive: true });
      const file = join(assembly, 'holdfast-dev-orders.template.json');
      const template = JSON.parse(readFileSync(file, 'utf8'));
      template.Resources.Cluster = { Type: 'AWS::ECS::Cluster', Properties: {} };
      writeFileSync(file, JSON.stringify(template));

      const { code, lines } = await refusal(start('--memory', '--template', assembly));

      expect(lines).toEqual([
        expect.stringMatching(/resource Cluster has type AWS::ECS::Cluster, which the local cloud does not know/),
      ]);
      expect(code).toBe(1);
    });
  });
});

describe('npm run token', () => {
  it('prints a token that the system accepts, and nothing else', async () => {
    const { api } = await start('--memory').ready();
    const token = run('token', '--port', new URL(api).port, '--sub', 'alice', '--scope', 'inventory:read');

    expect(await token.ended).toBe(0);
    expect(token.output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const answer = await new ApiClient(api).call('GET', '/v1/inventory/MUG-01', { token: token.output.trim() });
    expect(answer.status).toBe(200);
  });

  it('says what to do when nothing runs there', async () => {
    const token = run('token', '--port', '1');

    expect(await token.ended).toBe(1);
    expect(token.output).toBe('no token: nothing listens there; run npm start first, or say --port\n');
  });
});

describe('npm run audit', () => {
  it('finds nothing in books that add up, and a missing refund in books that do not', async () => {
    const { api, aws } = await start('--memory').ready();
    const client = new ApiClient(api);
    const { orderId } = (await client.placeOrder(orderBody())).json;
    while ((await client.call('GET', `/v1/orders/${orderId}`)).json.status === 'PENDING')
      await new Promise((tick) => setTimeout(tick, 50));

    const well = run('audit', '--endpoint', aws, '--json');
    expect([await well.ended, JSON.parse(well.output)]).toEqual([
      0,
      expect.objectContaining({ ok: true, violations: [] }),
    ]);

    await rewriteStatus(aws, orderId, 'REJECTED');
    const ill = run('audit', '--endpoint', aws, '--json');
    expect(await ill.ended).toBe(1);
    const invariants = JSON.parse(ill.output).violations.map(({ invariant }: { invariant: string }) => invariant);
    expect(new Set(invariants)).toEqual(new Set(['money', 'shipments', 'stock']));
  });

  it('says that it cannot be made when there is nothing to read', async () => {
    const command = run('audit', '--endpoint', 'http://127.0.0.1:1');

    expect(await command.ended).toBe(2);
    expect(command.output).toMatch(/^the audit could not be made: /);
  });
});

/** Ends what is left of a process and its children. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // There is nothing left of it.
  }
}

/** Spoils the books: what no code of ours does. */
async function rewriteStatus(aws: string, orderId: string, status: string): Promise<void> {
  const response = await fetch(aws, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.UpdateItem' },
    body: JSON.stringify({
      TableName: 'holdfast-dev-orders',
      Key: { orderId: { S: orderId } },
      UpdateExpression: 'SET #status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': { S: status } },
    }),
  });
  if (!response.ok) throw new Error(await response.text());
}
