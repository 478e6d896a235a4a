/** How Redoc is to look. */
export interface RedocLook {
  readonly isDark: boolean;
  /** Of links and marks. @default Redoc's own, or one that can be read on a dark page */
  readonly accent?: string | undefined;
}

const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const monospace = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace';

/** Redoc's options, for every page of ours that shows it. */
export function toRedocSettings({ isDark, accent }: RedocLook): object {
  return {
    sanitize: true,
    requiredPropsFirst: true,
    nativeScrollbars: true,
    hideDownloadButtons: true,
    maxDisplayedEnumValues: 20,
    theme: isDark ? darkTheme(accent ?? '#8ab4ff') : lightTheme(accent ?? '#0b57d0'),
  };
}

const typography = {
  fontFamily: fonts,
  fontSize: '15px',
  lineHeight: '1.6',
  optimizeSpeed: true,
  headings: { fontFamily: fonts, fontWeight: '600' },
};

function lightTheme(accent: string): object {
  return {
    colors: {
      primary: { main: accent },
      text: { primary: '#1f2328', secondary: '#59636e' },
      success: { main: '#116329' },
      responses: { success: { color: '#116329' }, error: { color: '#b3261e' } },
      http: { post: '#116329' },
    },
    sidebar: { backgroundColor: '#f6f8fa', textColor: '#1f2328', activeTextColor: accent },
    rightPanel: { backgroundColor: '#1f2630' },
    codeBlock: { backgroundColor: '#151b23' },
    typography: {
      ...typography,
      links: { color: accent },
      code: { fontFamily: monospace, fontSize: '13px', color: '#8a2846', backgroundColor: '#f3f4f6' },
    },
  };
}

function darkTheme(accent: string): object {
  const ink = '#e4e6e6';
  const faint = '#b6bcc4';
  const success = '#5fd08a';
  const error = '#ff9b9b';
  return {
    colors: {
      primary: { main: accent },
      text: { primary: ink, secondary: faint },
      border: { dark: '#4a525a', light: '#31373d' },
      success: { main: success },
      error: { main: error },
      responses: {
        success: { color: success, backgroundColor: '#17301f', tabTextColor: success },
        error: { color: error, backgroundColor: '#3a1d1f', tabTextColor: error },
      },
    },
    schema: { nestedBackground: '#22272b', linesColor: '#5b6670' },
    sidebar: { backgroundColor: '#16191b', textColor: ink, activeTextColor: accent },
    rightPanel: {
      backgroundColor: '#16191b',
      servers: {
        overlay: { backgroundColor: '#22272b', textColor: ink },
        url: { backgroundColor: '#0e1011' },
      },
    },
    codeBlock: { backgroundColor: '#0e1011' },
    typography: {
      ...typography,
      links: { color: accent },
      code: { fontFamily: monospace, fontSize: '13px', color: '#ff9fb0', backgroundColor: '#22272b' },
    },
    // Redoc writes the colour of these headings into the component.
    extensionsHook: (name: string) => (name === 'UnderlinedHeader' ? { color: faint } : undefined),
  };
}
