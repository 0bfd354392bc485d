import { parseSync, Visitor } from 'oxc-parser';

/** One place where a file names another module. */
export interface ReadImport {
  /** `undefined` where it is computed, so that nobody can tell. */
  readonly specifier: string | undefined;
  /** Nothing of it is left when it runs. */
  readonly isTypeOnly: boolean;
}

/** Every import of a TypeScript file, whatever its form: static, dynamic, re-export, type, `require`, reference comment. */
export function readImports(path: string, source: string): readonly ReadImport[] {
  const { program, comments, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path} cannot be read: ${errors[0]?.message}`);

  const found: ReadImport[] = comments.flatMap(({ value }) => {
    const specifier = /^\/\s*<reference\s+(?:types|path)\s*=\s*["']([^"']*)["']/.exec(value)?.[1];
    return specifier === undefined ? [] : [{ specifier, isTypeOnly: true }];
  });
  const add = (specifier: string | undefined, isTypeOnly: boolean): void => void found.push({ specifier, isTypeOnly });
  new Visitor({
    ImportDeclaration: ({ source, importKind }) => add(source.value, importKind === 'type'),
    ExportAllDeclaration: ({ source, exportKind }) => add(source.value, exportKind === 'type'),
    ExportNamedDeclaration: ({ source, exportKind }) => {
      if (source !== null) add(source.value, exportKind === 'type');
    },
    ImportExpression: ({ source }) => add(textOf(source), false),
    TSImportType: ({ source }) => add(source.value, true),
    TSExternalModuleReference: ({ expression }) => add(expression.value, false),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(textOf(first), false);
    },
  }).visit(program);
  return found;
}

function textOf(node: { readonly type: string; readonly value?: unknown } | undefined): string | undefined {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
