import { readFileSync } from 'node:fs';
import { builtFile } from '../../package-paths.ts';

/** What draws the plots, to be put into the page as it is. */
export interface DrawingCode {
  /** With its licence, which asks to be kept with every copy. */
  readonly script: string;
  readonly style: string;
}

/**
 * Reads uPlot, which the build put beside the program.
 *
 * @throws Error when it was not built
 */
export function readDrawingCode(): DrawingCode {
  return {
    script: `/*!\n${read('LICENSE').replaceAll('*/', '* /')}*/\n${read('uPlot.iife.min.js')}`,
    style: read('uPlot.min.css'),
  };
}

function read(file: string): string {
  return readFileSync(builtFile(`bench/uplot/${file}`), 'utf8');
}
