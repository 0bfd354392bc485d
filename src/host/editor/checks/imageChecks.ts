import * as vscode from 'vscode';
import type { ImageMention, ImageReference } from '../../../api.ts';
import { type Ask, gatherFacts, isAsked } from '../../../core/mentions/checkFacts.ts';
import { type CheckName, checkMention, type KnownFacts, type KnownImage } from '../../../core/mentions/checks.ts';
import { formatReference } from '../../../core/oci/reference.ts';
import { addressClass } from '../../../core/registry/addressClass.ts';
import type { Services } from '../../services.ts';
import type { DocumentMentions } from '../documentMentions.ts';
import { imageLanguages } from '../languages.ts';
import type { MentionEdits } from '../mentionEdits.ts';
import { checkDiagnostic } from './checkDiagnostics.ts';
import type { CheckLookups } from './checkLookups.ts';
import { affectsChecks, checkSeverities } from './checkSettings.ts';
import { CheckStatus } from './checkStatus.ts';
import { checksPage } from './checksPage.ts';
import { FollowedConnections } from './followedConnections.ts';
import { withoutDuplicates } from './otherTools.ts';

/** Milliseconds after the last change of a document. Who is typing does not want to be told that they are not done. */
const patience = 700;

interface Parts {
  readonly services: Services;
  readonly mentions: DocumentMentions;
  readonly edits: MentionEdits;
  readonly lookups: CheckLookups;
}

type AskableMention = ImageMention & { readonly reference: ImageReference };

/** Reports what is wrong with the images that visible documents name. Asks only Docker Hub and registries that are connected. */
export class ImageChecks implements vscode.Disposable {
  readonly #parts: Parts;
  readonly #collection = vscode.languages.createDiagnosticCollection('gantry');
  /** Of each document, those that others report too. */
  readonly #found = new Map<string, readonly vscode.Diagnostic[]>();
  readonly #status = new CheckStatus();
  readonly #disposal = new AbortController();
  readonly #subscriptions: vscode.Disposable;
  /** Where a document was changed last. */
  readonly #typedAt = new WeakMap<vscode.TextDocument, number>();
  readonly #checked = new vscode.EventEmitter<void>();
  /** Visible documents have been checked, and more may be known of their images. */
  readonly onDidCheck = this.#checked.event;
  /** What the codes of problems are links to. */
  #page: Promise<vscode.Uri | undefined> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether something waits for the cursor to leave it. */
  #hasHeldBack = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { workspace, window, languages } = vscode;
    this.#subscriptions = vscode.Disposable.from(
      this.#collection,
      this.#status,
      this.#checked,
      window.onDidChangeVisibleTextEditors(() => this.#later()),
      window.onDidChangeTextEditorSelection(() => this.#hasHeldBack && this.#later()),
      workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      workspace.onDidSaveTextDocument((document) => this.#typedAt.delete(document) && this.#later()),
      workspace.onDidCloseTextDocument(({ uri }) => this.#publish(uri, [])),
      workspace.onDidChangeConfiguration((event) => affectsChecks(event) && this.#later(0)),
      languages.onDidChangeDiagnostics(({ uris }) => this.#othersChanged(uris)),
      new FollowedConnections(parts.services.connections, (change) => {
        if (change === 'answers-again') parts.lookups.retry();
        else parts.lookups.clear();
        this.#later();
      }),
    );
    this.#later();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#disposal.abort();
    this.#subscriptions.dispose();
  }

  /** What the checks have read of an image. Asks nothing. */
  known({ reference }: ImageMention): KnownImage | undefined {
    if (reference === undefined) return undefined;
    const { registry, repository, tag, digest } = reference;
    const versions = [...(digest === undefined ? [] : [{ digest }]), { tag: tag ?? 'latest' }];
    return versions
      .map((version) => {
        const name = formatReference({ registry, repository, ...version });
        return this.#parts.lookups.known({ registry, reference: name, wantsManifest: true });
      })
      .filter((answer) => typeof answer === 'object')
      .find((answer) => digest === undefined || answer.digest === digest);
  }

  /** Asks registries again that failed. */
  async again(): Promise<void> {
    this.#parts.lookups.retry();
    await this.#checkVisible();
  }

  #changed({ document, contentChanges: [change] }: vscode.TextDocumentChangeEvent): void {
    if (!isChecked(document) || change === undefined) return;
    this.#typedAt.set(document, change.rangeOffset + change.text.length);
    this.#later();
  }

  #later(delay = patience): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#checkVisible(), delay);
  }

  async #checkVisible(): Promise<void> {
    clearTimeout(this.#timer);
    this.#hasHeldBack = false;
    const documents = new Set(vscode.window.visibleTextEditors.map(({ document }) => document).filter(isChecked));
    const waits = await Promise.all([...documents].map((document) => this.#check(document)));
    if (this.#disposal.signal.aborted) return;
    this.#status.show(this.#parts.lookups.failing());
    this.#checked.fire();
    // The budget of this minute is used up, or a registry is left alone for a while.
    const next = [...waits, this.#parts.lookups.untilNextTry()].filter((wait) => wait > 0);
    if (next.length > 0) this.#later(Math.min(...next));
  }

  /** Resolves with the milliseconds until there is more to ask. */
  async #check(document: vscode.TextDocument): Promise<number> {
    const { mentions, lookups } = this.#parts;
    const severities = checkSeverities(document);
    const checks = new Set(severities.keys());
    const { version } = document;
    this.#page ??= checksPage();
    const page = await this.#page;
    const found = checks.size === 0 ? [] : await mentions.of(document);
    const wanted = found.filter((mention) => !this.#isBeingTyped(document, mention));
    const facts = new Map<ImageMention, KnownFacts>();
    const report = (): void => {
      if (document.version !== version || document.isClosed || this.#disposal.signal.aborted) return;
      const today = new Date().toISOString();
      const diagnostics = wanted.flatMap((mention) =>
        checkMention(mention, { ...facts.get(mention), ...this.#plainHttp(mention) }, today).flatMap((finding) => {
          const severity = severities.get(finding.check);
          return severity === undefined ? [] : [checkDiagnostic(document, mention, finding, severity, page)];
        }),
      );
      this.#publish(document.uri, diagnostics);
    };

    const asked = wanted.filter((mention) => this.#mayAsk(mention, checks));
    const gather = async (some: readonly AskableMention[], ask: Ask): Promise<void> => {
      await Promise.all(some.map(async (mention) => facts.set(mention, await gatherFacts(mention, checks, ask))));
      report();
    };
    // What is known shows at once, and what needs no registry.
    await gather(asked, async (question) => lookups.known(question));
    let wait = 0;
    const ask: Ask = async (question) => {
      const outcome = await lookups.ask(question, this.#disposal.signal);
      if ('waits' in outcome) wait = Math.max(wait, outcome.waits);
      return 'answer' in outcome ? outcome.answer : lookups.known(question);
    };
    // No registry waits for another.
    const registries = new Set(asked.map(({ reference }) => reference.registry));
    const gathering = [...registries].map((registry) => {
      const some = asked.filter(({ reference }) => reference.registry === registry);
      return gather(some, ask);
    });
    await Promise.allSettled(gathering);
    return wait;
  }

  #mayAsk(mention: ImageMention, checks: ReadonlySet<CheckName>): mention is AskableMention {
    const { reference } = mention;
    return reference !== undefined && isAsked(mention, checks) && this.#parts.edits.mayAsk(reference);
  }

  #plainHttp({ reference }: ImageMention): Pick<KnownFacts, 'isPlainHttp'> {
    const connection = reference && this.#parts.services.connections.forReference(reference);
    if (connection === undefined || !connection.url.startsWith('http:')) return {};
    return { isPlainHttp: addressClass(new URL(connection.url).hostname) !== 'loopback' };
  }

  /** Half a name is no name that a registry should be asked for. */
  #isBeingTyped(document: vscode.TextDocument, { start, end }: ImageMention): boolean {
    const typedAt = this.#typedAt.get(document);
    const editor = vscode.window.activeTextEditor;
    if (typedAt === undefined || editor?.document !== document) return false;
    const cursor = document.offsetAt(editor.selection.active);
    const isInside = [typedAt, cursor].every((offset) => start <= offset && offset <= end);
    this.#hasHeldBack ||= isInside;
    return isInside;
  }

  #publish(uri: vscode.Uri, diagnostics: readonly vscode.Diagnostic[]): void {
    if (diagnostics.length === 0) this.#found.delete(uri.toString());
    else this.#found.set(uri.toString(), diagnostics);
    const shown = withoutDuplicates(diagnostics, vscode.languages.getDiagnostics(uri));
    const before = this.#collection.get(uri) ?? [];
    // To set them tells every listener, ourselves among them.
    if (JSON.stringify(shown) !== JSON.stringify(before)) this.#collection.set(uri, shown);
  }

  #othersChanged(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      const found = this.#found.get(uri.toString());
      if (found !== undefined) this.#publish(uri, found);
    }
  }
}

/** Not the older side of a difference, nor what is inside of an image: nobody can change it. */
function isChecked({ languageId, uri }: vscode.TextDocument): boolean {
  const isWritable = uri.scheme === 'untitled' || vscode.workspace.fs.isWritableFileSystem(uri.scheme) === true;
  return isWritable && imageLanguages.includes(languageId);
}
