import { z } from 'zod';

/** Debian's names of the processor architectures that images are made for. */
export const architectures = ['amd64', 'i386', 'arm64', 'riscv64'] as const;
export type Architecture = (typeof architectures)[number];

/** Flavours of a kernel, in the order in which an id that names none is understood. */
export const flavours = ['cloud', 'generic', 'rt'] as const;
export type Flavour = (typeof flavours)[number];

const architecture = z.enum(architectures);
const flavour = z.enum(flavours);
const buildName = z.string().regex(/^[a-z]+\d*$/);
const variant = z.union([architecture, z.templateLiteral([flavour, '-', architecture])]);

/** The form of a family's file in images/catalog. */
export const familySchema = z.strictObject({
  family: z.literal('linux'),
  distribution: z.string(),
  flavours: z.record(
    flavour,
    z.strictObject({ nics: z.array(z.string()).min(1), packages: z.partialRecord(architecture, z.string()) }),
  ),
  without_nics: z.record(z.string(), z.array(z.string())).default({}),
  builds: z.record(buildName, z.strictObject({ release: z.string(), suites: z.array(z.string()).min(1) })),
  series: z.record(z.string().regex(/^\d+\.\d+$/), z.record(buildName, z.array(variant).min(1))),
  userspace: z.strictObject({ packages: z.array(z.string()).min(1), suites: z.array(z.string()).min(1) }),
  arguments: z.string(),
  architecture_arguments: z.partialRecord(architecture, z.string()),
  notes: z.record(z.string(), z.string()),
});

/** A family of images as its file in images/catalog describes it. */
export type Family = z.infer<typeof familySchema>;

/** NIC models that a kernel can drive. */
export function nicsOf(
  family: Family,
  series: string,
  flavour: Flavour,
  architecture: Architecture,
): string[] {
  const { without_nics: without, flavours: all } = family;
  const lacking = [...(without[architecture] ?? []), ...(without[`${series}-${architecture}`] ?? [])];
  return all[flavour].nics.filter((nic) => !lacking.includes(nic));
}

/** The flavour that is meant when an id names an architecture but no flavour. */
export function defaultFlavour(family: Family, architecture: Architecture): Flavour | undefined {
  return flavours.find((name) => family.flavours[name].packages[architecture] !== undefined);
}

/** The (flavour, architecture) pairs that the archive has of a series' build, amd64 first, by flavour within. */
export function variantsOf(family: Family, series: string, build: string): [Flavour, Architecture][] {
  const listed = family.series[series]?.[build] ?? [];
  const pairs = architectures.flatMap((name) =>
    flavours.map((each) => [each, name] as [Flavour, Architecture]),
  );
  return pairs.filter(
    ([each, name]) =>
      family.flavours[each].packages[name] !== undefined &&
      (listed.includes(name) || listed.includes(`${each}-${name}`)),
  );
}
