import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  comparePackages,
  type InstalledPackage,
  readApkInstalled,
  readDpkgStatus,
  readNpmLock,
  readPackageJson,
  readPythonFolder,
} from '../../../../src/core/image/packages.ts';

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
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const read of [readDpkgStatus, readApkInstalled, readNpmLock, readPackageJson, readPythonFolder])
          read(text);
      }),
    );
  });
});
