import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { packageRoot } from '../../package.ts';
import type { SiteContext } from '../site/site-context.ts';
import type { SiteFile, SiteOptions } from '../site/site.ts';
import { toSiteColors } from './site-colors.ts';

/** From the build's folder of browser files to the site's. */
const copies: ReadonlyArray<readonly [from: string, to: string]> = [
  ['site/site.css', 'site.css'],
  ['site/theme.js', 'theme.js'],
  ['site/index-page.js', 'index-page.js'],
  ['site/redoc-page.js', 'redoc-page.js'],
  ['site/minisearch.LICENSE.txt', 'minisearch.LICENSE.txt'],
  ['redoc/redoc.standalone.js', 'redoc.standalone.js'],
  ['redoc/redoc.standalone.js.LICENSE.txt', 'redoc.standalone.js.LICENSE.txt'],
  ['redoc/LICENSE', 'redoc.LICENSE.txt'],
];

/** The image beside the title: the user's, or ours. */
export function logoPath({ logo }: SiteOptions): string {
  // An ending is what a web server tells the type by; the rest of the name could be anything.
  const ending = logo === undefined ? '' : extname(logo.fileName).toLowerCase();
  return logo === undefined
    ? 'assets/favicon.svg'
    : `assets/logo${/^\.[a-z0-9]{1,5}$/.test(ending) ? ending : ''}`;
}

/**
 * The files that all pages share: scripts, styles, the logo, and the licences of what is not ours.
 *
 * @throws Error when the package was not built
 */
export function* siteAssets({ options }: SiteContext): Generator<SiteFile> {
  const root = builtFolder();
  for (const [from, to] of copies) {
    yield { path: `assets/${to}`, content: readFileSync(join(root, from)) };
  }
  const { light, dark } = toSiteColors(options.colors);
  yield {
    path: 'assets/colors.css',
    content: `:root { --light-accent: ${light}; --dark-accent: ${dark}; }\n`,
  };
  yield {
    path: logoPath(options),
    content: options.logo?.bytes ?? readFileSync(join(root, 'site', 'favicon.svg')),
  };
}

function builtFolder(): string {
  const assets = join(packageRoot, 'dist', 'assets');
  const [digest] = existsSync(assets) ? readdirSync(assets) : [];
  if (digest === undefined) throw new Error(`the files of the pages are not built: ${assets} is empty`);
  return join(assets, digest);
}
