import { markup, type Markup } from '../../../conformance/reporters/html/markup.ts';
import type { PlotData } from './plot-data.ts';

/** The places of the plots, which the page's script fills; without scripts, a word of why they are not there. */
export function toPlots({ users, histograms, cpu, time }: PlotData): Markup {
  if (users.length === 0) return markup``;
  return markup`<h2>Plots</h2>
    <noscript><p class="legend">The plots need scripts; the numbers below do not.</p></noscript>
    <div class="plots scripted" hidden>
      ${toPlot('throughput', 'Throughput over users, calls/s', true)}
      ${toPlot('latency', 'Latency over users, ms', histograms.length > 0)}
      ${toPlot('histogram', 'How many calls took how long', histograms.length > 0, toChoice(histograms))}
      ${toPlot('cpu', 'CPU a call over users, µs', Object.values(cpu).some(isKnown))}
      ${toPlot('memory', 'Memory of the gateway over time, MB', isKnown(time.memoryMb))}
      ${toPlot('lag', 'Event-loop lag of the gateway over time, ms', isKnown(time.loopLagMs))}
    </div>`;
}

function toPlot(name: string, title: string, isMeasured: boolean, choice?: Markup): Markup {
  if (!isMeasured) {
    return markup`<figure class="plot">
      <h3>${title}</h3>
      <p class="absent">Not known: it could not be read in this run.</p>
    </figure>`;
  }
  return markup`<figure class="plot" id="plot-${name}">
    ${choice}
    <h3>${title}</h3>
    <p class="legend"></p>
    <div class="canvas" role="img" aria-label="${title}; the numbers are in the table below"></div>
  </figure>`;
}

/** The last step is the one with most users. */
function toChoice(histograms: PlotData['histograms']): Markup | undefined {
  if (histograms.length === 0) return undefined;
  const options = histograms.map(({ users }, at) => {
    const isLast = at === histograms.length - 1;
    return markup`<option value="${at}"${isLast ? markup` selected` : undefined}>${users}</option>`;
  });
  return markup`<label
    >users
    <select id="step">
      ${options}
    </select></label
  >`;
}

function isKnown(values: readonly (number | null)[]): boolean {
  return values.some((value) => value !== null);
}
