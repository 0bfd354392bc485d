import assert from 'node:assert/strict';
import { tellingEnd } from '../../../../src/core/registry/tellingEnd.ts';

describe('tellingEnd', () => {
  it('passes chunks on, and tells when they have all been read', async () => {
    const events: string[] = [];
    for await (const chunk of tellingEnd(bytes(events), () => events.push('told'))) events.push(`chunk ${chunk[0]}`);
    assert.deepEqual(events, ['chunk 1', 'chunk 2', 'closed', 'told']);
  });

  it('tells when they break off', async () => {
    const events: string[] = [];
    const chunks = tellingEnd(bytes(events, new Error('broken')), () => events.push('told'));
    await assert.rejects(async () => {
      for await (const _chunk of chunks);
    }, /broken/);
    assert.deepEqual(events, ['closed', 'told']);
  });

  it('tells when they are left, and leaves them', async () => {
    const events: string[] = [];
    for await (const chunk of tellingEnd(bytes(events), () => events.push('told'))) {
      events.push(`chunk ${chunk[0]}`);
      break;
    }
    assert.deepEqual(events, ['chunk 1', 'told', 'closed']);
  });

  it('tells nothing where nobody reads', () => {
    tellingEnd(bytes([]), () => assert.fail('it was told'));
  });
});

async function* bytes(events: string[], error?: Error): AsyncGenerator<Uint8Array> {
  try {
    yield Uint8Array.of(1);
    if (error !== undefined) throw error;
    yield Uint8Array.of(2);
  } finally {
    events.push('closed');
  }
}
