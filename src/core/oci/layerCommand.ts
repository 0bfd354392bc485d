/** What a history entry says (`created_by`), as the line of the Dockerfile that it was. */

export interface LayerCommand {
  /** `RUN`, `COPY` … where there is one. */
  readonly instruction?: string;
  readonly text: string;
}

const instructions =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\s+(.+)$/s;

/** The default shell, which a Dockerfile leaves out. Others are told: they change what the command means. */
const defaultShell = '(?:/bin/sh -c|cmd /S /C)';

/** `|2 NAME=value OTHER=value` in front of the shell: how many build arguments there were, and which. */
const buildArguments = String.raw`(?:\|\d+ .*?)?`;

const noOperation = new RegExp(String.raw`^${defaultShell}\s+#\(nop\)\s*`);
const shellForm = new RegExp(String.raw`^${buildArguments}${defaultShell}\s+`, 's');
const buildKitSuffix = /\s+# buildkit\s*$/;

/** The classic builder names what it copied by a checksum of 64 digits. */
const sourceChecksum = /\b(file|dir|multi):([0-9a-f]{12})[0-9a-f]{52}\b/g;

export function readLayerCommand(createdBy: string): LayerCommand {
  const line = createdBy.trim().replace(buildKitSuffix, '');
  const classic = line.replace(noOperation, '');
  const isShellForm = classic === line && shellForm.test(line);
  const command = isShellForm ? `RUN ${line.replace(shellForm, '')}` : classic;

  const [, instruction, rest] = instructions.exec(command) ?? [];
  if (instruction === undefined || rest === undefined) return { text: command };
  const body = instruction === 'RUN' ? rest.replace(shellForm, '') : rest;
  return { instruction, text: body.replace(sourceChecksum, '$1:$2').trim() };
}

/** The command in one piece, to be copied or read out. */
export function commandLine(command: LayerCommand): string {
  return command.instruction === undefined ? command.text : `${command.instruction} ${command.text}`;
}

/**
 * The text with the line breaks that its Dockerfile had, as far as one can tell: a builder joins continued lines and
 * keeps their indentation, so that a run of blanks is where a line began.
 */
export function breakLines(text: string): string {
  return text.replace(/(?<=\S)(?:[ \t]{2,}|\t)(?=\S)/g, (blanks) => {
    const indentation = blanks.replace(/^ /, '').replaceAll('\t', '    ');
    return `\n${indentation.padEnd(2)}`;
  });
}
