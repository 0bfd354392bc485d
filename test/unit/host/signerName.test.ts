import assert from 'node:assert/strict';
import { signerName } from '../../../src/host/editor/signerName.ts';

// Both are of nobody: made with openssl, valid for a day, with what Fulcio writes into the alternative name.
const mail = `-----BEGIN CERTIFICATE-----
MIIBdDCCARqgAwIBAgIUesmm0OCxDdJrQIa4hgyc8unQdtcwCgYIKoZIzj0EAwIw
ADAeFw0yNjExMjcyMzQ4MDVaFw0yNjExMjgyMzQ4MDVaMAAwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAATY7XkrYA8DtTq06exUEHYrhFeyAdmqKDXbpCuRGSpOQw6j
nuDR6svDAj1pMfigy4WmQab5mPYSndWrLkYuKjxLo3IwcDAdBgNVHQ4EFgQUacZh
EuP30KGpGcXNyOdlHrQWtbcwHwYDVR0jBBgwFoAUacZhEuP30KGpGcXNyOdlHrQW
tbcwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHREBAf8EEzARgQ9hZGFAZXhhbXBsZS5j
b20wCgYIKoZIzj0EAwIDSAAwRQIhAPzaEDuLK5ZG8L872uqCX+/s0p2Q9KB3xn/b
D6kj04fnAiA4V7I9q3x/Vz/QT7RTlkVX1aVNXsFDZ1CMjufLOKkeGw==
-----END CERTIFICATE-----
`;
const workflow = `-----BEGIN CERTIFICATE-----
MIIBszCCAVigAwIBAgIULMc1Se8aGRe+tnI4oIrHrWNQjlswCgYIKoZIzj0EAwIw
ADAeFw0yNjExMjcyMzQ4MDVaFw0yNjExMjgyMzQ4MDVaMAAwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASBYbg4QT/TtvcA+LvHH6Lf5uXcisMWxaMNZygZuu6RXgeE
7Ugk/Q7zAKdABDq/dNJdzuNys7PKtK80fpMmdokso4GvMIGsMB0GA1UdDgQWBBQ2
0rHxgJHHDgQZe51/rNiIj71bGjAfBgNVHSMEGDAWgBQ20rHxgJHHDgQZe51/rNiI
j71bGjAPBgNVHRMBAf8EBTADAQH/MFkGA1UdEQEB/wRPME2GS2h0dHBzOi8vZ2l0
aHViLmNvbS9hY21lL3dlYi8uZ2l0aHViL3dvcmtmbG93cy9yZWxlYXNlLnltbEBy
ZWZzL3RhZ3MvdjEuMTAuMTAKBggqhkjOPQQDAgNJADBGAiEAv83Iax5YNq5Fcb/N
ydzH9P/XPd2oVsd6u8Q58rt9TlkCIQC+F0ry0E9D0a3PaIk63EEgsPFyN8f1Lzlp
KOizmwvd4w==
-----END CERTIFICATE-----
`;

describe('signerName', () => {
  it('is the address or the workflow that a certificate names', () => {
    assert.equal(signerName(mail), 'ada@example.com');
    assert.equal(signerName(workflow), 'https://github.com/acme/web/.github/workflows/release.yml@refs/tags/v1.10.1');
  });

  it('is none of what is no certificate', () => {
    for (const text of ['', 'certificate', mail.replace('MII', 'AAA')]) assert.equal(signerName(text), undefined);
  });
});
