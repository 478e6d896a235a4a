import type { SiteOptions } from '../site/site.ts';

/** Contrast of links and marks with the page behind them (WCAG 2.2, 1.4.3). */
const leastContrast = 4.5;
const pages = { light: [246, 248, 250], dark: [27, 31, 36] } as const;
const usual = { light: '#0b57d0', dark: '#8ab4ff' } as const;

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * The site's colour in each scheme as `#rrggbb`, made darker or lighter until text of that colour can be read. A colour for
 * one scheme serves both.
 */
export function toSiteColors(colors: SiteOptions['colors'] = {}): {
  readonly light: string;
  readonly dark: string;
} {
  const { light = colors.dark, dark = colors.light } = colors;
  return { light: toReadable(light ?? usual.light, 'light'), dark: toReadable(dark ?? usual.dark, 'dark') };
}

/** Reads `#rgb` or `#rrggbb`; undefined for anything else. */
function readColor(text: string): Rgb | undefined {
  const digits = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[0].slice(1);
  if (digits === undefined) return undefined;
  const long = digits.length === 3 ? digits.replaceAll(/./g, '$&$&') : digits;
  const part = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

/** A colour that cannot be read is the usual one. */
function toReadable(text: string, scheme: keyof typeof pages): string {
  let color = readColor(text) ?? readColor(usual[scheme]) ?? [0, 0, 0];
  const towards = scheme === 'light' ? 0 : 255;
  for (let step = 0; step < 40 && contrast(color, pages[scheme]) < leastContrast; step++) {
    color = mix(color, towards);
  }
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function mix([red, green, blue]: Rgb, towards: number): Rgb {
  const step = (part: number): number => Math.round(part + (towards - part) * 0.08);
  return [step(red), step(green), step(blue)];
}

/** WCAG 2.2, "contrast ratio". */
function contrast(a: Rgb, b: Rgb): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(part: number): number {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
