import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeAfterEach } from '../../support/closeAfterEach.ts';
import { mediaTypes } from '../../support/oci.ts';
import { startSampleRegistry } from '../../support/sampleRegistry.ts';

const mebibyte = 1024 * 1024;
const start = closeAfterEach(startSampleRegistry);
const chunked = { 'Transfer-Encoding': 'chunked' };

describe('faults: memory', () => {
  it('14-memory: a list of 300 MB, a manifest, an error and a token of 100 MB each grow a process by 32 MiB at most', async () => {
    const large = Buffer.alloc(100 * mebibyte, '{"a":1}');
    const registry = await start();
    registry.fault = ({ url, server }) => {
      if (server === 'token') return { reply: { status: 200, headers: chunked, body: large } };
      if (url.pathname.includes('/small/')) return { reply: { status: 200, body: Buffer.from('{"tags":["a"]}') } };
      if (url.pathname.includes('/error/')) return { reply: { status: 403, headers: chunked, body: large } };
      if (url.pathname.includes('/token/')) {
        const challenge = `Bearer realm="${registry.url}/token"`;
        return { reply: { status: 401, headers: { 'WWW-Authenticate': challenge } } };
      }
      if (url.pathname.includes('/manifest/')) {
        return {
          reply: { status: 200, headers: { ...chunked, 'Content-Type': mediaTypes.imageManifest }, body: large },
        };
      }
      return { reply: { status: 200, headers: chunked, body: Buffer.concat([large, large, large]) } };
    };
    const probe = join(import.meta.dirname, 'memoryProbe.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [probe, registry.url]);
    assert.ok(Number(stdout) <= 32 * mebibyte, `it grew by ${(Number(stdout) / mebibyte).toFixed(1)} MiB`);
  });
});
