import assert from 'node:assert/strict';
import { type ImageAction, shellCommand } from '../../../../src/core/oci/shellCommand.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const source = 'registry.example:5000/shop/web:1.0';
const [platform, target] = ['linux/arm64/v8', 'nginx'];

const cases: readonly (readonly [action: ImageAction, line: string])[] = [
  [
    { kind: 'copy', source, target },
    'regctl image copy --referrers --digest-tags registry.example:5000/shop/web:1.0 docker.io/library/nginx:1.0',
  ],
  [
    { kind: 'copy', source, target: 'b.example/c:2', platform },
    'regctl image copy --platform linux/arm64/v8 registry.example:5000/shop/web:1.0 b.example/c:2',
  ],
  [
    { kind: 'copy', source, target: 'oci:/my images/web' },
    "skopeo copy --all --preserve-digests docker://registry.example:5000/shop/web:1.0 'oci:/my images/web:1.0'",
  ],
  [
    { kind: 'copy', source: 'engine:/docker.io/library/web:1', target: 'b.example/c:2' },
    'skopeo copy --all --preserve-digests docker-daemon:docker.io/library/web:1 docker://b.example/c:2',
  ],
  [{ kind: 'pull', source: 'nginx', destination: 'engine' }, 'docker pull nginx'],
  [
    { kind: 'pull', source, destination: 'load', platform },
    'skopeo --override-os linux --override-arch arm64 --override-variant v8 copy docker://registry.example:5000/shop/web:1.0 docker-daemon:registry.example:5000/shop/web:1.0',
  ],
  [
    { kind: 'pull', source, destination: { folder: '/a' } },
    'skopeo copy --all --preserve-digests docker://registry.example:5000/shop/web:1.0 oci:/a:1.0',
  ],
  [
    { kind: 'pull', source, destination: { archive: '/a.tar', format: 'docker' } },
    'skopeo copy docker://registry.example:5000/shop/web:1.0 docker-archive:/a.tar:registry.example:5000/shop/web:1.0',
  ],
  [
    { kind: 'pull', source, destination: { archive: '/a.tar' } },
    'skopeo copy --all --preserve-digests docker://registry.example:5000/shop/web:1.0 oci-archive:/a.tar:1.0',
  ],
  [
    { kind: 'pull', source, destination: { files: "/it's" } },
    "crane export registry.example:5000/shop/web:1.0 - | tar -xC '/it'\\''s'",
  ],
  [{ kind: 'tag', source, target: '2.0' }, 'crane tag registry.example:5000/shop/web:1.0 2.0'],
  [
    { kind: 'delete', references: [source, `registry.example:5000/shop/web@${digest}`] },
    `regctl tag delete registry.example:5000/shop/web:1.0\nskopeo delete docker://registry.example:5000/shop/web@${digest}`,
  ],
  [
    { kind: 'assemble', sources: [source, 'nginx'], target: 'b.example/c:2' },
    'docker buildx imagetools create --tag b.example/c:2 registry.example:5000/shop/web:1.0 docker.io/library/nginx:latest',
  ],
];

describe('the command of another program', () => {
  for (const [action, line] of cases) it(line, () => assert.equal(shellCommand(action), line));
});
