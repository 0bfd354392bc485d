// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of Dockerfiles look like this
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ImageMention } from '../../../../src/api.ts';
import { findDockerfileMentions, stagesAbove } from '../../../../src/core/mentions/dockerfile.ts';

/** What was found, as `raw → canonical`, with what else is known. */
type Found = readonly string[];

describe('findDockerfileMentions', () => {
  const cases: readonly (readonly [title: string, text: string, found: Found])[] = [
    ['an empty file', '', []],
    ['no FROM', 'RUN echo FROM nginx\n', []],
    ['an image', 'FROM nginx', ['nginx → docker.io/library/nginx:latest']],
    ['an instruction in lower case', 'from nginx:1.27\n', ['nginx:1.27 → docker.io/library/nginx:1.27']],
    ['blanks before and between', '\n  \t FROM \t nginx   AS web \n', ['nginx → docker.io/library/nginx:latest']],
    [
      'a file with CRLF',
      'FROM alpine\r\nRUN true\r\nFROM nginx\r\n',
      ['alpine → docker.io/library/alpine:latest', 'nginx → docker.io/library/nginx:latest'],
    ],
    ['a byte order mark', '\ufeffFROM nginx\n', ['nginx → docker.io/library/nginx:latest']],
    ['text outside of ASCII before it', '# Größe: 😀\nFROM nginx\n', ['nginx → docker.io/library/nginx:latest']],
    ['a comment', '# FROM alpine\nFROM nginx # not a comment\n', ['nginx → docker.io/library/nginx:latest']],
    [
      'a digest',
      `FROM a:1@sha256:${'0'.repeat(64)}`,
      [`a:1@sha256:${'0'.repeat(64)} → docker.io/library/a@sha256:${'0'.repeat(64)}`],
    ],
    ['what is no reference', 'FROM Nginx:latest', ['Nginx:latest']],
    ['FROM without an image', 'FROM\nFROM   \n', []],
    ['a platform', 'FROM --platform=linux/arm64 nginx', ['nginx → docker.io/library/nginx:latest on linux/arm64']],
    [
      'a platform that only the build knows',
      'FROM --platform=$BUILDPLATFORM nginx',
      ['nginx → docker.io/library/nginx:latest'],
    ],
    [
      'a platform of an argument',
      'ARG P=linux/s390x\nFROM --platform=${P} nginx',
      ['nginx → docker.io/library/nginx:latest on linux/s390x'],
    ],

    // Stages.
    ['scratch', 'FROM scratch', []],
    ['another name in upper case', 'FROM Scratch', ['Scratch']],
    ['an earlier stage', 'FROM nginx AS web\nFROM web\n', ['nginx → docker.io/library/nginx:latest']],
    ['an earlier stage, in other letters', 'FROM nginx AS Web\nFROM WEB\n', ['nginx → docker.io/library/nginx:latest']],
    [
      'a later stage of the same name',
      'FROM web\nFROM nginx AS web\n',
      ['web → docker.io/library/web:latest', 'nginx → docker.io/library/nginx:latest'],
    ],
    ['an image of the name of its own stage', 'FROM nginx AS nginx\n', ['nginx → docker.io/library/nginx:latest']],
    [
      'a stage named by an argument',
      'ARG BASE=web\nFROM nginx AS web\nFROM $BASE\n',
      ['nginx → docker.io/library/nginx:latest'],
    ],

    // Arguments.
    [
      'an argument',
      'ARG VERSION=1.27\nFROM nginx:${VERSION}-alpine',
      ['nginx:${VERSION}-alpine → docker.io/library/nginx:1.27-alpine'],
    ],
    ['an argument without a value', 'ARG VERSION\nFROM nginx:$VERSION', ['nginx:$VERSION wants VERSION']],
    ['an argument that is not declared', 'FROM nginx:$VERSION', ['nginx:$VERSION wants VERSION']],
    [
      'an argument with a default in the line',
      'ARG VERSION\nFROM nginx:${VERSION:-1.27}',
      ['nginx:${VERSION:-1.27} → docker.io/library/nginx:1.27'],
    ],
    ['an argument of arguments', 'ARG R=quay.io\nARG I=$R/team/app\nFROM ${I}:1', ['${I}:1 → quay.io/team/app:1']],
    ['an argument that names itself', 'ARG A=$A\nFROM nginx:1$A', ['nginx:1$A → docker.io/library/nginx:1']],
    ['several arguments in a line', 'ARG A=nginx B=1.27\nFROM $A:$B', ['$A:$B → docker.io/library/nginx:1.27']],
    ['quoted arguments', `ARG A="nginx"\nARG B='1.27'\nFROM $A:$B`, ['$A:$B → docker.io/library/nginx:1.27']],
    ['the last of two values', 'ARG A=1\nARG A=2\nFROM nginx:$A', ['nginx:$A → docker.io/library/nginx:2']],
    [
      'an argument of a stage, which counts for nothing here',
      'FROM alpine\nARG A=1\nFROM nginx:$A',
      ['alpine → docker.io/library/alpine:latest', 'nginx:$A wants A'],
    ],
    ['an argument that makes nothing', 'ARG A\nFROM ${A:+nginx}', ['${A:+nginx}']],
    ['quotes', 'FROM "nginx"', ['"nginx" → docker.io/library/nginx:latest']],

    // Other lines that could be taken for instructions.
    ['a continued instruction', 'RUN echo \\\nFROM alpine\nFROM nginx', ['nginx → docker.io/library/nginx:latest']],
    [
      'a backtick as escape',
      '# escape=`\nFROM nginx\nRUN dir C:\\\nFROM alpine',
      ['nginx → docker.io/library/nginx:latest', 'alpine → docker.io/library/alpine:latest'],
    ],
    [
      'a heredoc',
      'FROM nginx\nRUN <<EOF\nFROM alpine\nEOF\nFROM debian',
      ['nginx → docker.io/library/nginx:latest', 'debian → docker.io/library/debian:latest'],
    ],
    [
      'a heredoc with a quoted end and tabs',
      'FROM nginx\nCOPY <<-"END" /a\n\tFROM alpine\n\tEND\nFROM debian',
      ['nginx → docker.io/library/nginx:latest', 'debian → docker.io/library/debian:latest'],
    ],
  ];
  for (const [title, text, found] of cases) {
    it(`finds ${found.length === 0 ? 'nothing in' : 'the images of'} ${title}`, () => {
      assert.deepEqual(find(text).map(describeMention), found);
    });
  }

  it('finds an image on a continued line, at its own place', () => {
    assert.deepEqual(find('FROM \\\n  # a comment\n  nginx AS web').map(describeMention), [
      'nginx → docker.io/library/nginx:latest',
    ]);
  });

  it('proposes the stages above a place', () => {
    const text = 'FROM a AS One\nFROM b as two\nCOPY --from= /a /b\nFROM c AS three\n';
    assert.deepEqual(stagesAbove(text, text.indexOf(' /a')), ['One', 'two']);
    assert.deepEqual(stagesAbove(text, 0), []);
  });

  it('leaves names alone that every object has', () => {
    assert.deepEqual(find('FROM ${constructor}\nFROM $__proto__').map(describeMention), [
      '${constructor} wants constructor',
      '$__proto__ wants __proto__',
    ]);
  });

  it('is not blown up by arguments that double', () => {
    const lines = Array.from({ length: 64 }, (_, index) => `ARG A${index + 1}=$A${index}$A${index}`);
    const [mention] = find(['ARG A0=aaaaaaaaaa', ...lines, 'FROM $A64'].join('\n'));
    assert.equal(mention?.raw, '$A64');
    assert.equal(mention.reference, undefined);
  }).timeout(1000);

  it('says of each mention where it stands, whatever the text', () => {
    const piece = fc.constantFrom(
      'FROM ',
      'ARG ',
      'RUN ',
      'a',
      ':1',
      ' AS b',
      '$A',
      '${A',
      '}',
      '=',
      '\n',
      '\r\n',
      '\\\n',
      '#',
      '"',
      '😀',
      '\t',
      '<<E\n',
      'E\n',
      '--platform=x ',
    );
    const text = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (dockerfile) => {
        find(dockerfile);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Each mention is where it says that it is, after the one before. */
function find(text: string): readonly ImageMention[] {
  const mentions = findDockerfileMentions(text);
  let end = 0;
  for (const mention of mentions) {
    assert.ok(['from', 'copy-from', 'mount-from', 'syntax'].includes(mention.kind));
    assert.ok(
      mention.start >= end && mention.end > mention.start && mention.end <= text.length,
      JSON.stringify(mention),
    );
    assert.equal(mention.raw, text.slice(mention.start, mention.end));
    end = mention.end;
  }
  return mentions;
}

function describeMention({ raw, reference, unresolved, platform }: ImageMention): string {
  const meaning = reference === undefined ? '' : ` → ${reference.canonical}`;
  const wanted = unresolved === undefined ? '' : ` wants ${unresolved.join(', ')}`;
  return `${raw}${meaning}${wanted}${platform === undefined ? '' : ` on ${platform}`}`;
}
