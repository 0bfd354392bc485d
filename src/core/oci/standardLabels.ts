/** A name and what stands under it, among the labels of a config or the annotations of a manifest. */
export type LabelPair = readonly [name: string, value: string];

export const statementNames = [
  'title',
  'description',
  'version',
  'revision',
  'source',
  'url',
  'documentation',
  'licenses',
  'vendor',
  'authors',
  'created',
  'refName',
  'baseName',
  'baseDigest',
] as const;

/** What an image can say of itself in a way that everybody understands. */
export type StatementName = (typeof statementNames)[number];

/** `old`: a label or an annotation by the names that were in use before those of OCI. */
export type StatementOrigin = 'annotation' | 'label' | 'old';

export interface Statement {
  readonly value: string;
  readonly origin: StatementOrigin;
  /** Names of all that say the same. */
  readonly keys: readonly string[];
}

export interface Statements {
  /** Each value once, annotations first. Several where they disagree. */
  readonly told: ReadonlyMap<StatementName, readonly Statement[]>;
  /** What has no standard meaning. */
  readonly labels: readonly LabelPair[];
  readonly annotations: readonly LabelPair[];
}

/** OCI image-spec, annotations.md. Builders write the same names into labels. */
const standard: ReadonlyMap<string, StatementName> = new Map(
  Object.entries({
    title: 'title',
    description: 'description',
    version: 'version',
    revision: 'revision',
    source: 'source',
    url: 'url',
    documentation: 'documentation',
    licenses: 'licenses',
    vendor: 'vendor',
    authors: 'authors',
    created: 'created',
    'ref.name': 'refName',
    'base.name': 'baseName',
    'base.digest': 'baseDigest',
  } as const).map(([name, meaning]) => [`org.opencontainers.image.${name}`, meaning]),
);

/** http://label-schema.org/rc1, which the names of OCI have replaced. */
const old: ReadonlyMap<string, StatementName> = new Map(
  Object.entries({
    name: 'title',
    description: 'description',
    version: 'version',
    'vcs-ref': 'revision',
    'vcs-url': 'source',
    url: 'url',
    usage: 'documentation',
    vendor: 'vendor',
    'build-date': 'created',
  } as const).map(([name, meaning]) => [`org.label-schema.${name}`, meaning]),
);

/**
 * Parts labels and annotations into what is understood by its name and the rest. Labels are inherited: those of an image that set
 * none of its own speak of the image that it was built from.
 */
export function readStatements(labels: readonly LabelPair[], annotations: readonly LabelPair[]): Statements {
  const told = new Map<StatementName, Statement[]>();
  const sources = [
    { pairs: annotations, names: standard, origin: 'annotation' },
    { pairs: labels, names: standard, origin: 'label' },
    { pairs: annotations, names: old, origin: 'old' },
    { pairs: labels, names: old, origin: 'old' },
  ] as const;
  for (const { pairs, names, origin } of sources) {
    for (const [key, value] of pairs) {
      const name = names.get(key);
      if (name !== undefined && value.trim() !== '') add(told, name, { value: value.trim(), origin, keys: [key] });
    }
  }
  const rest = (pairs: readonly LabelPair[]): readonly LabelPair[] =>
    pairs.filter(([key, value]) => value.trim() === '' || !(standard.has(key) || old.has(key)));
  return { told, labels: rest(labels), annotations: rest(annotations) };
}

function add(told: Map<StatementName, Statement[]>, name: StatementName, statement: Statement): void {
  const known = told.get(name) ?? [];
  const at = known.findIndex(({ value }) => isSame(name, value, statement.value));
  const same = known[at];
  if (same === undefined) known.push(statement);
  else known[at] = { ...same, keys: [...new Set([...same.keys, ...statement.keys])] };
  told.set(name, known);
}

/** Builders write one moment in several ways. */
function isSame(name: StatementName, a: string, b: string): boolean {
  return a === b || (name === 'created' && Date.parse(a) === Date.parse(b));
}
