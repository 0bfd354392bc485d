import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  comparePackages,
  type InstalledPackage,
  readApkInstalled,
  readDpkgStatus,
  readNpmLock,
  readOpkgStatus,
  readPackageJson,
  readPythonFolder,
} from '../../../../src/core/image/packages.ts';
import { readRpmManifest, readRpmNames } from '../../../../src/core/image/rpmManifest.ts';

function lines(packages: readonly InstalledPackage[]): readonly string[] {
  return packages.map(({ kind, name, version }) => `${kind} ${name} ${version}`);
}

describe('packages of an image', () => {
  it('are read from what dpkg keeps, without those that were removed', () => {
    const status = [
      'Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.15-1~deb12u1\nDescription: x\n y',
      'Package: old\nStatus: deinstall ok config-files\nVersion: 1',
      'Package: tzdata\nVersion: 2025a',
      'Version: nameless',
    ].join('\n\n');
    assert.deepEqual(lines(readDpkgStatus(status)), ['deb openssl 3.0.15-1~deb12u1', 'deb tzdata 2025a']);
  });

  it('are read from what apk keeps', () => {
    const installed = 'C:Q1abc=\nP:musl\nV:1.2.5-r9\nA:x86_64\nF:lib\nR:ld.so\n\nP:busybox\nV:1.37.0-r12\n';
    assert.deepEqual(lines(readApkInstalled(installed)), ['apk musl 1.2.5-r9', 'apk busybox 1.37.0-r12']);
  });

  it('are read from what opkg keeps, in the form of dpkg', () => {
    const status = [
      'Package: luci-app-firewall\nVersion: git-22.089.67741-3856d50\nDepends: libc, firewall',
      'Status: install user installed\nArchitecture: all\nInstalled-Time: 1650113974\nAuto-Installed: yes\n',
      'Package: gone\nVersion: 1\nStatus: deinstall user not-installed\nArchitecture: all\n',
      'Package: held\nVersion: 2\nStatus: install hold installed\n',
    ].join('\n');
    assert.deepEqual(lines(readOpkgStatus(status)), ['opkg luci-app-firewall git-22.089.67741-3856d50', 'opkg held 2']);
  });

  it('are read from the lists that distroless images have in place of a database of rpm', () => {
    const line = (name: string, version: string, epochs: readonly [string, string], arch = 'x86_64'): string =>
      [
        name,
        version,
        '1700000000',
        '1690000000',
        'Microsoft Corporation',
        epochs[0],
        '42',
        arch,
        epochs[1],
        'x.src.rpm',
      ].join('\t');
    const manifest = [
      line('glibc', '2.38-8.azl3', ['(none)', '0']),
      line('openssl-libs', '3.3.3-1.azl3', ['(none)', '1']),
      line('dbus', '1.15.8-2.azl3', ['2', '2']),
      line('tzdata', '2025a-1.azl3', ['(none)', '(none)'], 'noarch'),
      line('glibc', '2.38-8.azl3', ['(none)', '0'], 'i686'),
      'broken',
      '',
    ].join('\n');
    assert.deepEqual(lines(readRpmManifest(manifest)), [
      'rpm glibc 2.38-8.azl3',
      'rpm openssl-libs 1:3.3.3-1.azl3',
      'rpm dbus 2:1.15.8-2.azl3',
      'rpm tzdata 2025a-1.azl3',
      'rpm glibc.i686 2.38-8.azl3',
    ]);
    const names = 'ca-certificates-base-3.0.0-8.azl3.noarch\nglibc-2.38-8.azl3.x86_64\r\nnothing of it\n\n';
    assert.deepEqual(lines(readRpmNames(names)), ['rpm ca-certificates-base 3.0.0-8.azl3', 'rpm glibc 2.38-8.azl3']);
  });

  it('are read from what npm keeps', () => {
    const packages = {
      'node_modules/@scope/a': { version: '1.0.0' },
      'node_modules/b/node_modules/c': { version: '2.0.0' },
      'node_modules/linked': { link: true },
    };
    assert.deepEqual(lines(readNpmLock(JSON.stringify({ packages }))), ['npm @scope/a 1.0.0', 'npm c 2.0.0']);
    assert.deepEqual(lines(readPackageJson('{"name":"npm","version":"10.8.2"}')), ['npm npm 10.8.2']);
    for (const broken of ['', '[]', 'null', '{"packages":[]}']) assert.deepEqual(readNpmLock(broken), []);
  });

  it('are told by the folders of pip', () => {
    const path = 'usr/lib/python3/dist-packages/';
    assert.deepEqual(lines(readPythonFolder(`${path}Flask_Login-0.6.3.dist-info`)), ['python flask-login 0.6.3']);
    assert.deepEqual(lines(readPythonFolder(`${path}six-1.16.0-py3.11.egg-info`)), ['python six 1.16.0']);
    assert.deepEqual(readPythonFolder(`${path}six.py`), []);
  });

  it('are compared by their versions', () => {
    const deb = (name: string, version: string): InstalledPackage => ({ kind: 'deb', name, version });
    const npm = (name: string, version: string): InstalledPackage => ({ kind: 'npm', name, version });
    const left = [deb('a', '1'), deb('b', '1'), deb('c', '1'), npm('x', '1'), npm('x', '2')];
    const right = [deb('a', '1'), deb('b', '2'), deb('d', '1'), npm('x', '2'), npm('x', '1')];
    assert.deepEqual(comparePackages(left, right), [
      { kind: 'deb', name: 'b', left: ['1'], right: ['2'] },
      { kind: 'deb', name: 'c', left: ['1'], right: [] },
      { kind: 'deb', name: 'd', left: [], right: ['1'] },
    ]);
  });

  it('are read from any text without a failure', () => {
    const readers = [
      readDpkgStatus,
      readOpkgStatus,
      readApkInstalled,
      readRpmManifest,
      readRpmNames,
      readNpmLock,
      readPackageJson,
      readPythonFolder,
    ];
    const text = fc.array(fc.constantFrom('\n', '\t', '-', '.', 'a', '1', 'P:', 'Package: ', 'Status: ', ' installed'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          text.map((parts) => parts.join('')),
        ),
        (any) => {
          for (const { kind, name, version } of readers.flatMap((read) => read(any))) {
            assert.ok(kind !== undefined && name !== '' && version.trim() === version);
          }
        },
      ),
    );
  });
});
