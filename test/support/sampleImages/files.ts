import { createCipheriv, createHash } from 'node:crypto';
import { directory, file, symlink, type TarEntry } from '../tarWriter.ts';

/**
 * Bytes that look like a program: always the same for a seed, different for another, and compressible to about half,
 * so that packed and unpacked sizes differ.
 */
export function programBytes(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  const bytes = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
  for (let offset = 4096; offset < size; offset += 8192) bytes.fill(0, offset, Math.min(offset + 4096, size));
  return bytes;
}

/** A small root file system in the manner of Alpine. */
export function baseFiles(architecture: string, version: string): TarEntry[] {
  const applets = ['ash', 'cat', 'chmod', 'cp', 'date', 'echo', 'grep', 'ls', 'mkdir', 'mv', 'ps', 'rm', 'sed', 'sh'];
  return [
    directory('bin'),
    file('bin/busybox', programBytes(`busybox ${architecture}`, 420_000), { mode: 0o755 }),
    ...applets.map((name) => symlink(`bin/${name}`, '/bin/busybox')),
    directory('etc'),
    file('etc/alpine-release', `${version}\n`),
    file('etc/group', 'root:x:0:root\ndaemon:x:2:root,bin,daemon\nnobody:x:65534:\n'),
    file('etc/hosts', '127.0.0.1\tlocalhost localhost.localdomain\n::1\t\tlocalhost localhost.localdomain\n'),
    file(
      'etc/os-release',
      `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${version}\nPRETTY_NAME="Alpine Linux v${version}"\n`,
    ),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n'),
    file('etc/shadow', 'root:*::0:::::\nnobody:!::0:::::\n', { mode: 0o640, gid: 42, groupName: 'shadow' }),
    directory('home'),
    directory('lib'),
    file(`lib/ld-musl-${architecture}.so.1`, programBytes(`musl ${architecture}`, 310_000), { mode: 0o755 }),
    symlink(`lib/libc.musl-${architecture}.so.1`, `ld-musl-${architecture}.so.1`),
    directory('root', { mode: 0o700 }),
    directory('tmp', { mode: 0o1777 }),
    directory('usr'),
    directory('usr/bin'),
    directory('usr/lib'),
    directory('usr/local'),
    directory('usr/local/bin'),
    directory('var'),
    directory('var/cache'),
    symlink('var/run', '/run'),
  ];
}

/** What `apk add` of certificates, time zones and OpenSSL leaves. */
export function packageFiles(architecture: string): TarEntry[] {
  return [
    directory('etc/ssl'),
    directory('etc/ssl/certs'),
    file('etc/ssl/certs/ca-certificates.crt', certificateBundle()),
    directory('usr/lib'),
    file('usr/lib/libcrypto.so.3', programBytes(`libcrypto ${architecture}`, 3_000_000), { mode: 0o755 }),
    file('usr/lib/libssl.so.3', programBytes(`libssl ${architecture}`, 590_000), { mode: 0o755 }),
    directory('usr/share'),
    directory('usr/share/zoneinfo'),
    ...['Europe/Berlin', 'Europe/London', 'UTC'].map((zone) =>
      file(`usr/share/zoneinfo/${zone}`, programBytes(`zone ${zone}`, 1800)),
    ),
  ];
}

function certificateBundle(): string {
  const certificates = Array.from({ length: 120 }, (_, index) => {
    const lines =
      programBytes(`certificate ${index}`, 1100)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  });
  return certificates.join('');
}
