import { arch } from 'node:os';

/** GOARCH name of this machine, as platforms of images are written. */
export function machineArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };
  return names[arch()] ?? arch();
}
