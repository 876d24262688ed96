/** A dictionary of the text values of a dataset: equal texts have equal indices. */
export class TextTable {
  readonly texts: string[] = [];
  private readonly indices = new Map<string, number>();

  index(text: string): number {
    let index = this.indices.get(text);
    if (index === undefined) {
      index = this.texts.length;
      this.texts.push(text);
      this.indices.set(text, index);
    }
    return index;
  }
}
