import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import fc from 'fast-check';
import { type AddressClass, addressClass, mayName } from '../../../../src/core/registry/addressClass.ts';

const cases: Readonly<Record<AddressClass | 'name', readonly string[]>> = {
  public: [
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '11.0.0.1',
    '[2606:4700::1111]',
    '2606:4700::1111',
    '[::ffff:808:808]',
  ],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '[fc00::1]',
    'fd12:3456::1',
    '[fec0::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b:1::192.168.0.1]',
    '[2002:0a00:0001::]',
    '0xa.0.0.1',
    '167772161',
  ],
  'link-local': ['169.254.1.1', '[fe80::1]', 'fe80::1%eth0', '[::ffff:169.254.0.1]'],
  loopback: [
    '127.0.0.1',
    '127.255.255.254',
    '127.1',
    '0.0.0.0',
    '0',
    '[::]',
    '[::1]',
    '::1',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '::ffff:127.0.0.1',
    '[::ffff:0:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '①②⑦.0.0.1',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'registry.localhost',
  ],
  metadata: [
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
    '169.254.170.2',
    '100.100.100.200',
  ],
  reserved: ['224.0.0.1', '255.255.255.255', '240.0.0.1', '[ff02::1]'],
  name: ['registry.example', 'localhost.example', 'notlocalhost', '10.0.0.1.example', '', '256.0.0.1', 'a b'],
};

describe('addressClass', () => {
  for (const [expected, hosts] of Object.entries(cases)) {
    for (const host of hosts) {
      it(`takes ${JSON.stringify(host)} for ${expected === 'name' ? 'a name' : expected}`, () => {
        assert.equal(addressClass(host), expected === 'name' ? undefined : expected);
      });
    }
  }

  it('agrees with Node on what is private, link-local or loopback, in every way to write it', () => {
    const near = new BlockList();
    for (const [network, bits] of [
      ['0.0.0.0', 8],
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['172.16.0.0', 12],
      ['192.0.0.0', 24],
      ['192.168.0.0', 16],
      ['198.18.0.0', 15],
      ['224.0.0.0', 3],
      // Azure's, and its own public address.
      ['168.63.129.16', 32],
    ] as const) {
      near.addSubnet(network, bits);
    }
    const byte = fc.oneof(fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 254), fc.nat(255));
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), ([a, b, c, d]) => {
        const dotted = [a, b, c, d].join('.');
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const expected = near.check(dotted);
        const forms = [
          dotted,
          String(number),
          `0x${number.toString(16)}`,
          `[::ffff:${dotted}]`,
          `::ffff:${dotted}`,
          `[64:ff9b::${dotted}]`,
        ];
        const classes = new Set(forms.map(addressClass));
        assert.equal(classes.size, 1, `${dotted}: ${[...classes]}`);
        assert.equal(addressClass(dotted) !== 'public', expected, dotted);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads anything without an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[[\]:.%0-9a-fx]{0,40}$/)), (host) => {
        addressClass(host);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('mayName', () => {
  const order = ['public', 'private', 'link-local', 'loopback'] as const;
  it('lets each name what is as far as itself or farther', () => {
    for (const [near, from] of order.entries()) {
      for (const [far, to] of order.entries()) assert.equal(mayName(from, to), far <= near, `${from} → ${to}`);
    }
  });

  it('lets none name metadata services or addresses of no host', () => {
    for (const from of [...order, 'metadata', 'reserved'] as const) {
      assert.equal(mayName(from, 'metadata'), false);
      assert.equal(mayName(from, 'reserved'), false);
    }
  });
});
