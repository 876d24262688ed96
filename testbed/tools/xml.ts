import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { CapabilityError } from '../../src/errors.js';

function descendants(root: XmlElement | null): XmlElement[] {
  if (!root) return [];
  const children = root.children.filter((child): child is XmlElement => child instanceof XmlElement);
  return [root, ...children.flatMap(descendants)];
}

/** Elements of a tool's report by name, in their order. @throws CapabilityError when it is not XML */
export function readXml(tool: string, text: string): (name: string) => XmlElement[] {
  try {
    const elements = descendants(parseXml(text).root);
    return (name) => elements.filter((element) => element.name === name);
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    throw new CapabilityError(`${tool} printed a report that is not XML: ${reason}`, { cause: error });
  }
}
