// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables look like this
import assert from 'node:assert/strict';
import { findMentions } from '../../../src/core/mentions/findMentions.ts';
import { isTagOnHub, type OtherFeatures, othersShow, versionStart } from '../../../src/host/editor/otherExtensions.ts';

const nothing: OtherFeatures = { linkNames: false, proposeStages: false, tellAge: false };

describe('what other extensions show in a document', () => {
  const cases: readonly (readonly [installed: string, languageId: string, shown: Partial<OtherFeatures>])[] = [
    ['', 'dockerfile', {}],
    ['vendor.other', 'dockerfile', {}],
    ['docker.docker', 'dockerfile', { linkNames: true, proposeStages: true, tellAge: true }],
    ['docker.docker', 'dockercompose', { linkNames: true }],
    ['docker.docker', 'dockerbake', {}],
    ['ms-azuretools.vscode-containers', 'dockerfile', { linkNames: true, proposeStages: true }],
    ['ms-azuretools.vscode-containers', 'dockercompose', { linkNames: true }],
    ['ms-azuretools.vscode-docker', 'dockerfile', { linkNames: true, proposeStages: true }],
    ['redhat.vscode-yaml', 'dockercompose', {}],
    ['docker.docker', 'yaml', {}],
  ];
  for (const [installed, languageId, shown] of cases) {
    it(`is ${Object.keys(shown).join(', ') || 'nothing'} in ${languageId} with ${installed || 'none of them'}`, () => {
      const document = { languageId, uri: { scheme: 'file' } };
      const found = othersShow(document, (id) => id === installed);
      assert.deepEqual(found, { ...nothing, ...shown });
    });
  }

  it('is nothing in what is no file', () => {
    const document = { languageId: 'dockerfile', uri: { scheme: 'untitled' } };
    assert.deepEqual(
      othersShow(document, () => true),
      nothing,
    );
  });

  it('is the age of what a FROM line names on Docker Hub by a tag, written out', async () => {
    const lines = [
      'FROM nginx:1.27 AS web',
      'FROM team/app:1.0',
      'FROM docker.io/library/nginx:1.27',
      'FROM ghcr.io/app:1.0',
      'FROM nginx',
      `FROM nginx:1.27@sha256:${'a'.repeat(64)}`,
      'FROM nginx:${V:-1.27}',
      'COPY --from=nginx:1.28 /a /b',
    ];
    const mentions = await findMentions(lines.join('\n'), { languageId: 'dockerfile', fileName: 'Dockerfile' });
    assert.equal(mentions.length, lines.length);
    assert.deepEqual(
      mentions.filter(isTagOnHub).map(({ raw }) => raw),
      ['nginx:1.27', 'team/app:1.0'],
    );
  });
});

describe('what stands behind the name of a repository', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const cases: readonly (readonly [raw: string, version: string])[] = [
    ['nginx:1.27', '1.27'],
    ['registry.example:5000/team/app:1.2', '1.2'],
    [`nginx:1.27@${digest}`, `1.27@${digest}`],
    [`registry.example:5000/team/app@${digest}`, digest],
    ['nginx:${VERSION:-1.27}', '${VERSION:-1.27}'],
    ['registry.example:5000/team/app', 'registry.example:5000/team/app'],
    ['${REGISTRY:-registry.example:5000}/app', '${REGISTRY:-registry.example:5000}/app'],
    ['nginx', 'nginx'],
  ];
  for (const [raw, version] of cases) {
    it(`is "${version}" in "${raw}"`, () => assert.equal(raw.slice(versionStart(raw)), version));
  }
});
