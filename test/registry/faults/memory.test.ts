import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeAfterEach } from '../../support/closeAfterEach.ts';
import { mediaTypes } from '../../support/oci.ts';
import { startSampleRegistry } from '../../support/sampleRegistry.ts';

const mebibyte = 1024 * 1024;
const bound = 32 * mebibyte;
const start = closeAfterEach(startSampleRegistry);
const chunked = { 'Transfer-Encoding': 'chunked' };

const questions = [
  ['list', 'a list of 300 MB'],
  ['manifest', 'a manifest of 100 MB'],
  ['error', 'an error of 100 MB'],
  ['token', 'a token of 100 MB'],
] as const;

describe('faults: memory', () => {
  for (const [question, answer] of questions)
    it(`14-memory: ${answer} grows a process by 32 MiB at most`, async () => {
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
      const grown: number[] = [];
      // When the garbage is collected is the engine's own business, and only ever adds: one of a few processes tells.
      while (grown.length < 3 && grown.every((bytes) => bytes > bound)) {
        const { stdout } = await promisify(execFile)(process.execPath, [probe, registry.url, question]);
        grown.push(Number(stdout));
      }
      const mebibytes = grown.map((bytes) => (bytes / mebibyte).toFixed(1));
      assert.ok(Math.min(...grown) <= bound, `it grew by ${mebibytes.join(', ')} MiB`);
    });
});
