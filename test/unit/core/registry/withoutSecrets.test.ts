import assert from 'node:assert/strict';
import { withoutSecrets } from '../../../../src/core/registry/withoutSecrets.ts';

describe('withoutSecrets', () => {
  const cases: readonly (readonly [text: string, shown: string])[] = [
    ['bad token: Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln', 'bad token: Bearer …'],
    ['authorization: BASIC YWxpY2U6c2VjcmV0LXBhc3M=', 'authorization: BASIC …'],
    ['see https://alice:secret@example.com/a', 'see https://…@example.com/a'],
    [
      'https://s3.example.com/x?X-Amz-Signature=abc&X-Amz-Date=1',
      'https://s3.example.com/x?X-Amz-Signature=…&X-Amz-Date=…',
    ],
    ['Basic authentication is required', 'Basic authentication is required'],
    ['manifest unknown: sha256:0123', 'manifest unknown: sha256:0123'],
    ['see https://example.com/docs?', 'see https://example.com/docs?'],
  ];
  for (const [text, shown] of cases) {
    it(`makes ${JSON.stringify(shown)} of ${JSON.stringify(text)}`, () => assert.equal(withoutSecrets(text), shown));
  }

  it('takes no longer than the text', () => {
    for (const part of ['://', 'basic ', '?a=', '&', ' ', 'bearer\t', '@']) {
      assert.equal(typeof withoutSecrets(part.repeat(200_000)), 'string');
    }
  });
});
