import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { skipBecause } from '../../support/programs.ts';
import {
  directory,
  file,
  hardlink,
  opaqueWhiteout,
  symlink,
  type TarEntry,
  whiteout,
  writeTar,
} from '../../support/tarWriter.ts';

describe('tar writer', () => {
  before(function () {
    const { stdout } = spawnSync('tar', ['--version'], { encoding: 'utf8' });
    if (!stdout.includes('GNU tar')) skipBecause(this, "this machine's tar is not GNU tar");
  });

  it('is read by GNU tar with every type, mode, owner and time', () => {
    const listed = list([
      directory('etc'),
      file('etc/passwd', 'root:x:0:0\n'),
      file('usr/bin/su', 'program', { mode: 0o4755 }),
      file('etc/shadow', '', { mode: 0o640, gid: 42 }),
      symlink('bin/sh', '/bin/busybox'),
      hardlink('etc/passwd-', 'etc/passwd'),
      { type: 'character-device', path: 'dev/null', major: 1, minor: 3, mode: 0o666 },
      { type: 'block-device', path: 'dev/loop0', major: 7, minor: 0, mode: 0o660 },
      { type: 'fifo', path: 'run/pipe' },
      directory('tmp', { mode: 0o1777, modifiedTime: 0 }),
    ]);
    assert.deepEqual(listed, [
      'drwxr-xr-x 0/0 0 2025-06-01 12:00:00 etc/',
      '-rw-r--r-- 0/0 11 2025-06-01 12:00:00 etc/passwd',
      '-rwsr-xr-x 0/0 7 2025-06-01 12:00:00 usr/bin/su',
      '-rw-r----- 0/42 0 2025-06-01 12:00:00 etc/shadow',
      'lrwxrwxrwx 0/0 0 2025-06-01 12:00:00 bin/sh -> /bin/busybox',
      'hrw-r--r-- 0/0 0 2025-06-01 12:00:00 etc/passwd- link to etc/passwd',
      'crw-rw-rw- 0/0 1,3 2025-06-01 12:00:00 dev/null',
      'brw-rw---- 0/0 7,0 2025-06-01 12:00:00 dev/loop0',
      'prw-r--r-- 0/0 0 2025-06-01 12:00:00 run/pipe',
      'drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp/',
    ]);
  });

  it('writes what ustar cannot express as pax', () => {
    const deep = `${'folder/'.repeat(30)}file`;
    const longName = 'x'.repeat(160);
    const listed = list([
      file(deep, ''),
      file(longName, ''),
      file('grüße/日本語', 'ok'),
      symlink('link', `${'../'.repeat(40)}target`),
      file('owned', '', { uid: 3_000_000, gid: 4_000_000 }),
      file('before-1970', '', { modifiedTime: -1 }),
      file('precise', '', { modifiedTime: 1.5 }),
    ]);
    assert.deepEqual(listed, [
      `-rw-r--r-- 0/0 0 2025-06-01 12:00:00 ${deep}`,
      `-rw-r--r-- 0/0 0 2025-06-01 12:00:00 ${longName}`,
      '-rw-r--r-- 0/0 2 2025-06-01 12:00:00 grüße/日本語',
      `lrwxrwxrwx 0/0 0 2025-06-01 12:00:00 link -> ${'../'.repeat(40)}target`,
      '-rw-r--r-- 3000000/4000000 0 2025-06-01 12:00:00 owned',
      '-rw-r--r-- 0/0 0 1969-12-31 23:59:59 before-1970',
      '-rw-r--r-- 0/0 0 1970-01-01 00:00:01.5 precise',
    ]);
  });

  it('counts the digits of a pax record into its length', () => {
    const paths = Array.from({ length: 50 }, (_, index) => `ü${'x'.repeat(70 + index)}`);
    assert.deepEqual(
      list(paths.map((path) => file(path, ''))),
      paths.map((path) => `-rw-r--r-- 0/0 0 2025-06-01 12:00:00 ${path}`),
    );
  });

  it('keeps the content', () => {
    const content = Buffer.from(Array.from({ length: 1025 }, (_, index) => index % 256));
    const archive = writeTar([file('before', 'x'), file('content', content), file('after', 'y')]);
    const { stdout } = spawnSync('tar', ['--extract', '--to-stdout', '--file=-', 'content'], { input: archive });
    assert.deepEqual(stdout, content);
  });

  it('marks what is gone as layers do', () => {
    const names = [whiteout('etc/motd'), whiteout('motd'), opaqueWhiteout('var/cache')].map(({ path }) => path);
    assert.deepEqual(names, ['etc/.wh.motd', '.wh.motd', 'var/cache/.wh..wh..opq']);
  });
});

/** GNU tar's listing, with single spaces. */
function list(entries: readonly TarEntry[]): string[] {
  const flags = ['--list', '--verbose', '--numeric-owner', '--full-time', '--quoting-style=literal', '--file=-'];
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync('tar', flags, { input: writeTar(entries), env, encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
}
