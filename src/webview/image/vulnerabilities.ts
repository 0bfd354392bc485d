import type { Vulnerability } from '../../api.ts';
import type { ScanReport, ScanView } from '../../messages.ts';
import { type Child, element, icon } from '../ui/element.ts';
import { foreignText } from '../ui/foreignText.ts';
import { readImageDate } from '../ui/format.ts';
import { fill, visibleText } from '../ui/text.ts';
import type { PanelContext } from './context.ts';

const headingId = 'scan-heading';
const contentId = 'scan-content';

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
  const isOpen = scan.kind !== 'closed';
  const toggle = element(
    'button',
    {
      ...{ type: 'button', class: 'section-toggle', id: 'scan-toggle', 'aria-expanded': String(isOpen) },
      ...(isOpen && { 'aria-controls': contentId }),
    },
    [icon(isOpen ? 'chevron-down' : 'chevron-right'), strings.vulnerabilities],
  );
  toggle.addEventListener('click', () => post({ type: isOpen ? 'closeScan' : 'openScan' }));
  return element('section', { 'aria-labelledby': headingId, class: 'scan' }, [
    element('h2', { id: headingId }, [toggle]),
    isOpen ? element('div', { id: contentId }, content(scan, context)) : undefined,
  ]);
}

function content(scan: ScanView, context: PanelContext): Child[] {
  const { strings, post } = context;
  switch (scan.kind) {
    case 'closed':
      return [];
    case 'loading': {
      const cancel = element('button', { type: 'button', class: 'button is-secondary', id: 'scan-cancel' }, [
        strings.cancel,
      ]);
      cancel.addEventListener('click', () => post({ type: 'closeScan' }));
      return [
        element('p', { class: 'muted', role: 'status' }, [strings.scanLoading]),
        element('div', { class: 'buttons' }, [cancel]),
      ];
    }
    case 'failed': {
      const retry = element('button', { type: 'button', class: 'button', id: 'scan-retry' }, [strings.retry]);
      retry.addEventListener('click', () => post({ type: 'openScan' }));
      return [
        element('p', { role: 'alert' }, [visibleText(scan.message)]),
        element('div', { class: 'buttons' }, [retry]),
      ];
    }
    case 'report':
      return report(scan.report, context);
  }
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
      url === undefined ? name : link(url, name, () => post({ type: 'openLink', url })),
    ]),
    element('td', {}, foreignText(packageName)),
    element('td', {}, [version === undefined ? '' : visibleText(version)]),
    element('td', {}, [
      fixedVersion === undefined ? element('span', { class: 'muted' }, [strings.noFix]) : visibleText(fixedVersion),
    ]),
  ]);
}

/** The extension opens it, once it has looked where it leads. */
function link(url: string, text: Child, open: () => void): HTMLElement {
  const anchor = element('a', { href: url, title: url }, [text]);
  anchor.addEventListener('click', (event) => {
    event.preventDefault();
    event.stopPropagation();
    open();
  });
  return anchor;
}

function rest({ total, items }: ScanReport, { strings, formats }: PanelContext): Child {
  const left = total - items.length;
  return left > 0 ? element('p', { class: 'muted' }, [fill(strings.moreEntries, formats.count(left))]) : undefined;
}
