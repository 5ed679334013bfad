/** Tables for a terminal; plain text anywhere else. */
import pc from "picocolors";

const color = pc.createColors(process.stdout.isTTY && process.env["NO_COLOR"] === undefined);

/** A number with one or two digits behind the point: 0.97, 12.3. */
export function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

/** A part of a whole, in percent. */
export function share(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(0)} %`;
}

/** Prints a title, what the table shows, and its rows; the first column to the left, all others to the right. */
export function printTable(
  title: string,
  says: string,
  head: readonly string[],
  rows: readonly string[][],
): void {
  const widths = head.map((text, i) => Math.max(text.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("   ");
  console.log(`\n${color.bold(title)}\n${color.dim(says)}\n`);
  console.log(`  ${color.underline(line(head))}`);
  for (const row of rows) console.log(`  ${line(row)}`);
}
