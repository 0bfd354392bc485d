import { arch, endianness } from 'node:os';

/** GOARCH names that differ from Node's. */
const names: Readonly<Record<string, string>> = { ia32: '386', mipsel: 'mipsle', x64: 'amd64' };

/** GOARCH name of this machine, as platforms of images are written. */
export function machineArchitecture(): string {
  const name = arch();
  if (name === 'ppc64') return endianness() === 'LE' ? 'ppc64le' : name;
  return names[name] ?? name;
}
