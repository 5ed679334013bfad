/** Colour is for terminals only. */
import pc from "picocolors";

/** Whether a stream shows colours. A CI's log, for which picocolors turns them on, is no terminal. */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  // Of what is no terminal, `isTTY` is undefined.
  return stream.isTTY ? pc.isColorSupported : false;
}
