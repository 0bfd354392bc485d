import assert from 'node:assert/strict';
import { breakLines, commandLine, readLayerCommand } from '../../../../src/core/oci/layerCommand.ts';

const checksum = '4b4e122ef345'.padEnd(64, '0');

describe('the command of a layer', () => {
  const cases: readonly (readonly [createdBy: string, line: string])[] = [
    ['/bin/sh -c #(nop)  CMD ["nginx"]', 'CMD ["nginx"]'],
    ['/bin/sh -c #(nop) WORKDIR /srv', 'WORKDIR /srv'],
    [`/bin/sh -c #(nop) ADD file:${checksum} in / `, 'ADD file:4b4e122ef345 in /'],
    [`/bin/sh -c #(nop) COPY multi:${checksum} in ./ `, 'COPY multi:4b4e122ef345 in ./'],
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['|1 VERSION=3 /bin/sh -c make', 'RUN make'],
    ['RUN /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
    ['RUN |2 A=x B=y z /bin/sh -c make $A # buildkit', 'RUN make $A'],
    ['COPY --chown=node:node dist/ ./dist/ # buildkit', 'COPY --chown=node:node dist/ ./dist/'],
    ['ENTRYPOINT ["/bin/sh" "-c"]', 'ENTRYPOINT ["/bin/sh" "-c"]'],
    ['CMD /bin/sh -c true', 'CMD /bin/sh -c true'],
    ['cmd /S /C #(nop) USER ContainerUser', 'USER ContainerUser'],
    ['cmd /S /C mkdir C:\\app', 'RUN mkdir C:\\app'],
    // Another shell is part of what was asked for.
    ['RUN /bin/bash -o pipefail -c curl x | tar x # buildkit', 'RUN /bin/bash -o pipefail -c curl x | tar x'],
    [
      "# debian.sh --arch 'amd64' out/ 'bookworm' '@1733702400'",
      "# debian.sh --arch 'amd64' out/ 'bookworm' '@1733702400'",
    ],
    ['bazel build ...', 'bazel build ...'],
    ['RUNNER start', 'RUNNER start'],
    ['RUN', 'RUN'],
    ['', ''],
  ];
  for (const [createdBy, line] of cases) {
    it(`reads ${JSON.stringify(createdBy)}`, () => assert.equal(commandLine(readLayerCommand(createdBy)), line));
  }

  it('tells the instruction from the rest', () => {
    assert.deepEqual(readLayerCommand('RUN /bin/sh -c npm ci # buildkit'), { instruction: 'RUN', text: 'npm ci' });
    assert.deepEqual(readLayerCommand('bazel build ...'), { text: 'bazel build ...' });
  });

  it('keeps the lines of a heredoc', () => {
    assert.equal(
      readLayerCommand('RUN /bin/sh -c <<EOF\nset -e\nmake\nEOF # buildkit').text,
      '<<EOF\nset -e\nmake\nEOF',
    );
  });

  it('reads a huge one in no time', () => {
    const createdBy = `RUN |9 ${'A=b '.repeat(100_000)}`;
    const start = performance.now();
    readLayerCommand(createdBy);
    assert.ok(performance.now() - start < 1000);
  });
});

describe('the lines of a command', () => {
  it('begin where blanks in a row show that a line was continued', () => {
    assert.equal(breakLines('set -x     && make   && rm -r x'), 'set -x\n    && make\n  && rm -r x');
    assert.equal(
      breakLines('set -eux; \tapt-get install \t\tcurl \t;'),
      'set -eux;\n    apt-get install\n        curl\n    ;',
    );
  });

  it('stay where single blanks are all there is', () => assert.equal(breakLines('a && b\nc'), 'a && b\nc'));
});
