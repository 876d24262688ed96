interface Parts {
  readonly epoch: number;
  readonly upstream: string;
  readonly revision: string;
}

function split(version: string): Parts {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

const isDigit = (character: string | undefined) =>
  character !== undefined && character >= '0' && character <= '9';

/** A tilde sorts before everything, even the end; letters before all other characters. */
function weight(character: string | undefined): number {
  if (character === '~') return -1;
  if (character === undefined || isDigit(character)) return 0;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}

function comparePart(left: string, right: string): number {
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    while ((i < left.length && !isDigit(left[i])) || (j < right.length && !isDigit(right[j]))) {
      const difference = weight(left[i]) - weight(right[j]);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const digitsLeft = /^\d*/.exec(left.slice(i))![0];
    const digitsRight = /^\d*/.exec(right.slice(j))![0];
    const difference = Number(digitsLeft) - Number(digitsRight);
    if (difference !== 0) return difference;
    i += digitsLeft.length;
    j += digitsRight.length;
  }
  return 0;
}

/**
 * Orders two Debian package versions as dpkg does: negative, zero or positive
 * (deb-version(7), "Sorting algorithm").
 */
export function compareVersions(left: string, right: string): number {
  const a = split(left);
  const b = split(right);
  return a.epoch - b.epoch || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision);
}
