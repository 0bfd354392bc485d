import assert from 'node:assert/strict';
import { type PullTool, pullCommand } from '../../../../src/core/oci/pullCommand.ts';

const digest = `sha256:${'1'.repeat(64)}`;

describe('the command that pulls an image', () => {
  const lines: readonly (readonly [reference: string, tool: PullTool, line: string])[] = [
    ['nginx:1.27', 'docker', 'docker pull nginx:1.27'],
    ['nginx:1.27', 'nerdctl', 'nerdctl pull nginx:1.27'],
    ['nginx', 'podman', 'podman pull docker.io/library/nginx:latest'],
    ['nginx:1.27', 'crictl', 'crictl pull docker.io/library/nginx:1.27'],
    ['registry.example/shop/web:1.0', 'oras', 'oras pull registry.example/shop/web:1.0'],
    [`registry.example/shop/web:1.0@${digest}`, 'podman', `podman pull registry.example/shop/web@${digest}`],
    ['registry.example/shop/web:1.0', 'skopeo', 'skopeo copy --all docker://registry.example/shop/web:1.0 oci:web:1.0'],
    ['registry.example/charts/web:1.0_a', 'helm', 'helm pull oci://registry.example/charts/web --version 1.0+a'],
    [`registry.example/charts/web@${digest}`, 'helm', `helm pull oci://registry.example/charts/web@${digest}`],
    ['me/chart:1.0', 'helm', 'helm pull oci://registry-1.docker.io/me/chart --version 1.0'],
  ];
  for (const [reference, tool, line] of lines) {
    it(`${tool}, ${reference}`, () => assert.equal(pullCommand(reference, tool), line));
  }
});
