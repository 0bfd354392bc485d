import assert from 'node:assert/strict';
import { rebuiltDockerfile } from '../../../../src/core/oci/rebuiltDockerfile.ts';

function rebuild(...history: readonly unknown[]): string {
  const [, body] = rebuiltDockerfile({ history }, 'shop/web@sha256:1').split('\n\n');
  return body?.trimEnd() ?? '';
}

describe('the Dockerfile that a history tells', () => {
  it('has a line for each step, whatever builder wrote it down', () => {
    const text = rebuild(
      { created_by: '/bin/sh -c #(nop) ADD file:0123456789abcdef in / ' },
      { created_by: 'RUN /bin/sh -c apk add curl # buildkit' },
      { created_by: '/bin/sh -c #(nop)  CMD ["sh"]', empty_layer: true },
    );
    assert.deepEqual(text.split('\n'), [
      'FROM scratch',
      'ADD file:0123456789abcdef in /',
      'RUN apk add curl',
      'CMD ["sh"]',
    ]);
  });

  it('says what it is, and lets no step of another builder pass for an instruction', () => {
    assert.match(rebuiltDockerfile({}, 'shop/web@sha256:1'), /^# Rebuilt by Gantry from the history of shop\/web/);
    assert.equal(rebuild({ created_by: 'bazel build\nRUN evil' }), 'FROM scratch\n# bazel build RUN evil');
    assert.equal(rebuild({ comment: 'imported' }), 'FROM scratch\n# A step of which nothing is told (imported)');
    assert.equal(rebuild(), '# The image has no history.');
  });

  it('continues lines where they were broken', () => {
    assert.equal(rebuild({ created_by: 'RUN /bin/sh -c a &&     b # buildkit' }), 'FROM scratch\nRUN a && \\\n    b');
    assert.equal(rebuild({ created_by: 'RUN /bin/sh -c a\n b' }), 'FROM scratch\nRUN a \\\n b');
  });
});
