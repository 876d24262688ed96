/** A number as fingerprints write it. */
export const hexadecimal = (value: number) => value.toString(16).toUpperCase();
