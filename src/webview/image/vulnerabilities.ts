import type { Vulnerability } from '../../api.ts';
import type { ScanReport, ScanView } from '../../messages.ts';
import { type Child, element, icon } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { readImageDate } from '../ui/format.ts';
import { lazySection } from '../ui/lazySection.ts';
import { link } from '../ui/link.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';

const headingId = 'scan-heading';

type Severity = Vulnerability['severity'];

/** Worst first; each with a symbol, since a colour alone tells some people nothing. */
const severityIcons: Readonly<Record<Severity, string>> = {
  critical: 'flame',
  high: 'error',
  medium: 'warning',
  low: 'info',
  negligible: 'circle-small-filled',
  unknown: 'question',
};

/** What the registry's scanner found. Nothing is asked before somebody opens the section; closing it stops the question. */
export function vulnerabilitiesSection(scan: ScanView, context: PanelContext): HTMLElement {
  const { strings, post } = context;
  return lazySection(scan, {
    id: 'scan',
    title: strings.vulnerabilities,
    loading: strings.scanLoading,
    strings,
    open: () => post({ type: 'openScan' }),
    close: () => post({ type: 'closeScan' }),
    content: (view) => report(view.report, context),
  });
}

function report(scan: ScanReport, context: PanelContext): Child[] {
  const { strings } = context;
  if (scan.status !== 'done') return [element('p', {}, [strings.scanStatus[scan.status]])];
  const origin = element('p', { class: 'muted' }, scanOrigin(scan, context));
  if (scan.total === 0) return [element('p', {}, [strings.scanClean]), origin];
  return [counts(scan, context), origin, table(scan, context), rest(scan, context)];
}

function counts({ counts: found }: ScanReport, { strings, formats }: PanelContext): HTMLElement {
  const shown = (Object.keys(severityIcons) as Severity[]).filter((severity) => found[severity] > 0);
  return element(
    'ul',
    { class: 'severities' },
    shown.map((severity) =>
      element('li', { class: `severity is-${severity}` }, [
        icon(severityIcons[severity]),
        fill(strings.severityCount, strings.severities[severity], formats.count(found[severity])),
      ]),
    ),
  );
}

/** `Scanned 2 days ago by Trivy`, as far as it is known. */
function scanOrigin({ scannedAt, scanner }: ScanReport, { strings, formats }: PanelContext): Child[] {
  const date = readImageDate(scannedAt);
  const time =
    date &&
    element('time', { datetime: date.toISOString(), title: formats.dateTime(date) }, [
      formats.relativeTime(date, new Date()),
    ]);
  return [
    ...(time === undefined ? [] : [`${strings.scanned} `, time]),
    ...(time !== undefined && scanner !== undefined ? [' · '] : []),
    ...(scanner === undefined ? [] : [`${strings.scanner}: ${visibleText(scanner)}`]),
  ];
}

function table({ items }: ScanReport, context: PanelContext): HTMLElement {
  const { strings } = context;
  const heads = [strings.severity, strings.vulnerability, strings.package, strings.version, strings.fixedVersion];
  return element('div', { class: 'scan-table' }, [
    element('table', { 'aria-labelledby': headingId }, [
      element('thead', {}, [
        element(
          'tr',
          {},
          heads.map((head) => element('th', { scope: 'col' }, [head])),
        ),
      ]),
      element(
        'tbody',
        {},
        items.map((item) => row(item, context)),
      ),
    ]),
  ]);
}

function row(item: Vulnerability, { strings, post }: PanelContext): HTMLElement {
  const { id, severity, packageName, version, fixedVersion, description, url } = item;
  const name = element('span', { title: description === undefined ? undefined : visibleText(description) }, [
    visibleText(id),
  ]);
  return element('tr', {}, [
    element('td', { class: `severity is-${severity}` }, [icon(severityIcons[severity]), strings.severities[severity]]),
    element('th', { scope: 'row' }, [
      // The extension opens it, once it has looked where it leads.
      url === undefined ? name : link({ href: url, title: url }, [name], () => post({ type: 'openLink', url })),
    ]),
    element('td', {}, foreignText(packageName)),
    element('td', {}, [version === undefined ? '' : visibleText(version)]),
    element('td', {}, [
      fixedVersion === undefined ? element('span', { class: 'muted' }, [strings.noFix]) : visibleText(fixedVersion),
    ]),
  ]);
}

function rest({ total, items }: ScanReport, { strings, formats }: PanelContext): Child {
  const left = total - items.length;
  return left > 0 ? element('p', { class: 'muted' }, [fill(strings.moreEntries, formats.count(left))]) : undefined;
}
