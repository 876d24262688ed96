import { describe, expect, it } from 'vitest';
import { debianMirror, parseAptSources } from '../../../images/debian/sources.js';

const parse = (name: string, text: string) => debianMirror(parseAptSources(name, text));

describe('debianMirror', () => {
  it('is found in a one-line file, options in brackets and comments passed over', () => {
    const text = `
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.example/pub/debian/ bookworm main contrib # ours
deb-src https://mirror.example/pub/debian bookworm main
deb https://mirror.example/pub/security bookworm-security main
`;
    expect(parse('sources.list', text)).toEqual({
      archive: 'https://mirror.example/pub/debian',
      security: 'https://mirror.example/pub/security',
    });
  });

  it('is found in a deb822 file, with several suites in one paragraph', () => {
    const text = `Types: deb deb-src
URIs: http://cache.example:3142/debian
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp

# the second paragraph
Types: deb
URIs: http://cache.example:3142/debian-security
Suites: trixie-security
Components: main
`;
    expect(parse('debian.sources', text)).toEqual({
      archive: 'http://cache.example:3142/debian',
      security: 'http://cache.example:3142/debian-security',
    });
  });

  it('reads suites from continuation lines and leaves out what is disabled', () => {
    const text = `Enabled: no
Types: deb
URIs: http://old.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://new.example/debian
Suites:
 bookworm
 bookworm-updates
Components: main
`;
    expect(parse('debian.sources', text)?.archive).toBe('http://new.example/debian');
  });

  it('keeps an archive of another name when it is the one with updates', () => {
    const text = `deb https://vendor.example/debian bookworm main
deb https://repo.example/artifacts/bookworm-remote bookworm main
deb https://repo.example/artifacts/bookworm-remote bookworm-updates main
`;
    expect(parse('sources.list', text)).toEqual({
      archive: 'https://repo.example/artifacts/bookworm-remote',
      security: 'https://repo.example/artifacts/bookworm-remote-security',
    });
  });

  it('supposes the security archive beside the archive', () => {
    expect(parse('sources.list', 'deb http://mirror.example/debian/ sid main')?.security).toBe(
      'http://mirror.example/debian-security',
    );
  });

  it('is not found among the sources of Ubuntu', () => {
    const deb822 = `Types: deb
URIs: http://archive.example/ubuntu/
Suites: noble noble-updates noble-security
Components: main universe
`;
    expect(parse('ubuntu.sources', deb822)).toBeUndefined();
    expect(parse('sources.list', 'deb http://archive.example/ubuntu jammy main restricted')).toBeUndefined();
  });

  it("is not found in a third party's source without the component main", () => {
    expect(parse('docker.list', 'deb https://vendor.example/linux/debian bookworm stable')).toBeUndefined();
  });
});
