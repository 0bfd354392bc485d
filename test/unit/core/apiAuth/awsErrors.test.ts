import assert from 'node:assert/strict';
import fc from 'fast-check';
import { awsError, awsErrorType, parseAwsReply } from '../../../../src/core/apiAuth/awsErrors.ts';

const subject = { host: 'api.ecr.eu-central-1.amazonaws.com', what: 'the images of shop/web', status: 400 };

describe('Errors of AWS', () => {
  it('are named with and without a namespace or an address', () => {
    const named = [
      'ThrottlingException',
      'com.amazonaws.ecr.v20150921#ThrottlingException',
      'ThrottlingException:http://internal.amazon.com/coral/com.amazon.coral.availability/',
    ];
    for (const __type of named) assert.equal(awsErrorType({ __type }), 'ThrottlingException');
    for (const none of [undefined, null, 'text', {}, { __type: 7 }, { __type: '' }, { __type: '<script>' }]) {
      assert.equal(awsErrorType(none), undefined);
    }
  });

  const codes = {
    RepositoryNotFoundException: 'not-found',
    AccessDeniedException: 'denied',
    ExpiredTokenException: 'unauthorized',
    ThrottlingException: 'rate-limited',
    ImageTagAlreadyExistsException: 'conflict',
    UnsupportedImageTypeException: 'unsupported',
    ServerException: 'server',
    InvalidParameterException: 'invalid',
    toString: 'invalid',
  };
  for (const [type, code] of Object.entries(codes)) {
    it(`have a code and a sentence: ${type}`, () => {
      const error = awsError({ __type: type, message: 'Said by AWS.' }, subject);
      assert.equal(error?.code, code);
      assert.match(error?.message ?? '', new RegExp(`^${subject.host} .*${type}.*It said: "Said by AWS"\\.`));
    });
  }

  it('tell who is off by minutes, and never what was signed: it holds the token of a session', () => {
    const late = 'Signature expired: 20250101T000000Z is now earlier than 20250101T001500Z';
    assert.match(
      awsError({ __type: 'InvalidSignatureException', message: late }, subject)?.message ?? '',
      /clock.*Signature expired|Signature expired.*clock/,
    );
    const repeated = "The Canonical String for this request should have been 'POST\n/\n\nx-amz-security-token:SECRET";
    assert.doesNotMatch(
      awsError({ __type: 'InvalidSignatureException', message: repeated }, subject)?.message ?? '',
      /SECRET|Canonical/,
    );
  });

  it('are none in any other body', () => {
    assert.equal(awsError({ message: 'no' }, subject), undefined);
    assert.equal(awsError(parseAwsReply(new TextEncoder().encode('<html>')), subject), undefined);
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        const error = awsError(document, subject);
        assert.ok(error === undefined || error.message.startsWith(subject.host));
      }),
    );
  });
});
