import { randomUUID } from 'node:crypto';

/** What the demo shop sells. */
export const DEMO_STOCK = [
  { sku: 'MUG-01', name: 'Mug', unitPriceCents: 1200, currency: 'EUR', onHand: 100 },
  { sku: 'TEA-01', name: 'Tea, 100 g', unitPriceCents: 850, currency: 'EUR', onHand: 250 },
  { sku: 'POT-01', name: 'Teapot', unitPriceCents: 4900, currency: 'EUR', onHand: 20 },
] as const;

/** An access token of the local issuer. @throws {Error} when the issuer refuses. */
export async function fetchToken(apiUrl: string, request: { sub: string; scope: string }): Promise<string> {
  const response = await fetch(`${apiUrl}/oauth2/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...request }),
  });
  const body = (await response.json()) as { access_token?: string; error_description?: string; error?: string };
  if (!body.access_token) throw new Error(`no token for ${request.scope}: ${body.error_description ?? body.error}`);
  return body.access_token;
}

/** Puts the demo stock through the public API, leaving alone what is there already. */
export async function seedDemoData(apiUrl: string): Promise<void> {
  const token = await fetchToken(apiUrl, { sub: 'shop', scope: 'inventory:read inventory:write' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  for (const { sku, ...item } of DEMO_STOCK) {
    const url = `${apiUrl}/v1/inventory/${sku}`;
    const found = await fetch(url, { headers });
    if (found.status === 200) continue;
    const put = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(item) });
    if (!put.ok) throw new Error(`the demo data could not be put: ${put.status} ${await put.text()}`);
  }
}

/** A command line that places an order, to be copied. */
export function exampleOrder(apiUrl: string): string {
  const port = new URL(apiUrl).port;
  const body = {
    items: [{ sku: 'MUG-01', quantity: 2 }],
    payment: { token: 'tok_ok' },
    shipTo: { name: 'Ada', line1: '1 High St', city: 'Berlin', postalCode: '10115', country: 'DE' },
  };
  return [
    `TOKEN=$(npm run --silent token -- --port ${port} --sub alice --scope "orders:write orders:read")`,
    `curl -i ${apiUrl}/v1/orders \\`,
    `  -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: ${randomUUID()}" -H "Content-Type: application/json" \\`,
    `  -d '${JSON.stringify(body)}'`,
  ].join('\n');
}
