/** Colour is for terminals only. */
import pc from "picocolors";

/** Whether a stream shows colours. A CI's log, for which picocolors turns them on, is not a terminal. */
export function hasColours(stream: NodeJS.WriteStream): boolean {
  // Of what is not a terminal, `isTTY` is undefined.
  return stream.isTTY ? pc.isColorSupported : false;
}
