import { parseControl } from './control.js';

/** One enabled binary source of apt, as the machine declares it. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

function parseDeb822(text: string): AptSource[] {
  return parseControl(text).flatMap((paragraph) => {
    const words = (field: string) => (paragraph.get(field) ?? '').split(/\s+/).filter((word) => word !== '');
    if (/^(no|false|without|off|disable|0)$/i.test(paragraph.get('enabled') ?? 'yes')) return [];
    if (!words('types').includes('deb')) return [];
    const components = words('components');
    return words('uris').flatMap((uri) => words('suites').map((suite) => ({ uri, suite, components })));
  });
}

function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const components = match[3]!.split(/\s+/).filter((word) => word !== '');
    return [{ uri: match[1]!, suite: match[2]!, components }];
  });
}

/**
 * The enabled `deb` sources in one file of apt's: `*.sources` is deb822, anything else one-line
 * (sources.list(5)).
 */
export function parseAptSources(fileName: string, text: string): AptSource[] {
  return fileName.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text);
}

/** Where a Debian archive and its security archive are found; URIs without a trailing slash. */
export interface Mirror {
  readonly archive: string;
  readonly security: string;
}

// Names of releases and of the rolling suites; Ubuntu has none of these.
const debianSuite =
  /^(?:buster|bullseye|bookworm|trixie|forky|duke|sid|experimental|rc-buggy|(?:old)*stable|testing|unstable)(?:-(?:updates|backports|backports-sloppy|proposed-updates))?$/;
const securitySuite =
  /^(?:buster|bullseye|bookworm|trixie|forky|duke|(?:old)*stable|testing)(?:-security|\/updates)$/;

const trimSlash = (uri: string) => uri.replace(/\/+$/, '');

/**
 * The security archive that belongs to `archive` by convention: `…/debian` has `…/debian-security` beside it.
 */
export function securityBeside(archive: string): string {
  return `${trimSlash(archive)}-security`;
}

/** The Debian archive among the machine's apt sources, or undefined where there is none (as on Ubuntu). */
export function debianMirror(sources: readonly AptSource[]): Mirror | undefined {
  const main = sources.filter((source) => source.components.includes('main'));
  const candidates = main.filter((source) => debianSuite.test(source.suite));
  // Third parties name their suites after Debian's too; only the archive itself carries updates, or is so
  // named.
  const likelihood = ({ uri }: AptSource) =>
    (candidates.some((other) => other.uri === uri && other.suite.endsWith('-updates')) ? 2 : 0) +
    (/\/debian\/*$/.test(uri) ? 1 : 0);
  const archive = candidates.toSorted((a, b) => likelihood(b) - likelihood(a))[0];
  if (!archive) return undefined;
  const security = main.find((source) => securitySuite.test(source.suite));
  return {
    archive: trimSlash(archive.uri),
    security: security ? trimSlash(security.uri) : securityBeside(archive.uri),
  };
}
