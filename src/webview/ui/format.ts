/** Numbers and dates in the user's language. */

export interface Formats {
  count(value: number): string;
  /** Three digits and a decimal unit, as registries bill and show them: `29.1 MB`. */
  size(bytes: number): string;
  /** All digits, for tooltips. */
  exactSize(bytes: number): string;
  /** A share between 0 and 1. What is there is never `0%`. */
  percent(share: number): string;
  relativeTime(date: Date, present: Date): string;
  dateTime(date: Date): string;
}

const sizeUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** From the largest down; a month and a year have their mean length. */
const timeUnits: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365.2425 * day],
  ['month', 30.436875 * day],
  ['week', 7 * day],
  ['day', day],
  ['hour', hour],
  ['minute', minute],
  ['second', second],
];

/** The smallest share that {@link Formats.percent} writes in digits. */
const smallestShare = 0.001;

export function createFormats(language: string): Formats {
  const locale = supportedLocale(language);
  const count = new Intl.NumberFormat(locale);
  const exact = new Intl.NumberFormat(locale, { style: 'unit', unit: 'byte', unitDisplay: 'long' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  // In numbers: "last year" would be wrong for what is 23 months old.
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  const now = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second');
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long' });
  const sizes = sizeUnits.map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        // The short form of a byte is `512 byte` in English.
        unitDisplay: unit === 'byte' ? 'long' : 'short',
        maximumSignificantDigits: 3,
      }),
  );
  return {
    count: (value) => count.format(value),
    size: (bytes) => {
      const [value, unit] = scaleSize(bytes);
      return sizes[unit]?.format(value) ?? exact.format(bytes);
    },
    exactSize: (bytes) => exact.format(bytes),
    percent: (share) =>
      share > 0 && share < smallestShare ? `<${percent.format(smallestShare)}` : percent.format(share),
    relativeTime: (date, present) => {
      const elapsed = date.getTime() - present.getTime();
      const found = timeUnits.find(([, length]) => Math.abs(elapsed) >= length);
      return found === undefined ? now : relative.format(Math.trunc(elapsed / found[1]), found[0]);
    },
    dateTime: (date) => dateTime.format(date),
  };
}

/** No image is older than the tool that made the first one; builders that want the same bytes twice write such dates. */
const firstPossibleDate = Date.UTC(2013, 0, 1);

/** When an image was made, if that is what its date says: `undefined` for 0001, 1970, 1980 and what is no date. */
export function readImageDate(text: string | undefined): Date | undefined {
  const time = Date.parse(text ?? '');
  return time >= firstPossibleDate ? new Date(time) : undefined;
}

/** The value and the index of its unit, chosen so that three digits never round up to 1,000. */
function scaleSize(bytes: number): [value: number, unit: number] {
  let value = Number.isFinite(bytes) && bytes > 0 ? bytes : 0;
  let unit = 0;
  while (Number(value.toPrecision(3)) >= 1000 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return [value, unit];
}

/** A tag that Intl refuses must not take the panel down. */
function supportedLocale(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? 'en';
  } catch {
    return 'en';
  }
}
